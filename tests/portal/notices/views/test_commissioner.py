"""The page on which somebody records the number of a notice that waits."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import current_app

from portal.accounts.models import User
from portal.audit.kinds import EventKind
from portal.audit.queries import events_of
from portal.core import clock
from portal.core.permissions import Role
from portal.notices.drafted import drafted_notice
from portal.notices.pages import notice_page
from portal.notices.publisher import Publisher, publisher
from portal.notices.publishing import publish_release
from portal.notices.queries import notices_of_itt, waiting_notices
from portal.tendering.models import InvitationToTender
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.amending import change_question
from tests.factories.awarding import approver_of
from tests.factories.ending import cancelled
from tests.factories.notices import event_of, history, prepare_award, publish_tender
from tests.factories.tendering import make_commissioner, publish, published_itt, ready_itt
from tests.filling import errors_of, fill, text_of


@pytest.fixture
def itt(reference_data: Any) -> InvitationToTender:
    """An award above the threshold whose notice waits for its number."""
    made = history(value=Decimal(700_000))
    ours = publisher(current_app.config["SETTINGS"])
    publish_tender(made.itt, publisher=ours)
    prepare_award(made, publisher=ours)
    return made.itt


def page(itt: InvitationToTender) -> str:
    return f"/commissioning/itts/{itt.reference}/notices"


def somebody(itt: InvitationToTender, *roles: Role) -> User:
    return make_person(*roles, authority=itt.authority)


def typed(**changes: str) -> dict[str, str]:
    """What somebody gives who has the number."""
    today = clock.today()
    day = {"published_date-day": today.day, "published_date-month": today.month, "published_date-year": today.year}
    answers = {"publication_basis": "central_reference", "central_reference": "054321-2026", "publication_reason": ""}
    return answers | {name: str(value) for name, value in day.items()} | changes


@pytest.mark.parametrize("role", [Role.COMMISSIONER, Role.CONTRACT_MANAGER])
def test_recording_the_number_publishes_it_here(client: CheckedClient, itt: InvitationToTender, role: Role) -> None:
    """The page says what to do and why; afterwards the notice stands here with its own number."""
    sign_in(client, somebody(itt, role))
    shown = client.get(page(itt)).text
    for word in (
        "Contract award notice",
        "Procurement Act 2023, section 50(1)",
        "8 working days",
        "Winner Youth Trust",
    ):
        assert word in shown
    answer = fill(client, page(itt), typed())
    assert (answer.status_code, answer.location) == (302, page(itt))
    assert waiting_notices(itt.id) == []
    assert notices_of_itt(itt.id)[-1].central_reference == "054321-2026"
    assert "No notice waits" in client.get(page(itt)).text


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        (
            {"publication_basis": ""},
            {"#publication_basis": "Choose an answer to “Where has the notice been published first?”."},
        ),
        (
            {"central_reference": "12345"},
            {
                "#central_reference": "Give the reference of the notice on Find a Tender: at least six digits, a "
                "hyphen and the year, such as 012345-2026."
            },
        ),
        (
            {"published_date-day": "", "published_date-month": "", "published_date-year": ""},
            {"#published_date": "Give the day on which Find a Tender published it, such as 4 12 2026."},
        ),
        (
            {"publication_basis": "fallback"},
            {"#publication_reason": "Say why the notice is not on Find a Tender yet."},
        ),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    client: CheckedClient, itt: InvitationToTender, changes: dict[str, str], errors: dict[str, str]
) -> None:
    """Nothing typed is lost, and nothing is published."""
    sign_in(client, somebody(itt, Role.COMMISSIONER))
    answer = fill(client, page(itt), typed(**changes))
    assert (answer.status_code, errors_of(answer)) == (422, list(errors.values()))
    assert [f'href="{anchor}' in answer.text for anchor in errors] == [True]
    assert typed(**changes)["central_reference"] in answer.text
    assert len(waiting_notices(itt.id)) == 1


def test_others_read_where_it_stands(client: CheckedClient, itt: InvitationToTender) -> None:
    """An approver sees that it waits, and has nothing to fill in."""
    sign_in(client, somebody(itt, Role.APPROVER))
    shown = client.get(page(itt)).text
    assert "Not published yet: this notice" in shown
    assert "It waits for its number" in shown
    assert "Publish it here" not in shown


def test_another_day_than_today(client: CheckedClient, itt: InvitationToTender) -> None:
    """A day ahead is refused: nobody knows yet whether it will be published."""
    sign_in(client, somebody(itt, Role.COMMISSIONER))
    ahead = clock.today() + timedelta(days=1)
    day = {"published_date-day": ahead.day, "published_date-month": ahead.month, "published_date-year": ahead.year}
    answer = fill(client, page(itt), typed(**{name: str(value) for name, value in day.items()}))
    assert errors_of(answer) == ["The day on which it was published cannot be in the future."]


def test_the_notice_of_a_cancellation_waits_like_any_other(client: CheckedClient, reference_data: Any) -> None:
    """Its page says why the procurement ended; its number publishes it."""
    ours = publisher(current_app.config["SETTINGS"])
    itt = published_itt()
    itt.estimated_value = Decimal(700_000)
    publish_tender(itt, publisher=ours)
    ending = cancelled(itt)
    event = next(one for one in events_of(str(itt.id)) if one.kind == EventKind.PROCUREMENT_CANCELLED)
    assert publish_release(event_id=event.id, publisher=ours, now=clock.now()) is None
    sign_in(client, somebody(itt, Role.COMMISSIONER))
    assert ending.reason in client.get(page(itt)).text
    assert fill(client, page(itt), typed()).status_code == 302
    assert notices_of_itt(itt.id)[-1].central_reference == "054321-2026"


def test_the_notice_of_a_change_is_recorded_while_bidding_is_open(client: CheckedClient, reference_data: Any) -> None:
    """Its number publishes it here; once the procurement has ended there is nothing left to record of it."""
    ours = publisher(current_app.config["SETTINGS"])
    first, second = (_changed(ours) for _ in range(2))
    sign_in(client, somebody(first, Role.COMMISSIONER))
    assert "Changed tender notice" in client.get(page(first)).text
    assert fill(client, page(first), typed()).status_code == 302
    assert notices_of_itt(first.id)[-1].central_reference == "054321-2026"
    assert [waiting.name for waiting in waiting_notices(second.id)] == ["Changed tender notice"]
    cancelled(second)
    assert list(waiting_notices(second.id)) == []


def _changed(ours: Publisher) -> InvitationToTender:
    """A published invitation, one question of which two people changed."""
    officer = make_commissioner()
    itt = published_itt(actor=officer)
    itt.estimated_value = Decimal(700_000)
    publish_tender(itt, publisher=ours)
    addendum = change_question(itt, officer, approver_of(itt.authority))
    event = event_of(EventKind.ADDENDUM_PUBLISHED, addendum)
    assert publish_release(event_id=event, publisher=ours, now=clock.now()) is None
    return itt


def test_the_text_of_a_notice_is_there_before_it_is_published(client: CheckedClient, reference_data: Any) -> None:
    """To copy to the platform, which comes first: the same lines as the notice has here afterwards."""
    itt = ready_itt()
    sign_in(client, somebody(itt, Role.APPROVER))
    told = text_of(client.get(f"{page(itt)}/draft"))
    assert f"Title {itt.title}" in told
    before = drafted_notice(itt, publisher=publisher(current_app.config["SETTINGS"]), now=clock.now())
    publish(itt)
    assert client.get(f"{page(itt)}/draft").location == page(itt)
    after = notice_page(publish_tender(itt, publisher=publisher(current_app.config["SETTINGS"])))
    assert before.parts == after.parts
    assert {row.key for row in before.facts} - {row.key for row in after.facts} == {
        "Title",
        "Reference of the buyer",
        "Description",
    }
    assert {row for row in before.facts if row.key in {"CPV codes", "Closes", "Bids are sent at"}} <= set(after.facts)
