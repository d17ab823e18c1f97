"""Reminding: what the timetable says is due is noted, once each, and its letters follow from that."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import insert

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.permissions import SYSTEM
from portal.notifications.models import Reminder
from portal.notifications.timetable import due_reminders

HOUR = timedelta(hours=1)
AT_ONCE = 100
"""In one transaction; what is more waits ten seconds."""


def remind(*, now: datetime) -> int:
    """Note what is to be reminded of at `now` (the database's time); return how much.

    Records REMINDER_DUE for each, in a chain of its own: the letter follows from that, unless the thing was done
    meanwhile. A second run, another worker or a restart finds each noted already.
    """
    rows = [{"id": uuid.uuid4(), **row._mapping} for row in db.session.execute(due_reminders(now).limit(AT_ONCE))]
    if not rows:
        return 0
    noted = db.session.scalars(insert(Reminder).on_conflict_do_nothing().returning(Reminder), rows).all()
    for reminder in noted:
        record(EventKind.REMINDER_DUE, reminder, actor=SYSTEM, reminder=reminder.kind, hours=reminder.step / HOUR)
    return len(noted)
