"""Child processes that drop root's rights and never outlive the process that started them.

A supervisor killed with SIGKILL cannot stop anything any more, so each child asks the kernel beforehand for
a signal at its parent's death (Linux; elsewhere only an orderly stop is clean). The kernel forgets that wish
when a process changes its user, so it is made after the change, as the last thing before the program starts.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Account:
    """The user that children run as when the supervisor is root."""

    name: str
    uid: int
    gid: int


def unprivileged_account() -> Account | None:
    """`nobody` when this process is root, else None: children then keep the user that started them."""
    if os.geteuid() != 0:
        return None
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def die_with_parent(death_signal: int, parent: int) -> None:
    """Ask the kernel to send `death_signal` to this process when its parent dies."""
    if _LIBC is None:
        return
    _LIBC.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
    if os.getppid() != parent:  # the parent died before the wish was made
        os.kill(os.getpid(), signal.SIGKILL)


def spawn(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str],
    log: Path,
    account: Account | None,
    folder: Path,
    death_signal: int = signal.SIGTERM,
    pass_fds: Sequence[int] = (),
    stdin: int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """Start a program in its own session, its output appended to `log`, tied to the life of this process.

    The death signal follows the *thread* that called, so call this from the main thread. The own session
    keeps a Ctrl-C in the terminal from reaching the children: the supervisor stops them in order.
    """
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=dict(environment),
            pass_fds=tuple(pass_fds),
            start_new_session=True,
            umask=0o077,
            preexec_fn=_last_wish(death_signal),
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )


def run(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str],
    account: Account | None,
    folder: Path,
    seconds: float = 120,
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end as `account`; return its exit code and output. It dies with this process."""
    return subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=folder,
        env=dict(environment),
        umask=0o077,
        timeout=seconds,
        preexec_fn=_last_wish(signal.SIGKILL),
        check=False,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def alive(pid: int) -> bool:
    """Whether a process with this number runs (a zombie does not)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    status = Path(f"/proc/{pid}/stat")
    try:
        return status.read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return sys.platform != "linux"


def started_at(pid: int) -> str:
    """The kernel's start time of a process: it tells a later one with the same number apart."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _last_wish(death_signal: int) -> Callable[[], None]:
    parent = os.getpid()
    return lambda: die_with_parent(death_signal, parent)
