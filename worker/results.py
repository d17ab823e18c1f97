"""Calculate results: one task of its own, so that a large evaluation never holds up the mail."""

from __future__ import annotations

import structlog

from portal.audit import outbox
from portal.audit.models import Delivery
from portal.core import clock
from portal.evaluation.results import calculate_result
from portal.extensions import db
from worker.app import celery

log = structlog.get_logger()


@celery.task(name="worker.results.calculate")  # type: ignore[untyped-decorator]
def calculate() -> int:
    """Calculate every result that waits; returns how many were attempted."""
    now = clock.now()
    claimed = outbox.claim(outbox.RESULT, now=now, limit=5)
    for delivery in claimed:
        failure = outbox.attempt(delivery, _calculate, now=now)
        if failure is not None:
            log.warning("result_failed", delivery=str(delivery.id), failure=repr(failure)[:300])
    db.session.commit()
    if claimed:
        celery.send_task("worker.outbox.drain")
    return len(claimed)


def _calculate(delivery: Delivery) -> None:
    assert delivery.subject_id is not None
    calculate_result(itt_id=delivery.subject_id, now=clock.now())
