"""One specification for many localities: a draft for each, worth its own, on the desk of whoever works there."""

from __future__ import annotations

from decimal import Decimal

import pytest

from portal.core import clock
from portal.core.errors import InvalidInput, NotFound
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.localities.models import Locality
from portal.tendering.drafting import describe_service, discard_draft
from portal.tendering.localities import drafts_for_localities, places_with_a_draft
from portal.tendering.method import method_of
from portal.tendering.models import InvitationToTender
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.localities import locality, map_maker
from tests.factories.organisations import make_authority
from tests.factories.tendering import draft_itt, make_commissioner, published_in_lots, published_itt
from tests.filling import errors_of, fill, text_of

pytestmark = pytest.mark.usefixtures("db_session")


def mapped(itt: InvitationToTender, *names: str) -> list[Locality]:
    """Localities of the authority that buys."""
    actor = map_maker(itt.authority)
    return [locality(name, actor) for name in names]


def begin(itt: InvitationToTender, actor: Actor, **values: str) -> list[InvitationToTender]:
    known = {place.name: place.id for place in db.session.query(Locality).filter_by(authority_id=itt.authority_id)}
    wanted = {known[name]: Decimal(value) for name, value in values.items()}
    return drafts_for_localities(source=itt, values=wanted, actor=actor, now=clock.now())


def test_each_locality_gets_its_own_draft() -> None:
    """It says what the first said, in the locality's name and worth what was given; the first stays as it is."""
    source = published_itt()
    mapped(source, "Harlow", "Epping", "Maldon")
    epping, harlow = begin(source, make_commissioner(source.authority), Harlow="90000", Epping="120000.50")
    assert (harlow.title, harlow.estimated_value) == (f"{source.title}: Harlow", Decimal(90000))
    assert (epping.locality.name, epping.estimated_value) == ("Epping", Decimal("120000.50"))  # type: ignore[union-attr]
    assert method_of(harlow) == method_of(epping) == method_of(source)
    assert {panel.id for panel in harlow.panels}.isdisjoint(panel.id for panel in epping.panels)
    assert places_with_a_draft(source).keys() == {harlow.locality_id, epping.locality_id}


def test_lots_divide_the_value_to_the_penny() -> None:
    """In the proportion of the first's lots; together they are worth what was given."""
    source = published_in_lots(3)
    mapped(source, "Harlow")
    [made] = begin(source, make_commissioner(source.authority), Harlow="100.01")
    assert [lot.worth for lot in made.lots] == [Decimal("33.34"), Decimal("33.33"), Decimal("33.34")]
    assert made.estimated_value == Decimal("100.01")


def test_a_draft_begins_on_the_desk_of_whoever_works_there() -> None:
    """The commissioner of the locality looks after it, and hears of it; others of its people do not."""
    source = published_itt()
    actor, maker = make_commissioner(source.authority), map_maker(source.authority)
    opener, head = (make_person(role, authority=source.authority) for role in (Role.OPENER, Role.COMMISSIONER))
    locality("Harlow", maker, people=[opener.id, head.id])
    locality("Epping", maker, people=[opener.id])
    epping, harlow = begin(source, actor, Harlow="90000", Epping="90000")
    assert (harlow.owner_id, epping.owner_id) == (head.id, actor.user_id)


def test_a_locality_has_one_draft_at_a_time() -> None:
    """A second is refused with the first's number; what was discarded can be begun again, and nothing is half done."""
    source = published_itt()
    mapped(source, "Harlow", "Epping")
    actor = make_commissioner(source.authority)
    [first] = begin(source, actor, Harlow="90000")
    with pytest.raises(InvalidInput, match=f"Harlow has a draft already: {first.reference}"):
        begin(source, actor, Harlow="1", Epping="1")
    assert len(places_with_a_draft(source)) == 1
    discard_draft(itt=first, actor=actor)
    [again] = begin(source, actor, Harlow="90000")
    assert places_with_a_draft(source) == {again.locality_id: again}


def test_only_ones_own_localities_are_named() -> None:
    """Another authority's is no place to buy for."""
    source, elsewhere = draft_itt(), make_authority()
    foreign = locality("Elsewhere", map_maker(elsewhere))
    actor = make_commissioner(source.authority)
    with pytest.raises(InvalidInput):
        drafts_for_localities(source=source, values={foreign.id: Decimal(1)}, actor=actor, now=clock.now())
    with pytest.raises(NotFound):
        describe_service(
            itt=source, title="Play", description="Play", cpv_codes=[], locality_id=foreign.id, actor=actor
        )


def test_the_pages_draw_the_map_make_the_drafts_and_find_them(client: CheckedClient) -> None:
    """An administrator adds localities, a commissioner begins drafts with a mistake and without, and finds them."""
    source = published_itt()
    administrator = make_person(Role.AUTHORITY_ADMINISTRATOR, authority=source.authority)
    officer = make_person(Role.COMMISSIONER, authority=source.authority)
    sign_in(client, administrator)
    new = "/commissioning/localities/new"
    assert errors_of(fill(client, new, {"name": " "})) == ["Give the locality a name."]
    assert fill(client, new, {"name": "Harlow", "people": str(officer.id)}).status_code == 302
    [harlow] = db.session.query(Locality)
    assert fill(client, new, {"name": "Old Harlow", "parent": str(harlow.id)}).status_code == 302
    assert officer.display_name in text_of(client.get("/commissioning/localities"))
    sign_in(client, officer)
    address = f"/commissioning/itts/{source.reference}/localities"
    assert errors_of(fill(client, address, {})) == ["Give a value for at least one locality of your authority."]
    refused = fill(client, address, {f"value-{harlow.id}": "nought"})
    assert refused.status_code == 422
    assert errors_of(fill(client, address, {f"value-{harlow.id}": "0"})) == [
        "The estimated value must be more than £0."
    ]
    assert fill(client, address, {f"value-{harlow.id}": "90,000"}).status_code == 302
    made = places_with_a_draft(source)[harlow.id]
    assert f"{made.reference}" in text_of(client.get(address))
    found = text_of(client.get(f"/commissioning/procurements?locality={harlow.id}"))
    assert made.reference in found
    assert source.reference not in found
    draft = f"/commissioning/itts/{made.reference}/draft/service"
    assert fill(client, draft, {"place": ""}).status_code == 302
    db.session.refresh(made)
    assert made.locality_id is None


def test_a_locality_is_public(client: CheckedClient) -> None:
    """The page and the data of an invitation say what it is for."""
    itt = published_itt()
    [itt.locality] = mapped(itt, "Harlow")
    db.session.flush()
    assert "Locality Harlow" in text_of(client.get(f"/opportunities/{itt.reference}"))
    assert client.get(f"/opportunities/{itt.reference}.json").json["locality"] == "Harlow"


def test_whoever_lacks_the_right_begins_no_drafts(client: CheckedClient) -> None:
    """An opener reads the procurement and has no such page."""
    source = published_itt()
    sign_in(client, make_person(Role.OPENER, authority=source.authority))
    assert client.get(f"/commissioning/itts/{source.reference}/localities").status_code == 403
