"""The clock of the queue in words, and the figures at a glance."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.joining.deciding import admit_provider
from portal.joining.models import Application
from portal.joining.queue import Clock, clock_of, due_words, glance, queue_of, working_days
from portal.joining.states import ApplicationStatus
from portal.regulation.kinds import FrameworkKind
from tests.portal.joining.submitted import commissioner_of, lasting_framework, submitted_application

pytestmark = pytest.mark.usefixtures("db_session")

RECEIVED = datetime(2026, 12, 11, 15, tzinfo=UTC)
"""A Friday; the tenth working day after it is Tuesday 29 December."""


@pytest.mark.parametrize(
    ("today", "words", "is_soon"),
    [
        (date(2026, 12, 11), "10 working days left", False),
        (date(2026, 12, 22), "3 working days left", False),
        (date(2026, 12, 23), "2 working days left", True),
        (date(2026, 12, 24), "1 working day left", True),
        (date(2026, 12, 28), "1 working day left", True),
        (date(2026, 12, 29), "Due today", True),
        (date(2026, 12, 30), "Overdue by 1 working day", False),
        (date(2027, 1, 4), "Overdue by 3 working days", False),
    ],
)
def test_the_clock_over_christmas(today: date, words: str, is_soon: bool) -> None:
    """Working days of England and Wales: neither Christmas nor the weekend counts, before or after the last day."""
    application = submitted_application(lasting_framework(kind=FrameworkKind.DPS), received_at=RECEIVED)
    clock = clock_of(application, today, working_days())
    assert clock is not None
    assert (clock.due_on, clock.words, clock.is_soon) == (date(2026, 12, 29), words, is_soon)


def test_overdue_since_a_friday_is_overdue_on_the_saturday() -> None:
    """The day after the last one is late even when no working day has passed since."""
    application = Application(status=ApplicationStatus.SUBMITTED, due_on=date(2026, 11, 20))
    clock = clock_of(application, date(2026, 11, 21), working_days())
    assert clock == Clock(date(2026, 11, 20), 0, is_late=True)
    assert due_words(application, clock) == "Overdue: the last day to decide was 20 November 2026"


def test_what_does_not_wait_has_no_clock() -> None:
    """Decided applications and drafts have none."""
    for status in (ApplicationStatus.ADMITTED, ApplicationStatus.REFUSED, ApplicationStatus.DRAFT):
        assert (
            clock_of(Application(status=status, due_on=date(2026, 11, 20)), date(2026, 11, 21), working_days()) is None
        )


def test_a_year_whose_bank_holidays_are_not_recorded_breaks_no_page() -> None:
    """Its plain weekdays count."""
    application = Application(status=ApplicationStatus.SUBMITTED, due_on=date(2080, 1, 5))
    clock = clock_of(application, date(2080, 1, 1), working_days())
    assert clock is not None
    assert clock.words == "4 working days left"


def test_the_glance() -> None:
    """Waiting, overdue and soon by the clock; the middle of the days that decisions took, drafts apart."""
    framework = lasting_framework(kind=FrameworkKind.DPS)
    officer = commissioner_of(framework.authority)
    now = datetime(2026, 12, 29, 12, tzinfo=UTC)
    late = submitted_application(framework, received_at=RECEIVED - timedelta(days=10))
    submitted_application(framework, received_at=RECEIVED)
    submitted_application(framework, received_at=now)
    for days in (1, 4, 9):
        admitted = submitted_application(framework, received_at=now - timedelta(days=days))
        admit_provider(application=admitted, version=1, actor=officer, now=now)
    seen = glance(framework, now)
    assert (seen.waiting, seen.overdue, seen.soon, seen.decided, seen.median_days) == (3, 1, 1, 3, 4)
    assert seen.oldest is late


def test_an_empty_queue_has_no_middle() -> None:
    """Nothing received, nothing decided: no figure is made up."""
    seen = glance(lasting_framework(), RECEIVED)
    assert (seen.waiting, seen.overdue, seen.decided, seen.median_days, seen.oldest) == (0, 0, 0, None, None)


def test_the_order_of_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    """The soonest due first, in pages; whether more follow is known without counting."""
    monkeypatch.setattr("portal.joining.queue.PAGE", 2)
    framework = lasting_framework(kind=FrameworkKind.DPS)
    received = [RECEIVED + timedelta(days=days) for days in (7, 0, 14)]
    made = [submitted_application(framework, received_at=at) for at in received]
    first, more = queue_of(framework, decided=False, page=1, today=date(2026, 12, 29))
    assert [row.application.id for row in first] == [made[1].id, made[0].id]
    assert more
    second, more = queue_of(framework, decided=False, page=2, today=date(2026, 12, 29))
    assert [row.application.id for row in second] == [made[2].id]
    assert not more
