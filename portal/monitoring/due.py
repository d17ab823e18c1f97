"""Whatever becomes due by the clock: the database lists it, the timer has it done, and monitors ask how late it is.

Nothing is scheduled anywhere else: a process or a Redis that starts empty has nothing to remember.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select

from portal.audit.outbox import late_deliveries
from portal.awarding.standstill import due_standstills, end_due_standstills
from portal.core import clock
from portal.core.columns import db
from portal.evaluation.safeguarding.escalating import due_escalations, escalate, screen_earlier
from portal.joining.evidence import remind_lapsing
from portal.members.pausing import ended_pauses, note_ended_pauses
from portal.notifications.reminding import remind
from portal.notifications.timetable import due_reminders
from portal.privacy.keeping import let_go
from portal.tendering.closing import due_closings, record_closed_itts

Activity = Callable[..., int]

DUTIES: tuple[Activity, ...] = (
    escalate,
    screen_earlier,
    record_closed_itts,
    end_due_standstills,
    note_ended_pauses,
    remind_lapsing,
    remind,
    let_go,
)
"""Each does what is due at `now` (the database's time) and returns how much it was; again, it finds nothing."""

DEADLINES: Mapping[str, Callable[[datetime], Select[Any]]] = {
    "unread disclosures": due_escalations,
    "closings": due_closings,
    "standstills": due_standstills,
    "pauses": ended_pauses,
    "reminders": due_reminders,
}
"""What has an instant at which it is due. That a document lapses has a day, so nobody is late with it by seconds."""


def overdue(seconds: int) -> dict[str, int]:
    """How much has been due for longer than so many seconds, by its name; empty when nothing has."""
    then = clock.database_time() - timedelta(seconds=seconds)
    found = {"deliveries": late_deliveries(then)}
    for name, due in DEADLINES.items():
        found[name] = db.session.scalar(select(func.count()).select_from(due(then).order_by(None).subquery())) or 0
    return {name: count for name, count in found.items() if count}
