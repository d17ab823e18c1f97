"""Whatever is due by the clock: the database lists it, and this does it."""

from __future__ import annotations

from sqlalchemy import text

from portal.core import clock
from portal.extensions import db
from portal.monitoring.due import DUTIES
from worker.app import celery, wake

ONE_AT_A_TIME = text("SELECT pg_try_advisory_xact_lock(hashtext('worker.deadlines.due'))")
"""Timer and worker may both come to it; whoever is second has nothing left to do."""


@celery.task(name="worker.deadlines.due")  # type: ignore[untyped-decorator]
def due() -> int:
    """Do everything that is due; return how much it was."""
    if not db.session.scalar(ONE_AT_A_TIME):
        return 0
    now = clock.database_time()
    count = sum(duty(now=now) for duty in DUTIES)
    recorded = db.session.info.pop("recorded", False)
    db.session.commit()
    if recorded:
        wake("worker.outbox.drain")
    return count
