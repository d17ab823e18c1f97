"""The timer: every ten seconds it wakes the worker, and does the work itself where nobody else does.

It keeps nothing, neither a schedule nor a lock: what is due stands in the database, so that any order in which timer,
worker and Redis die and return leads to the same work (docs/decisions/0011-timer.md). Run as `python -m worker.timer`.
"""

from __future__ import annotations

import signal
import sys
import time
from types import FrameType

import structlog
from celery.app.task import Task
from sqlalchemy.exc import DBAPIError

from portal.core.logs import kind_of
from portal.monitoring.due import overdue
from worker.app import flask_app, wake
from worker.deadlines import due
from worker.outbox import drain
from worker.results import calculate, diagnose

log = structlog.get_logger()

EVERY_SECONDS = 10
HELP_AFTER_SECONDS = 20
"""What has been due for so long is done here: Redis or the worker is away, or has more than it can do."""
TASKS: tuple[Task, ...] = (due, drain, calculate, diagnose)


def main() -> None:
    """Look at the clock until somebody asks to stop."""
    signal.signal(signal.SIGTERM, _stop)
    while True:
        tick()
        time.sleep(EVERY_SECONDS)


def tick() -> None:
    """Wake the worker, or help where something is late; whatever fails is tried again with the next tick."""
    try:
        with flask_app().app_context():
            late = overdue(HELP_AFTER_SECONDS)
    except DBAPIError as away:
        log.warning("timer_without_database", kind=type(away.orig).__name__)
        return
    if not late:
        wake(*(task.name for task in TASKS))
        return
    log.info("timer_helps", **late)
    for task in TASKS:
        try:
            task()
        except Exception as failure:  # the other tasks are due as well
            log.warning("timer_failed", task=task.name, failure=kind_of(failure))


def _stop(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)


if __name__ == "__main__":
    main()
