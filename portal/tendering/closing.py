"""What happens at the closing instant by itself: the ledger notes it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.permissions import SYSTEM
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus


def due_closings(now: datetime) -> Select[InvitationToTender]:
    """The published ITTs that closed at or before `now` and whose closing nobody has noted."""
    itt = InvitationToTender
    closed = select(itt).where(itt.status == IttStatus.PUBLISHED, itt.closes_at <= now, itt.closing_noted_at.is_(None))
    return closed.order_by(itt.closes_at)


def record_closed_itts(*, now: datetime) -> int:
    """Record ITT_CLOSED once for every published ITT that closed at or before `now`; return how many.

    `now` must be the database's time. Whether an ITT has closed never depends on this entry: the deadline is
    decided under the row lock when a bid arrives. From the entry the openers are told.
    """
    due = db.session.scalars(due_closings(now).with_for_update(skip_locked=True)).all()
    for closed in due:
        closed.closing_noted_at = now
        record(EventKind.ITT_CLOSED, closed, actor=SYSTEM)
    return len(due)
