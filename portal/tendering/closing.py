"""What happens at the closing instant by itself: the ledger notes it, and from that the openers are told."""

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
    """Record ITT_CLOSED once for every published ITT whose closing instant is at or before `now`; return how many.

    `now` must be the database's time. Whether an ITT has closed never depends on this entry: the deadline is
    decided under the row lock when a bid arrives.
    """
    noted = exists().where(
        Event.chain == cast(InvitationToTender.id, Text), Event.kind == EventKind.ITT_CLOSED.value
    )
    due = (
        select(InvitationToTender)
        .where(InvitationToTender.status == IttStatus.PUBLISHED, InvitationToTender.closes_at <= now, ~noted)
        .order_by(InvitationToTender.closes_at)
        .with_for_update(skip_locked=True)
    )
    closed = db.session.scalars(due).all()
    for itt in closed:
        record(EventKind.ITT_CLOSED, actor=SYSTEM, object_type="itt", object_id=itt.id, itt_id=itt.id)
    return len(closed)
