"""Celery inside the Flask application context: one commit a task, and rows rather than messages are the record."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from typing import Any

import structlog
from celery.app import Celery
from celery.app.task import Task
from flask import Flask

from portal.config import load_settings
from portal.extensions import db
from portal.web.nudging import waking_client

log = structlog.get_logger()

STATEMENT_SECONDS = 120
"""Nobody waits at a screen: a statement may write to every member of a market or store a whole evaluation. It must
still end well before the task itself does, so that the delivery is put back with its reason."""
TASK_SECONDS = 540


@lru_cache(maxsize=1)
def flask_app() -> Flask:
    """The portal's application, made once in each worker process (after Celery has forked)."""
    from portal.app import create_app

    return create_app(statement_seconds=STATEMENT_SECONDS)


def wake(*names: str) -> None:
    """Ask a worker to run these tasks. A wake-up that is lost costs seconds: the timer sees what is late."""
    with suppress(Exception):
        for name in names:
            # Thrown away after a while: many of them would only say the same.
            _waking().send_task(name, retry=False, ignore_result=True, expires=60)


@lru_cache(maxsize=1)
def _waking() -> Celery:
    return waking_client(flask_app().config["SETTINGS"].redis_url)


class PortalTask(Task):  # type: ignore[misc]
    """A task in the application context: commits when it succeeds, rolls back when it fails."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        with flask_app().app_context():
            try:
                outcome = self.run(*args, **kwargs)
                db.session.commit()
            except BaseException:
                db.session.rollback()
                raise
            return outcome


def _make_celery() -> Celery:
    settings = load_settings()
    celery = Celery("fairlot", broker=settings.redis_url, task_cls=PortalTask)
    celery.conf.update(
        include=["worker.outbox", "worker.results", "worker.deadlines"],
        # A task is acknowledged when it is done: a killed worker's task comes back.
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        # A process that a large result made big is replaced after its task: Python gives little memory back.
        worker_max_memory_per_child=300_000,
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_time_limit=TASK_SECONDS + 60,
        task_soft_time_limit=TASK_SECONDS,
        broker_transport_options={
            "visibility_timeout": 900,
            "unacked_restore_interval": 10,
            "unacked_restore_throttle": 1,
        },
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        worker_hijack_root_logger=False,
        timezone="Europe/London",
    )
    return celery


celery = _make_celery()
