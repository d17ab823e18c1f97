"""Whatever is due: the database lists it, and this runs it. Nothing is scheduled far ahead in Redis."""

from __future__ import annotations

from portal.awarding.standstill import end_due_standstills
from portal.core import clock
from portal.extensions import db
from portal.joining.evidence import remind_lapsing
from portal.members.pausing import note_ended_pauses
from portal.tendering.closing import record_closed_itts
from worker.app import celery


@celery.task(name="worker.deadlines.due")  # type: ignore[untyped-decorator]
def due() -> int:
    """End standstills, note closings and pauses whose instant has come, remind of documents that lapse.

    Returns how many.
    """
    now = clock.database_time()
    count = record_closed_itts(now=now) + end_due_standstills(now=now)
    count += note_ended_pauses(now=now) + remind_lapsing(now=now)
    recorded = db.session.info.pop("recorded", False)
    db.session.commit()
    if recorded:
        celery.send_task("worker.outbox.drain")
    return count
