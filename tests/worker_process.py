"""A Celery worker as a process of its own, on the tests' PostgreSQL, Redis and mail server."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.config import Settings
from portal.running import processes
from portal.running.readiness import worker_asker

ROOT = Path(__file__).resolve().parent.parent
NODE = "tests@localhost"


def worker_variables(settings: Settings) -> dict[str, str]:
    """The environment that a worker with these settings reads."""
    return {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "SECRET_KEY": settings.secret_key,
        "PUBLIC_URL": settings.public_url,
        "FILE_STORE": str(settings.file_store),
        "KEY_DIR": str(settings.key_dir),
        "SMTP_URL": settings.smtp_url,
        "PORTAL_STATE": str(settings.state),
    }


@contextmanager
def running_worker(settings: Settings, *, seconds: float = 90) -> Iterator[None]:
    """Run the worker and its timer while the block lasts."""
    worker = [sys.executable, "-m", "celery", "-A", "worker.app:celery", "worker", "--pool", "solo"]
    commands = ([*worker, "--hostname", NODE], processes.beat(sys.executable))
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, "worker.log")
        with output.open("wb") as sink:
            started = [
                subprocess.Popen(
                    command,
                    cwd=ROOT,
                    env=os.environ | worker_variables(settings),
                    stdin=subprocess.DEVNULL,
                    stdout=sink,
                    stderr=subprocess.STDOUT,
                )
                for command in commands
            ]
        try:
            _await(started[0], worker_asker(settings.redis_url, NODE), output, seconds)
            yield
        finally:
            for process in started:
                process.terminate()
            for process in started:
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def _await(process: subprocess.Popen[bytes], ready: object, output: Path, seconds: float) -> None:
    assert callable(ready)
    deadline = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the worker did not come up:\n{output.read_text()}")
