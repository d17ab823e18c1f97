"""Whatever is due: the database lists it, and this runs it. Nothing is scheduled far ahead in Redis."""

from __future__ import annotations

from portal.awarding.standstill import end_due_standstills
from portal.core import clock
from portal.extensions import db
from portal.tendering.closing import record_closed_itts
from worker.app import celery


@celery.task(name="worker.deadlines.due")  # type: ignore[untyped-decorator]
def due() -> int:
    """End standstills and note closings whose instant has come; returns how many."""
    now = clock.database_time()
    count = record_closed_itts(now=now) + end_due_standstills(now=now)
    recorded = db.session.info.pop("recorded", False)
    db.session.commit()
    if recorded:
        celery.send_task("worker.outbox.drain")
    return count
