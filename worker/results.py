"""Calculate results and, apart from them, what decided them: a large evaluation never holds up the mail."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import structlog

from portal.audit import outbox
from portal.audit.models import Delivery
from portal.contracts.queries import incumbents_of
from portal.core import clock
from portal.core.logs import kind_of
from portal.evaluation.results import calculate_result, diagnose_result
from portal.extensions import db
from worker.app import celery, wake

log = structlog.get_logger()


@celery.task(name="worker.results.calculate")  # type: ignore[untyped-decorator]
def calculate() -> int:
    """Calculate every result that waits; returns how many were attempted."""
    return _carry(outbox.RESULT, lambda itt_id: calculate_result(itt_id=itt_id, now=clock.now()))


@celery.task(name="worker.results.diagnose")  # type: ignore[untyped-decorator]
def diagnose() -> int:
    """Work out what decided every result that waits for it; returns how many were attempted."""
    return _carry(outbox.DIAGNOSTICS, lambda result_id: diagnose_result(result_id=result_id, incumbents=incumbents_of))


def _carry(consumer: str, act: Callable[[uuid.UUID], object]) -> int:
    def carry(delivery: Delivery) -> None:
        assert delivery.subject_id is not None
        act(delivery.subject_id)

    now = clock.now()
    claimed = outbox.claim(consumer, now=now, limit=5)
    for delivery in claimed:
        failure = outbox.attempt(delivery, carry, now=now)
        if failure is not None:
            log.warning(f"{consumer}_failed", delivery=str(delivery.id), failure=kind_of(failure))
    db.session.commit()
    if claimed:
        wake("worker.outbox.drain")
    return len(claimed)
