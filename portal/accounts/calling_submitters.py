"""Whoever may write something and not submit it says to those who may that it is ready."""

from __future__ import annotations

from datetime import datetime

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.audit.subjects import Subject
from portal.core.errors import WrongState
from portal.core.permissions import Actor


def call_submitters(
    about: Subject, kind: EventKind, *, actor: Actor, is_new: bool, is_complete: bool, called_at: datetime | None
) -> None:
    """Record that a draft is ready: its organisation's submitters are told, in their inbox and by mail, nobody else.

    The caller has taken the draft and judged the permission, and notes when. Raises `WrongState` where something is
    still to do, nothing is new, or they were told since it was last changed (`called_at`).
    """
    if not is_new:
        raise WrongState("There is nothing new to submit.")
    if not is_complete:
        raise WrongState("Something is still to do first.")
    if called_at is not None:
        raise WrongState("They were asked already, and nothing has changed since.")
    record(kind, about, actor=actor)


def still_called(ready_at: datetime | None, saved_at: datetime | None) -> datetime | None:
    """When submitters were told that a draft is ready, if it was not changed since."""
    return ready_at if ready_at is not None and (saved_at is None or ready_at > saved_at) else None
