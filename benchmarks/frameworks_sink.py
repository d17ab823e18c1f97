"""An SMTP server in a process of its own that accepts everything and counts it."""

from __future__ import annotations

import multiprocessing
import signal
import smtplib
import time
from typing import Any

from aiosmtpd.controller import Controller

from portal.running.redis import free_port

CONTEXT = multiprocessing.get_context("spawn")


class Sink:
    """An SMTP server in a process of its own that accepts everything and counts it."""

    def __init__(self) -> None:
        self.port = free_port()
        self._count = CONTEXT.Value("q", 0)
        self._process = CONTEXT.Process(target=accept, args=(self.port, self._count), daemon=True)

    @property
    def count(self) -> int:
        """Mails accepted so far."""
        return int(self._count.value)

    def start(self) -> None:
        """Start, and wait until it answers."""
        self._process.start()
        for _ in range(200):
            try:
                smtplib.SMTP("127.0.0.1", self.port, local_hostname="localhost", timeout=5).quit()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("The SMTP server did not start.")

    def stop(self) -> None:
        """Stop."""
        self._process.terminate()
        self._process.join(5)


def accept(port: int, count: Any) -> None:
    """Serve SMTP for ever."""

    class Counting:
        async def handle_DATA(self, _server: object, _session: object, _envelope: object) -> str:
            with count.get_lock():
                count.value += 1
            return "250 OK"

    controller = Controller(Counting(), hostname="127.0.0.1", port=port)
    controller.start()
    signal.pause()
