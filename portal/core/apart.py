"""Work on strangers' content in a process of its own: what it may use is limited, and what it breaks is only itself.

The child is a module with a `main` that reads its standard input and answers on its standard output. It knows where
its code is and none of the portal's secrets (decision 12).
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys

MOST_MEMORY = 1024 * 1024 * 1024
MOST_CPU_SECONDS = 20
LONGEST_SECONDS = 120
"""Only against a process that waits for ever: a busy machine is no fault of the content."""

_KEPT = ("PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH")


class Broken(Exception):
    """The child ended by what it was given: it took too much memory or time, or crashed."""


def run_apart(module: str, given: bytes) -> bytes:
    """Give the module's process the bytes and return its answer.

    Raises `Broken`, and `RuntimeError` with the child's words when it does not work here at all.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", module],
            input=given,
            capture_output=True,
            env={name: os.environ[name] for name in _KEPT if name in os.environ},
            timeout=LONGEST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as waited:
        raise Broken from waited
    if done.returncode < 0:
        raise Broken
    if done.returncode:
        raise RuntimeError(f"{module} does not work here: {done.stderr.decode(errors='replace')[-2000:]}")
    return done.stdout


def limit_rights(cpu_seconds: int = MOST_CPU_SECONDS) -> None:
    """From here on this process opens no file and no connection, and its memory and time are limited."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    if sys.platform == "linux":  # macOS refuses a limit on addresses
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
