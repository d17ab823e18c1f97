"""The officers' queue: every application with its clock, the most urgent first, and how they are doing."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import defer, joinedload

from portal.core.columns import db
from portal.core.errors import NotFound
from portal.core.words import counted, london_date
from portal.frameworks.models import Framework
from portal.joining.models import Application, ApplicationDecision, ApplicationVersion
from portal.joining.states import PENDING, ApplicationStatus
from portal.regulation.local_time import local_date
from portal.regulation.queries import calendar
from portal.regulation.working_days import ONE_DAY, Calendar, CalendarName

PAGE = 100
SOON = 2
"""Working days left from which an application counts as urgent."""
YEAR = timedelta(days=365)
DECIDED = (ApplicationStatus.ADMITTED, ApplicationStatus.REFUSED)


@dataclass(frozen=True)
class Clock:
    """How long there is to decide, in working days of England and Wales.

    `left` is negative or zero once the last day has passed or is today; `is_late` once it has passed.
    """

    due_on: date
    left: int
    is_late: bool

    @property
    def is_soon(self) -> bool:
        """Whether the last day is near."""
        return not self.is_late and self.left <= SOON

    @property
    def words(self) -> str:
        """How long, for a person."""
        if self.is_late:
            return f"Overdue by {counted(-self.left, 'working day')}" if self.left else "Overdue"
        return f"{counted(self.left, 'working day')} left" if self.left else "Due today"


@dataclass(frozen=True)
class Waiting:
    """One application of the queue with its clock (None for one that is decided)."""

    application: Application
    clock: Clock | None


@dataclass(frozen=True)
class Glance:
    """How the officers are doing at an instant.

    `median_days` are calendar days from receipt to decision over the last twelve months, over `decided` decisions;
    `oldest` is the application that is overdue longest.
    """

    waiting: int
    overdue: int
    soon: int
    decided: int
    median_days: int | None
    oldest: Application | None


def clock_of(application: Application, today: date, days: Calendar) -> Clock | None:
    """The clock of an application that waits; None for another."""
    due = application.due_on
    if due is None or application.status not in PENDING:
        return None
    if today > due:
        return Clock(due, -days.working_days_between(due + ONE_DAY, today), is_late=True)
    return Clock(due, days.working_days_between(today + ONE_DAY, due), is_late=False)


def queue_of(framework: Framework, *, decided: bool, page: int, today: date) -> tuple[list[Waiting], bool]:
    """One page of the applications that wait (the soonest due first) or are decided (the newest first).

    And whether more follow. Drafts belong to their providers alone and are not here.
    """
    wanted = (
        select(Application)
        .where(Application.framework_id == framework.id)
        .options(defer(Application.answers), joinedload(Application.lot), joinedload(Application.provider))
    )
    if decided:
        wanted = wanted.where(Application.status.in_(DECIDED)).order_by(Application.received_at.desc(), Application.id)
    else:
        wanted = wanted.where(Application.status.in_(PENDING)).order_by(
            Application.due_on, Application.received_at, Application.id
        )
    rows = db.session.scalars(wanted.offset((page - 1) * PAGE).limit(PAGE + 1)).all()
    days = working_days()
    return [Waiting(row, clock_of(row, today, days)) for row in rows[:PAGE]], len(rows) > PAGE


def working_days() -> Calendar:
    """The calendar of the clocks; where a year's bank holidays are not recorded, its plain weekdays count."""
    return calendar(CalendarName.ENGLAND_AND_WALES).of_any_year()


def glance(framework: Framework, now: datetime) -> Glance:
    """How many wait, are overdue or due within two working days, and how long decisions took (four statements)."""
    today = local_date(now)
    waits = (Application.framework_id == framework.id, Application.status.in_(PENDING))
    counts = db.session.execute(
        select(
            func.count(),
            func.count().filter(Application.due_on < today),
            func.count().filter(Application.due_on >= today, Application.due_on <= _soon_until(today)),
        )
        .select_from(Application)
        .where(*waits)
    ).one()
    took = db.session.execute(
        select(func.count(), func.percentile_cont(0.5).within_group(_days_taken()))
        .select_from(ApplicationDecision)
        .join(Application, Application.id == ApplicationDecision.application_id)
        .join(
            ApplicationVersion,
            (ApplicationVersion.application_id == Application.id)
            & (ApplicationVersion.number == ApplicationDecision.version),
        )
        .where(Application.framework_id == framework.id, ApplicationDecision.decided_at > now - YEAR)
    ).one()
    oldest = db.session.scalars(
        select(Application)
        .where(*waits, Application.due_on < today)
        .options(defer(Application.answers), joinedload(Application.provider))
        .order_by(Application.due_on, Application.received_at)
        .limit(1)
    ).one_or_none()
    median = None if took[1] is None else round(float(took[1]))
    return Glance(counts[0], counts[1], counts[2], took[0], median, oldest)


def find_application(framework: Framework, reference: str) -> Application:
    """The framework's application with that reference, with lot and provider; or `NotFound`."""
    found = db.session.scalars(
        select(Application)
        .where(Application.framework_id == framework.id, Application.reference == reference.upper())
        .options(
            joinedload(Application.framework).joinedload(Framework.authority),
            joinedload(Application.lot),
            joinedload(Application.provider),
        )
    ).one_or_none()
    if found is None:
        raise NotFound("There is no application with that reference.")
    return found


def decisions_of(application_id: uuid.UUID) -> Sequence[ApplicationDecision]:
    """The application's decisions and proposals, newest first."""
    return db.session.scalars(
        select(ApplicationDecision)
        .where(ApplicationDecision.application_id == application_id)
        .order_by(ApplicationDecision.proposed_at.desc(), ApplicationDecision.id)
    ).all()


def due_words(application: Application, clock: Clock | None) -> str:
    """The clock with its day, in one sentence, for the application's own page."""
    if clock is None:
        return "Nothing is waiting"
    longer = " (extended once)" if application.extended_at else ""
    verb = "was" if clock.is_late else "is"
    return f"{clock.words}: the last day to decide {verb} {london_date(clock.due_on)}{longer}"


def _days_taken() -> ColumnElement[int]:
    local = "Europe/London"
    decided = func.date(func.timezone(local, ApplicationDecision.decided_at))
    return decided - func.date(func.timezone(local, ApplicationVersion.received_at))


def _soon_until(today: date) -> date:
    day, days = today, working_days()
    for _ in range(SOON):
        day = days.first_working_day_from(day + ONE_DAY)
    return day
