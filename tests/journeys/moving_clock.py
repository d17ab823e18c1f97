"""A clock that a journey can move: the whole stack, PostgreSQL included, runs under libfaketime.

The product has no way past its own clock, so a journey that waits for a deadline or a standstill moves everybody's.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from portal.running.children import alive

SHARED = Path("/dev/shm")
ABANDONED_AFTER = timedelta(minutes=20)
"""Longer than any journey, so that nothing which still runs shares what is that old and whose process is gone."""


class MovingClock:
    """An offset from the real time, in a file that every process under libfaketime reads."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "offset"
        self._library = folder / "libfaketime.so.1"
        found = importlib.util.find_spec("libfaketime")
        assert found is not None
        assert found.origin is not None
        shutil.copy(next(Path(found.origin).parent.glob("**/libfaketime.so.1")), self._library)
        self._library.chmod(0o644)
        self._offset = timedelta(0)
        self._write()
        _clear_abandoned()

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs in order to live by this clock."""
        return {
            "LD_PRELOAD": str(self._library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }

    def now(self) -> datetime:
        """The time that the portal reads."""
        return datetime.now(UTC) + self._offset

    def move_to(self, instant: datetime) -> None:
        """Move everybody's clock to an instant that lies ahead."""
        assert instant > self.now(), "the ledger refuses a clock that runs back"
        self._offset = instant - datetime.now(UTC)
        self._write()
        # Each process reads the file again when what it read is more than a second old.
        time.sleep(2.5)

    def _write(self) -> None:
        part = self._file.with_suffix(".part")
        part.write_text(f"+{self._offset.total_seconds():.3f}s\n")
        part.chmod(0o644)
        os.replace(part, self._file)


def _clear_abandoned() -> None:
    """Remove what killed processes shared under their number.

    libfaketime names it by the process alone, so that a later one of the same number and another user cannot start.
    """
    for shared in SHARED.glob("*faketime_s*_*"):
        number = int(shared.name.rpartition("_")[2])
        with suppress(FileNotFoundError):
            if not alive(number) and time.time() - shared.stat().st_mtime > ABANDONED_AFTER.total_seconds():
                shared.unlink()
