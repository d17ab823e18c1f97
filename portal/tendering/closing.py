"""What happens at the closing instant by itself: the ledger notes it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text, cast, exists, select

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.permissions import SYSTEM
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus


def record_closed_itts(*, now: datetime) -> int:
    """Record ITT_CLOSED once for every published ITT that closed at or before `now`; return how many.

    `now` must be the database's time. Whether an ITT has closed never depends on this entry: the deadline is
    decided under the row lock when a bid arrives. From the entry the openers are told.
    """
    noted = exists().where(Event.chain == cast(InvitationToTender.id, Text), Event.kind == EventKind.ITT_CLOSED.value)
    due = (
        select(InvitationToTender)
        .where(InvitationToTender.status == IttStatus.PUBLISHED, InvitationToTender.closes_at <= now, ~noted)
        .order_by(InvitationToTender.closes_at)
        .with_for_update(skip_locked=True)
    )
    locked = db.session.scalars(due).all()
    # Asked again under the locks: a statement sees nothing that was committed after it began, and somebody
    # else may have noted a closing and let the row go in that moment.
    already = set(
        db.session.scalars(
            select(Event.chain).where(
                Event.chain.in_([itt.ledger_chain for itt in locked]), Event.kind == EventKind.ITT_CLOSED.value
            )
        )
    )
    closed = [itt for itt in locked if itt.ledger_chain not in already]
    for itt in closed:
        record(EventKind.ITT_CLOSED, itt, actor=SYSTEM)
    return len(closed)
