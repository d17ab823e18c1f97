"""A commissioner's pages: starting a draft, its task list, publishing, discarding."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from bs4 import BeautifulSoup

from portal.core.permissions import AUTHORITY_ROLES, Role
from portal.extensions import db
from portal.organisations.models import ContractingAuthority
from portal.tendering.checking import Task
from portal.tendering.models import InvitationToTender
from portal.tendering.queries import find_itt
from portal.tendering.starting_points import StartingPoint
from portal.tendering.states import IttStatus
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, current_code, make_person, sign_in
from tests.factories.organisations import make_authority
from tests.factories.tendering import draft_itt, published_itt, ready_itt, set_weight
from tests.filling import text_of
from tests.portal.tendering.views.browsing import errors_of, post, statuses_of

PARTS = (
    "service",
    "value",
    "timetable",
    "publication",
    "panels",
    "panels/add",
    "panels/local",
    "panels/local/remove",
    "scales",
    "scales/add",
    "scales/0-5",
    "scales/0-5/points",
    "scales/0-5/remove",
    "criteria",
    "criteria/add",
    "criteria/safeguarding",
    "criteria/service/remove",
    "shares",
    "price",
    "tie-break",
    "questions",
    "questions/add",
    "questions/welcome",
    "questions/welcome/remove",
    "discard",
)

SOME = ("service", "panels/local", "criteria", "scales/0-5/points", "questions/welcome/remove", "discard")
"""One page of each module, for the people who never get in."""


@pytest.fixture
def commissioner(client: CheckedClient) -> Any:
    """A signed-in commissioner."""
    person = make_person(Role.COMMISSIONER)
    sign_in(client, person)
    return person


def test_a_draft_is_started_from_the_example(client: CheckedClient, commissioner: Any) -> None:
    """Three panels are there at once, and the task list says what is left."""
    answer = post(client, "/commissioning/itts/new", title="Early help")
    assert answer.status_code == 302
    page = client.get(answer.location).text
    assert statuses_of(page) == {
        "Buying together": "Optional",
        "About the service": "Completed",
        "Outcomes, outputs and activities": "Completed",
        "Lots": "Not started",
        "Value, length and break points": "Completed",
        "Timetable": "Not started",
        "Documents": "Optional",
        "Interests and conflicts": "Not started",
        "Approval by a second person": "Not started",
        "Equality impact": "Not started",
        "Consultation": "Not started",
        "Small providers": "Not started",
        "Panels": "Completed",
        "Scales and what the points mean": "Completed",
        "Award criteria and their weights": "Completed",
        "Which panel scores what": "Completed",
        "Price formula": "Completed",
        "Tie-break": "Completed",
        "Questions and price schedule": "Completed",
        "Notice on Find a Tender": "Not started",
    }
    assert "8 tasks are left to do" in page


def test_a_draft_without_a_title_is_refused(client: CheckedClient, commissioner: Any) -> None:
    """The reason stands beside the field, and the choice is kept."""
    answer = post(client, "/commissioning/itts/new", title=" ", start="empty")
    assert (answer.status_code, errors_of(answer)) == (422, {"#title": "Give the procurement a title."})
    assert re.search(r'value="empty"\s+checked', answer.text)
    odd = post(client, "/commissioning/itts/new", title="Early help", start="odd")
    assert errors_of(odd) == {"#start": "Choose an answer to “How do you want to start?”."}


def test_an_empty_draft_starts_with_everything_to_do(client: CheckedClient, commissioner: Any) -> None:
    """What depends on something else cannot start yet."""
    itt = draft_itt(actor=actor_of(commissioner), start=StartingPoint.EMPTY)
    statuses = statuses_of(client.get(f"/commissioning/itts/{itt.reference}/draft").text)
    assert statuses.pop("Which panel scores what") == "Cannot start yet"
    assert {
        statuses.pop(name)
        for name in ("Outcomes, outputs and activities", "Buying together", "Price formula", "Documents")
    } == {"Optional"}
    assert set(statuses.values()) == {"Not started"}


def test_weights_that_do_not_add_up_are_a_problem(client: CheckedClient, commissioner: Any) -> None:
    """The task list names the sum, and so does the bar beside it."""
    itt = draft_itt(actor=actor_of(commissioner))
    set_weight(itt, "price", "15")
    page = client.get(f"/commissioning/itts/{itt.reference}/draft").text
    assert statuses_of(page)["Award criteria and their weights"] == "There is a problem"
    assert "The weights of the four parts total 95, they must total 100." in page
    assert "They come to 95. They must come to 100." in page


def test_publishing_shows_everything_and_fixes_it(client: CheckedClient, commissioner: Any) -> None:
    """The last look lists what becomes fixed; afterwards the public page opens, and every part is closed."""
    itt = ready_itt(actor=actor_of(commissioner))
    address = f"/commissioning/itts/{itt.reference}/publish"
    page = text_of(client.get(address))
    for text in ("From now on this is fixed", "30 months, with break points at 12 and 18 months", "ruled out"):
        assert text in page
    assert "Code from your authenticator app" not in page
    answer = post(client, address)
    assert (answer.status_code, answer.location) == (302, f"/opportunities/{itt.reference}")
    assert itt.status is IttStatus.PUBLISHED
    draft = client.get(f"/commissioning/itts/{itt.reference}/draft")
    assert (draft.status_code, draft.location) == (302, f"/opportunities/{itt.reference}")


def test_publishing_asks_for_a_fresh_second_factor(client: CheckedClient) -> None:
    """Ten minutes after signing in the code is asked for again; a wrong one publishes nothing."""
    person = make_person(Role.COMMISSIONER)
    sign_in(client, person, fresh_factor=False)
    itt = ready_itt(actor=actor_of(person))
    address = f"/commissioning/itts/{itt.reference}/publish"
    assert "Code from your authenticator app" in client.get(address).text
    answer = post(client, address, factor_code="000000")
    assert (answer.status_code, list(errors_of(answer)), itt.status) == (422, ["#factor_code"], IttStatus.DRAFT)


def test_a_right_code_publishes(fresh_app: Any) -> None:
    """The code from the authenticator lets it through (on real transactions, as it is used up in one of its own)."""
    client = fresh_app.test_client()
    with fresh_app.app_context():
        person = make_person(Role.COMMISSIONER)
        sign_in(client, person, fresh_factor=False)
        reference = ready_itt(actor=actor_of(person)).reference
        code = current_code()
        assert post(client, f"/commissioning/itts/{reference}/publish", factor_code=code).status_code == 302
        db.session.rollback()
        assert find_itt(reference).status is IttStatus.PUBLISHED


def test_an_unready_draft_cannot_be_published(client: CheckedClient, commissioner: Any) -> None:
    """Everything that is missing is linked to its page, there is no button, and posting anyway is refused."""
    itt = draft_itt(actor=actor_of(commissioner))
    set_weight(itt, "price", "15")
    address = f"/commissioning/itts/{itt.reference}/publish"
    page = client.get(address)
    base = f"/commissioning/itts/{itt.reference}/draft"
    assert list(errors_of(page)) == [
        *(f"{base}/{part}" for part in ("lots", "timetable", "criteria")),
        f"/commissioning/itts/{itt.reference}/interests",
        *(f"{base}/{part}" for part in ("equality", "consultation", "small-providers")),
        f"/commissioning/itts/{itt.reference}/ask",
        f"{base}/publication",
    ]
    assert "You cannot publish yet" in page.text
    token = BeautifulSoup(page.text, "html.parser").find("input", attrs={"name": "csrf_token"})["value"]  # type: ignore[index]
    answer = client.post(address, data={"csrf_token": token})
    assert (answer.status_code, itt.status) == (422, IttStatus.DRAFT)
    assert "Give the day and time when bidding closes." in answer.text


def test_a_draft_is_discarded(client: CheckedClient, commissioner: Any) -> None:
    """After a question, and it says so afterwards."""
    itt = draft_itt(actor=actor_of(commissioner))
    address = f"/commissioning/itts/{itt.reference}/draft/discard"
    assert post(client, address).status_code == 302
    page = client.get(f"/commissioning/itts/{itt.reference}/draft")
    assert "This draft was discarded." in page.text
    assert client.get(address).status_code == 409


def statuses_at(client: CheckedClient, itt: InvitationToTender, *names: str) -> set[int]:
    """The statuses with which every page of a draft (or those named) answers."""
    parts = [*(f"draft/{part}" for part in names or PARTS), "publish"]
    return {client.get(f"/commissioning/itts/{itt.reference}/{part}").status_code for part in parts}


def test_every_part_is_for_the_authoritys_commissioner_and_for_drafts(
    client: CheckedClient, new_client: Any, commissioner: Any
) -> None:
    """200 for the commissioner, 409 once published, 404 for another authority's, 403 for other roles, else sign in."""
    actor = actor_of(commissioner)
    draft = ready_itt(actor=actor)
    assert statuses_at(client, draft) == {200}
    assert statuses_at(client, published_itt(actor=actor)) == {409}
    authority = db.session.get(ContractingAuthority, actor.authority_id)
    others = {
        404: make_person(Role.COMMISSIONER, authority=make_authority()),
        403: make_person(Role.APPROVER, Role.AUTHORITY_ADMINISTRATOR, authority=authority),
    }
    for status, person in others.items():
        sign_in(client, person)
        assert statuses_at(client, draft, *SOME) == {status}
    sign_in(client, make_person(Role.SUBMITTER))
    assert statuses_at(client, draft, *SOME) == {403}
    assert statuses_at(new_client(), draft, *SOME) == {302}


@pytest.mark.parametrize("role", sorted(AUTHORITY_ROLES - {Role.COMMISSIONER}))
def test_colleagues_read_the_task_list(client: CheckedClient, role: Role) -> None:
    """Without links to change anything."""
    authority = make_authority()
    itt = draft_itt(authority=authority)
    sign_in(client, make_person(role, authority=authority))
    page = client.get(f"/commissioning/itts/{itt.reference}/draft")
    assert page.status_code == 200
    assert "/draft/service" not in page.text
    assert "Check and publish" not in page.text
    assert client.get("/commissioning/itts/new").status_code == 403


def test_a_part_that_is_not_there_is_not_found(client: CheckedClient, commissioner: Any) -> None:
    """Whatever kind of part it is, and an invitation too."""
    itt: InvitationToTender = draft_itt(actor=actor_of(commissioner))
    base = f"/commissioning/itts/{itt.reference}/draft"
    for part in ("panels/x", "scales/x", "criteria/x", "criteria/price", "questions/x", "scales/x/points"):
        assert client.get(f"{base}/{part}").status_code == 404
    assert client.get("/commissioning/itts/ITT-NOTTHERE/draft").status_code == 404


def test_the_task_list_asks_nothing_once_for_each_part(
    client: CheckedClient, commissioner: Any, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    """What was recorded, declared and approved is read for all parts together."""
    itt = draft_itt(actor=actor_of(commissioner))
    with count_statements() as statements:
        assert client.get(f"/commissioning/itts/{itt.reference}/draft").status_code == 200
    assert max(Counter(statements).values()) < len(Task) / 3
