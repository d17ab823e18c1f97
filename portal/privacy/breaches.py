"""The log of breaches of personal data (UK GDPR art 33(5))."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import InvalidInput, NotFound
from portal.core.parsing.text import require_reason
from portal.core.permissions import Actor
from portal.core.taking import lock
from portal.privacy.models import Breach


def note_breach(*, what: str, noticed_at: datetime | None, actor: Actor, now: datetime) -> Breach:
    """Note a breach: the 72 hours run from when it was noticed. Records BREACH_NOTED, without a word of it.

    Raises `InvalidInput` (fields "what", "time").
    """
    if noticed_at is None or noticed_at > now:
        raise InvalidInput("Enter when it was noticed: a time that has passed.", field="time")
    words = require_reason(what, "Say what happened, to whose data, and what was done", field="what")
    made = Breach(what=words, noticed_at=noticed_at, noted_by_id=actor.user_id)
    db.session.add(made)
    db.session.flush()
    record(EventKind.BREACH_NOTED, made, actor=actor, noticed_at=noticed_at)
    return made


def answer_breach(
    *, breach_id: uuid.UUID, reported_at: datetime | None, reason: str, actor: Actor, now: datetime
) -> Breach:
    """Note when it was reported to the Information Commissioner, or why it need not be. Records BREACH_ANSWERED.

    Raises `InvalidInput` (fields "time", "reason"): one of the two is needed, and a report is not before the
    breach nor in the future.
    """
    found = lock(Breach, breach_id)
    if reported_at is None:
        found.not_reported_reason = require_reason(
            reason, "Enter when it was reported, or say why nobody is at risk", field="reason"
        )
    elif not found.noticed_at <= reported_at <= now:
        raise InvalidInput("Enter a time between when it was noticed and now.", field="time")
    else:
        found.reported_at, found.not_reported_reason = reported_at, ""
    record(EventKind.BREACH_ANSWERED, found, actor=actor, reported_at=found.reported_at)
    return found


def breaches() -> Sequence[Breach]:
    """All of them, the newest first."""
    return db.session.scalars(select(Breach).order_by(Breach.noticed_at.desc(), Breach.id)).all()


def breach_with_id(breach_id: uuid.UUID) -> Breach:
    """One of them, or `NotFound`."""
    found = db.session.get(Breach, breach_id)
    if found is None:
        raise NotFound("There is no such breach in the log.")
    return found
