"""The whole portal as a process: `portal up`, as a person would start it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.running.children import alive
from tests.services import open_folder

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class RunningPortal:
    """A portal that answers; `ready` is what it wrote into its ready file."""

    process: subprocess.Popen[bytes]
    ready: dict[str, Any]
    output: Path
    ready_file: Path

    @property
    def url(self) -> str:
        """The portal's address."""
        return str(self.ready["url"])

    def printed(self) -> str:
        """Everything `portal up` has printed so far."""
        return self.output.read_text()

    def stop(self, seconds: float = 40) -> int:
        """Ask it to stop, as Ctrl-C does, and return its exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(seconds)


@contextmanager
def start_portal(
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    state: Path | None = None,
    seconds: float = 90,
) -> Iterator[RunningPortal]:
    """Run `portal up` on free ports with a state folder of its own, and stop it at the end of the block."""
    folder = open_folder("fairlot-up-")
    ready, output = folder / "ready.json", folder / "output.txt"
    command = [sys.executable, "-m", "portal", "up", "--port", "0", "--ready-file", str(ready), *arguments]
    with output.open("wb") as sink:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=portal_environment(state or folder / "state") | dict(environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + seconds
        while not ready.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"portal up did not come up:\n{output.read_text()}")
            time.sleep(0.05)
        yield RunningPortal(process, json.loads(ready.read_text()), output, ready)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def portal_environment(state: Path) -> dict[str, str]:
    """This process's environment without what would steer the portal, and with the code to run."""
    steering = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "PUBLIC_URL", "FILE_STORE"}
    steering |= {"KEY_DIR", "SMTP_URL", "MAILBOX_URL", "PORTAL_STATE", "PORTAL_POSTGRES_BIN"}
    kept = {name: value for name, value in os.environ.items() if name not in steering}
    return kept | {"PORTAL_STATE": str(state), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


def gone_within(pid: int, seconds: float) -> bool:
    """Whether a process ends within so many seconds."""
    deadline = time.monotonic() + seconds
    while alive(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
