"""What `portal up` prints: one line a step with its seconds, and never ten seconds of silence."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE = 5.0
"""Seconds without a line after which a waiting step says that it is still at work."""


class Narrator:
    """Prints lines at once, whoever reads them."""

    def __init__(self) -> None:
        self._step: str | None = None
        self._started = self._spoke = time.monotonic()

    def say(self, line: str) -> None:
        """Print one line."""
        print(line, flush=True)
        self._spoke = time.monotonic()

    @contextmanager
    def step(self, name: str) -> Iterator[list[str]]:
        """Time what happens inside and print it when it is done; words appended to the list join the line."""
        self._step, self._started = name, time.monotonic()
        words = [name]
        try:
            yield words
        finally:
            self._step = None
        self.say(f"  {time.monotonic() - self._started:5.1f} s  {' '.join(words)}")

    def tick(self) -> None:
        """Called while waiting: says what is being waited for when nothing was printed for a while."""
        if self._step is not None and time.monotonic() - self._spoke > PATIENCE:
            self.say(f"  {time.monotonic() - self._started:5.1f} s  ... {self._step} is still at work")
