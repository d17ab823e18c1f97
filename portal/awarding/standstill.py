"""The standstill: it begins with the award notice, it ends by itself, and no contract is concluded inside it."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import Select, select

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.awarding.models import AwardDecision, Standstill
from portal.awarding.queries import standstill_of
from portal.awarding.states import DecisionStatus
from portal.core.clock import LONDON
from portal.core.columns import db
from portal.core.permissions import SYSTEM
from portal.core.taking import lock
from portal.regulation.deadline_rules import RULES
from portal.regulation.deadlines import standstill_until
from portal.regulation.procurement_law import Standstill as StandstillDuty
from portal.regulation.queries import uk_calendar


def start_standstill(*, decision_id: uuid.UUID, published_at: datetime) -> Standstill | None:
    """Start the standstill of a decided award, if it has one, and return it.

    The period begins with the day on which that award's notice was published (Procurement Act 2023 s.51(2)),
    counted in Europe/London and in working days of the whole United Kingdom (s.123(1)). Starting again changes
    nothing and returns the one that runs. Records STANDSTILL_STARTED. Raises `CalendarUnknown` past the known
    bank holidays.
    """
    decision = lock(AwardDecision, decision_id)
    if decision.status is not DecisionStatus.DECIDED or decision.standstill_kind is StandstillDuty.NONE:
        return None
    return standstill_of(decision.id) or _start(decision, published_at)


def _start(decision: AwardDecision, published_at: datetime) -> Standstill:
    starts = published_at.astimezone(LONDON).date()
    until = standstill_until(RULES["PA.standstill.voluntary_min"], starts, uk_calendar())
    last = (until - timedelta(microseconds=1)).astimezone(LONDON).date()
    standstill = Standstill(
        decision_id=decision.id,
        itt_id=decision.itt_id,
        kind=decision.standstill_kind,
        working_days=RULES["PA.standstill.voluntary_min"].n,
        starts_date=starts,
        last_date=last,
        ends_until=until,
    )
    db.session.add(standstill)
    db.session.flush()
    record(
        EventKind.STANDSTILL_STARTED,
        standstill,
        actor=SYSTEM,
        duty=standstill.kind.value,
        starts=starts,
        last_day=last,
        ends_until=until,
    )
    return standstill


def due_standstills(now: datetime) -> Select[Standstill]:
    """The standstills whose last day was over at `now` and that have not been ended."""
    due = select(Standstill).where(Standstill.ended_at.is_(None), Standstill.ends_until <= now)
    return due.order_by(Standstill.ends_until)


def end_due_standstills(*, now: datetime) -> int:
    """End every standstill whose last day is over at `now` (the database's time); return how many.

    Records STANDSTILL_ENDED for each.
    """
    due = db.session.scalars(due_standstills(now).with_for_update(skip_locked=True)).all()
    for standstill in due:
        standstill.ended_at = now
        record(EventKind.STANDSTILL_ENDED, standstill, actor=SYSTEM)
    return len(due)
