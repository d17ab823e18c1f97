"""Whoever may write something and not submit it says to those who may that it is ready."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import func, select

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.audit.recording import record
from portal.audit.subjects import Subject
from portal.core.columns import db
from portal.core.errors import WrongState
from portal.core.permissions import Actor


def call_submitters(
    about: Subject, kind: EventKind, *, actor: Actor, is_new: bool, is_complete: bool, saved_at: datetime | None
) -> None:
    """Record that a draft is ready: its organisation's submitters are told, in their inbox and by mail, nobody else.

    The caller has taken the draft and judged the permission. Raises `WrongState` where something is still to do,
    nothing is new, or they were told since it was last changed.
    """
    if not is_new:
        raise WrongState("There is nothing new to submit.")
    if not is_complete:
        raise WrongState("Something is still to do first.")
    if called_at(about, kind, saved_at) is not None:
        raise WrongState("They were asked already, and nothing has changed since.")
    record(kind, about, actor=actor)


def called_at(about: Subject, kind: EventKind, saved_at: datetime | None) -> datetime | None:
    """When the submitters were last told that the draft is ready, if nobody has changed it since."""
    told = select(func.max(Event.at)).where(
        Event.object_type == about.ledger_object, Event.object_id == about.ledger_id, Event.kind == kind.value
    )
    at = db.session.scalar(told)
    return at.astimezone(UTC) if at is not None and (saved_at is None or at > saved_at) else None
