"""Wake the relay after a commit. A lost nudge costs seconds, never a message: the timer looks at the outbox anyway."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from celery.app import Celery

DRAIN_TASK = "worker.outbox.drain"


class Nudger:
    """Sends at most one nudge at a time from a thread of its own, so that no request waits for Redis."""

    def __init__(self, redis_url: str) -> None:
        self._redis_url = redis_url
        self._wanted = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def nudge(self) -> None:
        """Ask the relay to look at the outbox, soon and without waiting."""
        self._wanted.set()
        if self._thread is None or not self._thread.is_alive():
            with self._lock:
                if self._thread is None or not self._thread.is_alive():
                    self._thread = threading.Thread(target=self._run, name="nudger", daemon=True)
                    self._thread.start()

    def _run(self) -> None:
        celery = waking_client(self._redis_url)
        while True:
            self._wanted.wait()
            self._wanted.clear()
            # Whatever is wrong with Redis, the message is safe in the database and the timer will find it.
            with suppress(Exception):
                celery.send_task(DRAIN_TASK, retry=False, ignore_result=True)


def waking_client(redis_url: str) -> Celery:
    """What sends a wake-up and waits a second for Redis at most.

    Celery is imported with the first one, so that the web server answers its first page earlier; from where it is made
    (pyproject.toml says why).
    """
    from celery.app import Celery

    celery = Celery(broker=redis_url, set_as_current=False)
    celery.conf.broker_transport_options = {"socket_connect_timeout": 1, "socket_timeout": 1}
    celery.conf.broker_connection_retry = False
    return celery
