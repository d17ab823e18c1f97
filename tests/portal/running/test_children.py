"""Children that drop root's rights and die with their parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from portal.running.children import Account, alive, run, spawn, started_at, unprivileged_account
from tests.portal_process import gone_within
from tests.services import open_folder

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give its rights up")

# A parent that starts a child which ignores everything but SIGKILL, says its number, and waits.
PARENT = """
import os, signal, sys, time
from pathlib import Path
from portal.running.children import spawn, unprivileged_account
child = spawn(["/bin/sleep", "300"], environment={}, log=Path(sys.argv[1]), account=unprivileged_account(),
              folder=Path("/"), death_signal=signal.SIGTERM)
print(child.pid, flush=True)
time.sleep(300)
"""


def test_a_child_dies_when_its_parent_is_killed(tmp_path: Path) -> None:
    """SIGKILL of the parent ends the child, even one that runs as another user."""
    root = str(Path(__file__).resolve().parents[3])
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, tmp_path / "log"],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": root},
    )
    with parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert alive(child)
        parent.send_signal(signal.SIGKILL)
        parent.wait(5)
        assert gone_within(child, 5)


@AS_ROOT
def test_under_root_a_child_is_nobody_without_further_groups() -> None:
    """The child's user, group and groups are those of `nobody` alone."""
    account = unprivileged_account()
    assert account is not None
    asked = run(["/bin/sh", "-c", "id -u; id -g; id -G"], environment={}, account=account, folder=Path("/"))
    assert asked.stdout.split() == [str(account.uid), str(account.gid), str(account.gid)]


def test_without_root_a_child_keeps_its_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """An ordinary user's children run as that user: there is no account to change to."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert unprivileged_account() is None


def test_what_a_child_writes_is_closed_to_others() -> None:
    """Children create files that only their own user can read."""
    folder = open_folder("fairlot-children-")
    folder.chmod(0o777)
    child = spawn(
        ["/bin/sh", "-c", "echo secret > written"],
        environment={},
        log=folder / "log",
        account=unprivileged_account(),
        folder=folder,
    )
    assert child.wait(5) == 0
    assert (folder / "written").stat().st_mode & 0o777 == 0o600


def test_a_zombie_is_not_alive() -> None:
    """A process that has ended but was not yet collected does not count as running."""
    child = subprocess.Popen(["/bin/true"])
    deadline = time.monotonic() + 5
    while alive(child.pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not alive(child.pid)
    child.wait()


def test_the_start_time_tells_processes_apart() -> None:
    """A living process has a start time; a number that nobody has gives an empty one."""
    assert started_at(os.getpid()) == started_at(os.getpid()) != ""
    child = subprocess.Popen(["/bin/true"])
    child.wait()
    assert started_at(child.pid) == ""


def test_an_account_says_who_it_is() -> None:
    """Two accounts with the same numbers are equal: the record of a start can be read back."""
    assert Account("nobody", 1, 2) == Account(**{"name": "nobody", "uid": 1, "gid": 2})
