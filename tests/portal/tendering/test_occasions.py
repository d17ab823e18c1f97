"""Days on which bidders come, to visit and to present: said with where, in order, and moved by a published change."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal.accounts.models import User
from portal.core import clock
from portal.core.errors import InvalidInput
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.regulation.local_time import local_date
from portal.tendering.amending.amending import NewDates, publish_addendum
from portal.tendering.calendars import calendar_of
from portal.tendering.checking import problems_of
from portal.tendering.drafting import set_timetable
from portal.tendering.models import InvitationToTender
from portal.tendering.public_record import published
from portal.tendering.requirements import Occasions
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.amending import NOTE, propose
from tests.factories.tendering import make_commissioner, publish, ready_itt
from tests.filling import text_of
from tests.portal.tendering.views.browsing import errors_of, post

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.fixture
def officer() -> Actor:
    return make_commissioner()


@pytest.fixture
def itt(officer: Actor) -> InvitationToTender:
    return ready_itt(actor=officer)


def closing_day(itt: InvitationToTender) -> date:
    assert itt.closes_at is not None
    return local_date(itt.closes_at)


def say(itt: InvitationToTender, officer: Actor, occasions: Occasions) -> None:
    """The timetable as it is, with these days."""
    set_timetable(
        itt=itt,
        closes_at=itt.closes_at,
        award_date=itt.award_date,
        contract_start_date=itt.contract_start_date,
        occasions=occasions,
        actor=officer,
        now=clock.now(),
    )


def both(itt: InvitationToTender) -> Occasions:
    """A visit a week before closing, and presentations a week after it."""
    week = timedelta(days=7)
    return Occasions(closing_day(itt) - week, "At the centre, 2pm.", closing_day(itt) + week, "Online, 20 minutes.")


def test_everybody_reads_them(client: CheckedClient, itt: InvitationToTender, officer: Actor) -> None:
    """They stand on the public page, in its data and in the calendar file, with where and how."""
    occasions = both(itt)
    say(itt, officer, occasions)
    publish(itt, officer)
    page = text_of(client.get(f"/opportunities/{itt.reference}"))
    assert "At the centre, 2pm." in page
    assert "Online, 20 minutes." in page
    assert occasions.visit_date is not None
    stated = published(itt, clock.now(), [])
    assert stated["visit"] == {"date": occasions.visit_date.isoformat(), "words": "At the centre, 2pm."}
    written = calendar_of(itt, url="https://example.org", now=clock.now()).decode()
    assert f"UID:visit.{itt.reference}" in written
    assert f"UID:presentations.{itt.reference}" in written
    assert "Online\\, 20 minutes." in written.replace("\r\n ", "")


@pytest.mark.parametrize(
    ("visit", "presentations", "words", "fields"),
    [
        (1, None, ("Here.", ""), ["visit_date"]),
        (-3, None, (" ", ""), ["visit_words"]),
        (None, None, ("Here.", "There."), ["visit_date", "presentations_date"]),
        (None, -1, ("", "There."), ["presentations_date"]),
        (None, 31, ("", "There."), ["presentations_date"]),
        (-3, 3, ("x" * 1001, "There."), ["visit_words"]),
    ],
)
def test_a_day_that_makes_no_sense_is_refused_beside_it(
    itt: InvitationToTender,
    officer: Actor,
    visit: int | None,
    presentations: int | None,
    words: tuple[str, str],
    fields: list[str],
) -> None:
    """A visit after closing, presentations before it or after the decision, a day without words or words alone."""
    days = [None if off is None else closing_day(itt) + timedelta(days=off) for off in (visit, presentations)]
    with pytest.raises(InvalidInput) as refused:
        say(itt, officer, Occasions(days[0], words[0], days[1], words[1]))
    assert [each.field for each in refused.value.each] == fields
    assert itt.visit_date is None


def test_a_timetable_that_moved_past_them_is_not_published(itt: InvitationToTender, officer: Actor) -> None:
    """What the check page says when the closing time has overtaken the presentations."""
    say(itt, officer, both(itt))
    itt.presentations_date = closing_day(itt) - timedelta(days=1)
    assert "Bidders present what they offer after bidding closes." in {
        problem.message for problem in problems_of(itt, clock.now())
    }


def test_a_published_change_moves_them(itt: InvitationToTender, officer: Actor) -> None:
    """The day before and the day now stand in the change; one that makes no sense is refused beside it."""
    before = both(itt)
    say(itt, officer, before)
    publish(itt, officer)
    with pytest.raises(InvalidInput, match="after bidding closes") as refused:
        propose(itt, officer, dates=NewDates(presentations_date=before.visit_date))
    assert refused.value.field == "presentations_date"
    moved = closing_day(itt) - timedelta(days=2)
    addendum = propose(itt, officer, dates=NewDates(visit_date=moved))
    second = actor_of(make_person(Role.APPROVER, authority=itt.authority))
    publish_addendum(addendum=addendum, actor=second, note=NOTE)
    assert (itt.visit_date, itt.visit_words) == (moved, "At the centre, 2pm.")
    assert addendum.dates_before == {"visit_date": before.visit_date}


def test_they_are_typed_in_the_timetable(client: CheckedClient, itt: InvitationToTender, officer: Actor) -> None:
    """The page of the timetable keeps what was typed, and says beside the box what is missing."""
    sign_in(client, db.session.get_one(User, officer.user_id))
    address = f"/commissioning/itts/{itt.reference}/draft/timetable"
    assert set(errors_of(post(client, address, visit_words="At the centre."))) == {"#visit_date"}
    on = closing_day(itt) - timedelta(days=2)
    day = {"visit_date__day": str(on.day), "visit_date__month": str(on.month), "visit_date__year": str(on.year)}
    assert post(client, address, visit_words="At the centre.", **day).status_code == 302
    assert (itt.visit_date, itt.visit_words) == (on, "At the centre.")
