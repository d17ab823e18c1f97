"""Wake the relay after a commit. A lost nudge costs seconds, never a message: the beat drains the outbox anyway."""

from __future__ import annotations

import threading
from contextlib import suppress

from celery import Celery

DRAIN_TASK = "worker.outbox.drain"


class Nudger:
    """Sends at most one nudge at a time from a thread of its own, so that no request waits for Redis."""

    def __init__(self, redis_url: str) -> None:
        self._celery = Celery(broker=redis_url, set_as_current=False)
        self._celery.conf.broker_transport_options = {"socket_connect_timeout": 1, "socket_timeout": 1}
        self._celery.conf.broker_connection_retry = False
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
        while True:
            self._wanted.wait()
            self._wanted.clear()
            # Whatever is wrong with Redis, the message is safe in the database and the beat will find it.
            with suppress(Exception):
                self._celery.send_task(DRAIN_TASK, retry=False, ignore_result=True)
