"""Pages about what a service is to achieve: drawn up by a commissioner, read by everybody."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from bs4 import BeautifulSoup

from portal.accounts.models import User
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.tendering.models import InvitationToTender
from portal.tendering.specification_models import LineKind, SpecificationLine
from portal.tendering.specifications import specification_of
from portal.tendering.starting_points import StartingPoint
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.tendering import draft_itt, make_commissioner, publish, ready_itt
from tests.filling import text_of
from tests.portal.tendering.views.browsing import errors_of, filled, post, statuses_of

pytestmark = pytest.mark.usefixtures("db_session")
Count = Callable[[], AbstractContextManager[list[str]]]
MEASURE = {"unit": "% of families", "side": "at_least", "target": "80", "period": "quarter"}


@pytest.fixture
def officer(client: CheckedClient) -> Actor:
    made = make_commissioner()
    sign_in(client, db.session.get_one(User, made.user_id))
    return made


def base_of(itt: InvitationToTender) -> str:
    return f"/commissioning/itts/{itt.reference}/draft"


def fill_up(itt: InvitationToTender, outcomes: int) -> None:
    """So many outcomes with a line of each kind under them, the last of all measured."""
    for number in range(1, outcomes + 1):
        head = SpecificationLine(itt_id=itt.id, position=number * 10, kind=LineKind.OUTCOME, words=f"Change {number}")
        db.session.add(head)
        db.session.flush()
        for place, kind in enumerate((LineKind.OUTPUT, LineKind.ACTIVITY), 1):
            words = f"{kind.value} {number}"
            line = SpecificationLine(itt_id=itt.id, outcome_id=head.id, kind=kind, words=words)
            line.position = number * 10 + place
            db.session.add(line)
    db.session.flush()


def test_an_officer_draws_it_up_in_the_browser(client: CheckedClient, officer: Actor) -> None:
    """From the task list to an outcome with its measure, an output and an activity, changed, moved and removed."""
    itt = draft_itt(actor=officer, start=StartingPoint.EMPTY)
    base = base_of(itt)
    task = "Outcomes, outputs and activities"
    assert statuses_of(client.get(base).text)[task] == "Optional"
    assert "No outcomes yet" in client.get(f"{base}/outcomes").text
    assert post(client, f"{base}/outcomes/add", words="Families cope", **MEASURE).status_code == 302
    [outcome] = specification_of(itt.id)
    under = f"{base}/outcomes/{outcome.line.id}"
    assert post(client, f"{under}/add", kind="output", words="Groups").status_code == 302
    assert post(client, f"{under}/add", kind="activity", words="Visits at home").status_code == 302
    assert statuses_of(client.get(base).text)[task] == "Completed"
    page = text_of(client.get(f"{base}/outcomes"))
    assert "1. Families cope" in page
    assert "At least 80% of families, every quarter" in page
    assert "1 outcome in all, 1 line with a measure" in page
    _, held = filled(client, under)
    assert {name: held[name] for name in MEASURE} == MEASURE
    part = outcome_parts(itt)[0]
    post(client, f"{base}/outcomes/{part}", kind="activity", words="Groups")
    token = {"csrf_token": filled(client, under)[1]["csrf_token"]}
    assert client.post(f"{base}/outcomes/{part}/up", data=token).status_code == 302
    assert post(client, f"{base}/outcomes/{part}/remove").status_code == 302
    assert len(outcome_parts(itt)) == 1
    assert "Its outputs and activities go with it." in client.get(f"{under}/remove").text
    assert client.get(f"{base}/outcomes/{part}").status_code == 404


def outcome_parts(itt: InvitationToTender) -> list[str]:
    return [str(part.id) for each in specification_of(itt.id) for part in each.parts]


def test_what_is_wrong_is_said_beside_its_box(client: CheckedClient, officer: Actor) -> None:
    """Nothing typed is lost, and everything that is wrong is said at once."""
    itt = draft_itt(actor=officer, start=StartingPoint.EMPTY)
    address = f"{base_of(itt)}/outcomes/add"
    refused = post(client, address, words=" ", unit="sessions", target="many", side="at_most", period="")
    assert refused.status_code == 422
    assert set(errors_of(refused)) == {"#target"}
    refused = post(client, address, words=" ", unit="sessions", target="12", side="at_most", period="")
    assert set(errors_of(refused)) == {"#words", "#period"}
    typed = BeautifulSoup(refused.text, "html.parser").select_one("#target")
    assert typed is not None
    assert typed["value"] == "12"
    part = post(client, f"{base_of(itt)}/outcomes/add", words="Cope", **MEASURE)
    assert part.status_code == 302
    [outcome] = specification_of(itt.id)
    assert set(errors_of(post(client, f"{base_of(itt)}/outcomes/{outcome.line.id}/add", words="Groups"))) == {"#kind"}


@pytest.mark.parametrize("outcomes", [1, 200])
def test_two_hundred_outcomes_are_read_in_the_same_statements(
    client: CheckedClient, count_statements: Count, officer: Actor, outcomes: int
) -> None:
    """The list, the preview and the public page take as many statements as with one; the list is paged."""
    itt = ready_itt(actor=officer)
    for each in specification_of(itt.id):
        db.session.delete(each.line)
    fill_up(itt, outcomes)
    pages = [f"{base_of(itt)}/outcomes", f"{base_of(itt)}/preview"]
    for address, most in zip(pages, (12, 16), strict=True):
        client.get(address)
        db.session.commit()
        with count_statements() as statements:
            assert client.get(address).status_code == 200
        assert len(statements) <= most
    if outcomes == 200:
        first = client.get(pages[0]).text
        assert "20. Change 20" in first
        assert "21. Change 21" not in first
        assert "21. Change 21" in client.get(f"{pages[0]}/from/21").text
        assert client.get(f"{pages[0]}/from/201").status_code == 404
    publish(itt, officer)
    client.get(f"/opportunities/{itt.reference}")
    db.session.commit()
    with count_statements() as statements:
        page = client.get(f"/opportunities/{itt.reference}").text
    assert len(statements) <= 27
    assert f"Change {outcomes}" in page
    assert ("190 further outcomes" in page) is (outcomes == 200)


def test_everybody_takes_it_away(client: CheckedClient, officer: Actor) -> None:
    """A published one without signing in; a draft's its officers alone; none where no outcomes are stated."""
    itt = ready_itt(actor=officer)
    public, own = f"/opportunities/{itt.reference}/specification.pdf", f"/commissioning/itts/{itt.reference}"
    assert client.get(public).status_code == 404
    assert client.get(f"{own}/specification.pdf").data.startswith(b"%PDF-")
    publish(itt, officer)
    sign_in(client, make_person(Role.SUBMITTER))
    answer = client.get(public)
    assert (answer.mimetype, answer.data[:5]) == ("application/pdf", b"%PDF-")
    assert client.get(f"{own}/specification.pdf").status_code in (403, 404)
    bare = ready_itt()
    for each in specification_of(bare.id):
        db.session.delete(each.line)
    publish(bare)
    assert client.get(f"/opportunities/{bare.reference}/specification.pdf").status_code == 404
    assert "What is to be achieved" not in client.get(f"/opportunities/{bare.reference}").text
