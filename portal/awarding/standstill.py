"""The standstill of an award: its own law counts it, it ends by itself, and no contract is concluded inside it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, select

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.awarding.models import AwardDecision, Standstill
from portal.awarding.queries import standstill_of
from portal.awarding.states import DecisionStatus
from portal.core.columns import db
from portal.core.permissions import SYSTEM
from portal.core.taking import lock
from portal.regulation.deadlines import standstill_until
from portal.regulation.local_time import local_date
from portal.regulation.queries import uk_calendar
from portal.tendering.models import InvitationToTender
from portal.tendering.states import ENDED


@dataclass(frozen=True)
class Wait:
    """A standstill: the day that sets it running, its last day, and the first instant after it."""

    first: date
    last: date
    until: datetime


def wait_from(decision: AwardDecision, on: date) -> Wait | None:
    """Count the standstill of an award that begins with a day, by the rule of its law; None where there is none.

    Raises `CalendarUnknown` past the known bank holidays.
    """
    if not decision.has_standstill:
        return None
    until = standstill_until(decision.itt.standstill_rule.period, on, uk_calendar())
    return Wait(on, local_date(until - timedelta(microseconds=1)), until)


def wait_of(decision: AwardDecision, on: date) -> Wait | None:
    """The standstill that runs, or the one that would begin with a day."""
    running = standstill_of(decision.id)
    if running is None:
        return wait_from(decision, on)
    return Wait(running.starts_date, running.last_date, running.ends_until)


def letters_sent(*, decision_id: uuid.UUID, on: date) -> None:
    """Every bidder was told: where the law counts the standstill from then (PCR2015 reg 87(2)), it starts."""
    decision = db.session.get_one(AwardDecision, decision_id)
    if not decision.itt.standstill_rule.follows_notice:
        start_standstill(decision_id=decision_id, on=on)


def announce_award(*, decision_id: uuid.UUID, on: date) -> None:
    """The award's notice counts as published on a day: note it, and start what counts from it (PA2023 s.51(2))."""
    decision = db.session.get_one(AwardDecision, decision_id)
    decision.announced_date = decision.announced_date or on
    start_standstill(decision_id=decision_id, on=on)


def start_standstill(*, decision_id: uuid.UUID, on: date) -> Standstill | None:
    """Start the standstill of a decided award, if it has one, with a day in Europe/London, and return it.

    Which day that is the row of its law says (PA2023 s.51(2): that of the contract award notice; PCR2015 reg 87(2):
    that on which the last bidder was told). Starting again changes nothing and returns the one that runs. Records
    STANDSTILL_STARTED. Raises `CalendarUnknown` past the known bank holidays.
    """
    decision = lock(AwardDecision, decision_id)
    wait = wait_from(decision, on) if decision.is_decided and not decision.itt.has_ended else None
    if wait is None:
        return None
    return standstill_of(decision.id) or _start(decision, wait)


def _start(decision: AwardDecision, wait: Wait) -> Standstill:
    rule = decision.itt.standstill_rule.period
    standstill = Standstill(
        decision_id=decision.id,
        itt_id=decision.itt_id,
        kind=decision.standstill_kind,
        rule_id=rule.id,
        length=rule.n,
        starts_date=wait.first,
        last_date=wait.last,
        ends_until=wait.until,
    )
    db.session.add(standstill)
    db.session.flush()
    record(
        EventKind.STANDSTILL_STARTED,
        standstill,
        actor=SYSTEM,
        duty=standstill.kind.value,
        rule=rule.id,
        starts=wait.first,
        last_day=wait.last,
        ends_until=wait.until,
    )
    return standstill


def due_standstills(now: datetime) -> Select[Standstill]:
    """The standstills whose last day was over at `now` and that have not been ended.

    None of an award that was cancelled or set aside.
    """
    due = (
        select(Standstill)
        .join(InvitationToTender, InvitationToTender.id == Standstill.itt_id)
        .join(AwardDecision, AwardDecision.id == Standstill.decision_id)
        .where(
            Standstill.ended_at.is_(None),
            Standstill.ends_until <= now,
            InvitationToTender.status.not_in(ENDED),
            AwardDecision.status == DecisionStatus.DECIDED,
        )
    )
    return due.order_by(Standstill.ends_until)


def end_due_standstills(*, now: datetime) -> int:
    """End every standstill whose last day is over at `now` (the database's time); return how many.

    Records STANDSTILL_ENDED for each.
    """
    due = db.session.scalars(due_standstills(now).with_for_update(of=Standstill, skip_locked=True)).all()
    for standstill in due:
        standstill.ended_at = now
        record(EventKind.STANDSTILL_ENDED, standstill, actor=SYSTEM)
    return len(due)
