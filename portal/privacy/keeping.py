"""Letting go what is past its time: the daily job, its report, and holds."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.audit.subjects import OnSystemChain
from portal.core.columns import db
from portal.core.errors import NotFound, WrongState
from portal.core.parsing.text import require_reason
from portal.core.permissions import SYSTEM, Actor
from portal.privacy.models import RetentionHold, RetentionRun
from portal.privacy.retention import DAY, KINDS, MONTH, Kind
from portal.regulation.local_time import local_date

PORTION = 200
"""How much of a kind goes in one transaction; the rest goes with the next."""
NAMES = uuid.UUID("6f0f6a0e-7a3c-4d0e-9d0b-6f8f4f1b9a51")
"""Kinds have no row of their own: their identifiers in the ledger are made from their keys."""


@dataclass(frozen=True)
class Retained(OnSystemChain):
    """A kind of data, as an event is about it."""

    kind: Kind

    ledger_object = "retention"

    @property
    def ledger_id(self) -> uuid.UUID:
        """The same for the same kind in every installation."""
        return uuid.uuid5(NAMES, self.kind.key)


@dataclass(frozen=True)
class Line:
    """One kind in the report: how much is past its time, when the job last looked and what it took, the hold."""

    kind: Kind
    due: int
    last: RetentionRun | None
    hold: RetentionHold | None

    @property
    def is_late(self) -> bool:
        """Whether something is past its time for more than a day, and nobody holds it."""
        return self.due > 0 and self.hold is None


def let_go(*, now: datetime) -> int:
    """Let go of every kind what is past its time, once a day; return how much it was. Records RETENTION_CARRIED_OUT."""
    today = local_date(now)
    done = set(db.session.scalars(select(RetentionRun.kind).where(RetentionRun.on_date == today)))
    waiting = [kind for kind in KINDS if kind.key not in done]
    if not waiting:
        return 0
    held = {hold.kind for hold in holds_in_force()}
    return sum(_let_go(kind, now) for kind in waiting if kind.key not in held)


def _let_go(kind: Kind, now: datetime) -> int:
    due = db.session.scalars(kind.past(now - kind.how_long).limit(PORTION)).all()
    if due:
        kind.go(due, now)
        record(EventKind.RETENTION_CARRIED_OUT, Retained(kind), actor=SYSTEM, kind=kind.key, count=len(due))
    if len(due) < PORTION:
        db.session.add(RetentionRun(kind=kind.key, on_date=local_date(now), ran_at=now, count=len(due)))
    return len(due)


def report(*, now: datetime) -> list[Line]:
    """Every kind with what is past its time by more than a day."""
    lately = select(RetentionRun).where(RetentionRun.on_date > local_date(now - MONTH)).order_by(RetentionRun.on_date)
    last = {run.kind: run for run in db.session.scalars(lately)}
    held = {hold.kind: hold for hold in holds_in_force()}
    return [
        Line(
            kind,
            db.session.scalar(select(func.count()).select_from(kind.past(now - kind.how_long - DAY).subquery())) or 0,
            last.get(kind.key),
            held.get(kind.key),
        )
        for kind in KINDS
    ]


def line_of(key: str, *, now: datetime) -> Line:
    """One kind's line, or `NotFound`."""
    _kind(key)
    return next(line for line in report(now=now) if line.kind.key == key)


def holds_in_force() -> list[RetentionHold]:
    """The holds that nobody has released."""
    return list(db.session.scalars(select(RetentionHold).where(RetentionHold.released_at.is_(None))))


def hold_back(*, key: str, reason: str, actor: Actor) -> None:
    """Let nothing of a kind go, because a court or an inquiry may ask for it. Records RETENTION_HELD.

    Raises `NotFound`, `WrongState` where it is held already, `InvalidInput` (field "reason").
    """
    kind = _kind(key)
    if any(hold.kind == key for hold in holds_in_force()):
        raise WrongState("This is held back already.")
    words = require_reason(reason, "Say why: whoever looks after the portal reads it", field="reason")
    db.session.add(RetentionHold(kind=key, reason=words, held_by_id=actor.user_id))
    record(EventKind.RETENTION_HELD, Retained(kind), actor=actor, kind=key)


def release(*, key: str, actor: Actor, now: datetime) -> None:
    """End the hold: what is past its time goes with the next look. Records RETENTION_RELEASED. Raises `NotFound`."""
    kind = _kind(key)
    found = next((hold for hold in holds_in_force() if hold.kind == key), None)
    if found is None:
        raise NotFound("This is not held back.")
    found.released_at, found.released_by_id = now, actor.user_id
    record(EventKind.RETENTION_RELEASED, Retained(kind), actor=actor, kind=key)


def _kind(key: str) -> Kind:
    for kind in KINDS:
        if kind.key == key:
            return kind
    raise NotFound("There is no such kind.")
