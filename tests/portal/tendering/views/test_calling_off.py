"""The pages of calling off, for commissioners and approvers, and of being invited, for providers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.permissions import Role
from portal.extensions import db
from portal.frameworks.models import FrameworkLot
from portal.organisations.models import ContractingAuthority, Provider
from portal.regulation.kinds import FrameworkKind, IttKind
from portal.tendering.models import InvitationToTender
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.calling_off import REASON, applied, draft_call_off, published_call_off, ready_call_off, refuse
from tests.factories.frameworks import admit, live_framework
from tests.factories.organisations import make_authority, make_provider
from tests.factories.tendering import draft_itt, published_itt
from tests.filling import fill, link_in, text_of
from tests.portal.tendering.views.browsing import errors_of, filled, post, statuses_of

Count = Callable[[], AbstractContextManager[list[str]]]
DIRECT = "Where only one member has a home in the area and its price is the framework’s."


def as_officer(client: CheckedClient, authority: ContractingAuthority, *roles: Role) -> None:
    sign_in(client, make_person(*(roles or (Role.COMMISSIONER,)), authority=authority))


def as_provider(client: CheckedClient, provider: Provider) -> None:
    sign_in(client, make_person(Role.SUBMITTER, provider=provider))


def lot_of(kind: FrameworkKind = FrameworkKind.DPS, **details: Any) -> FrameworkLot:
    lot = live_framework(kind=kind, **details).lots[0]
    admit(lot)
    return lot


def test_a_commissioner_calls_off(client: CheckedClient) -> None:
    """Lot, kind and title lead to a draft whose task list names the framework and who is invited."""
    framework = live_framework(kind=FrameworkKind.DPS, lots=2, title="Homes for children")
    admit(framework.lots[1])
    as_officer(client, framework.authority)
    address = f"/commissioning/frameworks/{framework.reference}/call-off"
    page = client.get(address).text
    assert "Every active member of the lot" in page
    answer = post(client, address, lot="2", title="A home for Sam")
    assert answer.status_code == 302
    itt = db.session.scalars(select(InvitationToTender)).one()
    assert (itt.title, itt.kind, itt.framework_lot_id) == ("A home for Sam", IttKind.DPS_CALL_OFF, framework.lots[1].id)
    hub = client.get(answer.location).text
    assert "Called off from lot 2 (Lot title 2) of Homes for children." in hub
    assert statuses_of(hub)["The members of the lot"] == "Completed"


def test_errors_are_beside_their_fields(client: CheckedClient) -> None:
    """Nothing typed is lost."""
    framework = live_framework(kind=FrameworkKind.DPS, lots=2)
    as_officer(client, framework.authority)
    answer = post(client, f"/commissioning/frameworks/{framework.reference}/call-off", lot="1", title="")
    assert (answer.status_code, errors_of(answer)) == (422, {"#title": "Give the procurement a title."})


def test_an_uncommitted_authority_reads_why(client: CheckedClient) -> None:
    """The section stands on the page, and there is no form to fill in."""
    framework = live_framework(kind=FrameworkKind.DPS)
    as_officer(client, make_authority())
    page = client.get(f"/commissioning/frameworks/{framework.reference}/call-off")
    assert page.status_code == 200
    assert "PCR2015 reg 34(21)" in page.text
    assert 'name="title"' not in page.text


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_is_shown_and_cannot_be_changed(
    client: CheckedClient, db_session: Any, count_statements: Count, rows: int
) -> None:
    """The same number of statements for one member and three, before publication and after it; no form."""
    lot = live_framework(kind=FrameworkKind.DPS).lots[0]
    names = [admit(lot).provider.name for _ in range(rows)]
    as_officer(client, lot.framework.authority)
    for itt in (ready_call_off(lot), published_call_off(lot)):
        address = f"/commissioning/itts/{itt.reference}/invited"
        client.get(address)
        db_session.commit()
        with count_statements() as statements:
            page = client.get(address).text
        assert len(statements) <= 14
        assert all(name in page for name in names)
        assert "PCR2015 reg 34(21)-(22)" in page
        main = page.partition("<main")[2].partition("</main>")[0]
        assert "<form" not in main
    open_to_all = published_itt(authority=lot.framework.authority)
    assert client.get(f"/commissioning/itts/{open_to_all.reference}/invited").status_code == 404


def test_a_long_list_has_pages(client: CheckedClient) -> None:
    """A hundred names a page, in the order of the names; a made-up key is refused."""
    lot = live_framework(kind=FrameworkKind.DPS).lots[0]
    for number in range(101):
        admit(lot, make_provider(f"Provider {number:03}"))
    itt = draft_call_off(lot)
    as_officer(client, itt.authority)
    address = f"/commissioning/itts/{itt.reference}/invited"
    page = client.get(address).text
    assert "<strong>101</strong> providers would be invited" in page
    assert ("Provider 099" in page, "Provider 100" in page, "More providers" in page) == (True, False, True)
    following = page.partition('fl-pagination__link--next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert "Provider 100" in client.get(following).text
    assert client.get(f"{address}?after=x").status_code == 404


def test_a_direct_award_by_two_people(client: CheckedClient, new_client: Callable[[], CheckedClient]) -> None:
    """The commissioner names provider and reason; an approver with a fresh factor approves; then it is published."""
    lot = lot_of(FrameworkKind.FRAMEWORK, direct_award_terms=DIRECT)
    chosen = admit(lot, make_provider("The Only Home")).provider
    itt = draft_call_off(lot, kind=IttKind.DIRECT_AWARD)
    address = f"/commissioning/itts/{itt.reference}/direct-award"
    as_officer(client, itt.authority)
    assert DIRECT in client.get(address).text
    short = post(client, address, provider=str(chosen.id), reason="Because.")
    assert short.status_code == 422
    assert list(errors_of(short)) == ["#reason"]
    assert post(client, address, provider=str(chosen.id), reason=REASON).status_code == 302
    assert client.get(f"{address}/approve").status_code == 403
    approver = new_client()
    as_officer(approver, itt.authority, Role.APPROVER)
    hub = approver.get(f"/commissioning/itts/{itt.reference}/draft").text
    assert "This direct award waits for an approver" in hub
    assert REASON in approver.get(address).text
    assert post(approver, f"{address}/approve").status_code == 302
    assert itt.direct_award_approved_at is not None
    assert "It was approved at" in approver.get(f"{address}/approve").text


def test_an_approval_needs_a_fresh_factor(client: CheckedClient) -> None:
    """An old one asks for a code, beside its box."""
    lot = lot_of(FrameworkKind.FRAMEWORK, direct_award_terms=DIRECT)
    itt = ready_call_off(lot, kind=IttKind.DIRECT_AWARD, provider=admit(lot).provider)
    itt.direct_award_approved_at = itt.direct_award_approved_by_id = None
    person = make_person(Role.APPROVER, authority=itt.authority)
    sign_in(client, person, fresh_factor=False)
    answer = post(client, f"/commissioning/itts/{itt.reference}/direct-award/approve")
    assert (answer.status_code, list(errors_of(answer))) == (422, ["#factor_code"])
    assert itt.direct_award_approved_at is None


def test_a_criterion_says_what_it_makes_precise(client: CheckedClient) -> None:
    """The form asks in a call-off, shows what is chosen, and an open invitation's does not ask."""
    itt = draft_call_off(lot_of())
    as_officer(client, itt.authority)
    base = f"/commissioning/itts/{itt.reference}/draft"
    answer = post(client, f"{base}/criteria/add", title="Care", scale="0-5")
    assert (answer.status_code, list(errors_of(answer))) == (422, ["#makes_precise"])
    quality = itt.criteria[0].framework_criterion_id
    done = post(client, f"{base}/criteria/add", title="Care", scale="0-5", makes_precise=str(quality))
    assert done.status_code == 302
    assert filled(client, f"{base}/criteria/care")[1]["makes_precise"] == str(quality)
    price = itt.criteria[1].framework_criterion_id
    assert filled(client, f"{base}/price")[1]["makes_precise"] == str(price)
    other = draft_itt()
    as_officer(client, other.authority)
    for page in ("criteria/add", "price"):
        assert "makes_precise" not in client.get(f"/commissioning/itts/{other.reference}/draft/{page}").text


def test_the_last_look_says_who_is_invited(client: CheckedClient) -> None:
    """The number and the section, and the warning about a short mini-competition."""
    lot = lot_of(FrameworkKind.FRAMEWORK)
    itt = ready_call_off(lot, closes_in=timedelta(days=5))
    as_officer(client, itt.authority)
    page = client.get(f"/commissioning/itts/{itt.reference}/publish").text
    assert "<strong>1</strong> active member of lot 1" in page
    assert "Members have 5 days." in page
    assert post(client, f"/commissioning/itts/{itt.reference}/publish").status_code == 302
    assert "Called off from" in client.get(f"/opportunities/{itt.reference}").text


def test_visitors_read_who_can_answer(client: CheckedClient) -> None:
    """And how to join, while joining is open; the list of opportunities says whose members."""
    lot = lot_of(FrameworkKind.DYNAMIC_MARKET, title="Homes for children")
    itt = published_call_off(lot)
    page = client.get(f"/opportunities/{itt.reference}")
    assert "Only members of lot 1 (Lot title 1) of Homes for children can answer. Joining is open" in text_of(page)
    assert link_in(page, "How to join") == f"/frameworks/{lot.framework.reference}"
    assert "For members of Homes for children" in client.get("/opportunities").text
    [row] = client.get("/opportunities.json").json["opportunities"]
    assert row["called_off_from"] == {
        "reference": lot.framework.reference,
        "kind": "dynamic_market",
        "title": "Homes for children",
        "lot": {"number": 1, "title": "Lot title 1"},
    }


def test_a_provider_reads_why_it_cannot_bid(client: CheckedClient) -> None:
    """Lot, reason and link; no button; starting all the same is refused with the same words."""
    lot = lot_of()
    itt = published_call_off(lot)
    application = applied(lot)
    refuse(application)
    as_provider(client, application.provider)
    for address in (f"/opportunities/{itt.reference}", f"/provider/bids/start/{itt.reference}"):
        page = client.get(address).text
        assert "Why you cannot bid" in page
        assert "Insurance: It lapsed in May." in page
        assert f'href="/provider/applications/{application.reference}"' in page
        assert "Start your bid" not in page
    member = admit(lot).provider
    as_provider(client, member)
    page = client.get(f"/opportunities/{itt.reference}").text
    assert "You can bid: you are a member of lot 1" in page
    assert "Start your bid" in page


def test_a_direct_award_is_not_listed(client: CheckedClient) -> None:
    """It is nobody else's opportunity; its page says so."""
    lot = lot_of(FrameworkKind.FRAMEWORK, direct_award_terms=DIRECT)
    chosen = admit(lot).provider
    itt = published_call_off(lot, kind=IttKind.DIRECT_AWARD, provider=chosen, title="A direct one")
    assert "A direct one" not in client.get("/opportunities").text
    page = client.get(f"/opportunities/{itt.reference}").text
    assert "This is a direct award from lot 1" in page
    assert chosen.name not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_a_provider_sees_its_invitations(
    client: CheckedClient, db_session: Any, count_statements: Count, rows: int
) -> None:
    """Every open call-off with its deadline, those from before it joined too; the statements stay the same."""
    lot = lot_of()
    itts = [published_call_off(lot) for _ in range(rows)]
    as_provider(client, admit(lot).provider)
    client.get("/provider/invitations")
    db_session.commit()
    with count_statements() as statements:
        page = client.get("/provider/invitations").text
    assert len(statements) <= 4
    assert all(itt.title in page and f"/provider/bids/start/{itt.reference}" in page for itt in itts)


def test_not_for_us(client: CheckedClient) -> None:
    """A call-off that was declined says so in the list, and can still be answered."""
    lot = lot_of()
    provider = admit(lot).provider
    itt = published_call_off(lot)
    as_provider(client, provider)
    address = f"/provider/invitations/{itt.reference}/decline"
    assert link_in(client.get("/provider/invitations"), "This is not for us") == address
    fill(client, address, {"reason": "Too far from where we work"})
    page = client.get("/provider/invitations").text
    assert "You said so at" in page
    assert f"/provider/bids/start/{itt.reference}" in page


def test_a_paused_member_is_led_to_its_pause(client: CheckedClient) -> None:
    """Until when, and the page where it can be ended."""
    lot = lot_of()
    itt = published_call_off(lot)
    admission = admit(lot)
    admission.paused_at, admission.paused_until = clock.now(), clock.now() + timedelta(days=3)
    as_provider(client, admission.provider)
    page = client.get(f"/opportunities/{itt.reference}")
    assert "You have paused your membership of lot 1" in text_of(page)
    assert link_in(page, "End your pause") == "/provider/memberships"


def test_nothing_to_answer(client: CheckedClient) -> None:
    """The page says when something will be there."""
    as_provider(client, make_provider())
    assert "No invitations just now" in client.get("/provider/invitations").text
