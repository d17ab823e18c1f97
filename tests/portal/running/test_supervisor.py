"""Restarting what dies and stopping in order."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.running.children import alive
from portal.running.failures import StartFailed
from portal.running.narrator import Narrator
from portal.running.supervisor import LONGEST_PAUSE, Child, StopRequested, Supervisor
from tests.portal_process import gone_within


def shell(script: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(["/bin/sh", "-c", script], start_new_session=True)


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    made = Supervisor(Narrator(), lambda name, pid: None)
    yield made
    made.kill()


def watch_for(supervisor: Supervisor, seconds: float) -> None:
    """Watch as `portal up` does, until SIGALRM stops it."""

    def stop(_number: int, _frame: object) -> None:
        raise StopRequested

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        with pytest.raises(StopRequested):
            supervisor.watch()
    finally:
        signal.signal(signal.SIGALRM, before)


def test_a_killed_child_is_started_again_and_named(supervisor: Supervisor, capsys: pytest.CaptureFixture[str]) -> None:
    """A child that is killed runs again under a new number, and a line says so."""
    child = supervisor.start(Child("sleeper", lambda: shell("exec sleep 60")))
    assert child.process is not None
    first = child.process.pid
    os.kill(first, signal.SIGKILL)
    watch_for(supervisor, 1.5)
    second = child.process.pid
    assert second != first
    assert alive(second)
    assert capsys.readouterr().out.splitlines() == [
        "sleeper was killed by signal 9; starting it again in 0.5 s",
        f"sleeper runs again (process {second})",
    ]


def test_the_pause_doubles_up_to_half_a_minute() -> None:
    """A child that keeps dying at once is started again ever later, but never later than after 30 seconds."""
    child = Child("failing", lambda: shell("exit 3"))
    child.started = time.monotonic()
    assert [child.pause() for _ in range(8)] == [0.5, 1, 2, 4, 8, 16, LONGEST_PAUSE, LONGEST_PAUSE]


def test_a_long_life_forgives_earlier_deaths() -> None:
    """After a minute of running the pause is short again."""
    child = Child("recovered", lambda: shell("exit 3"), deaths=7)
    child.started = time.monotonic() - 61
    assert child.pause() == 0.5


def test_a_child_that_cannot_be_started_again_is_tried_later(
    supervisor: Supervisor, capsys: pytest.CaptureFixture[str]
) -> None:
    """A failing restart is said and does not end the supervisor."""
    starts = iter([shell("exit 0")])

    def start() -> subprocess.Popen[bytes]:
        try:
            return next(starts)
        except StopIteration:
            raise StartFailed("the disk is full") from None

    supervisor.start(Child("unlucky", start))
    watch_for(supervisor, 1.2)
    assert capsys.readouterr().out.splitlines() == [
        "unlucky ended with code 0; starting it again in 0.5 s",
        "unlucky could not be started (the disk is full); trying again in 1 s",
    ]


def test_children_stop_newest_first(supervisor: Supervisor) -> None:
    """What was started last stops first, so that nothing loses what it stands on."""
    stopped: list[str] = []

    class Noted(Child):
        def stop(self) -> bool:
            stopped.append(self.name)
            return super().stop()

    for name in ("postgres", "web", "beat"):
        supervisor.start(Noted(name, lambda: shell("exec sleep 60")))
    supervisor.stop()
    assert stopped == ["beat", "web", "postgres"]
    assert all(child.process is not None and child.process.poll() is not None for child in supervisor.children)


def test_a_child_that_ignores_every_signal_is_killed_with_its_children(supervisor: Supervisor, tmp_path: Path) -> None:
    """After the last patience runs out the whole process group gets SIGKILL."""
    stubborn = f"trap '' TERM; sleep 60 & echo $! > {tmp_path}/pid; while :; do sleep 1; done"
    child = supervisor.start(Child("stubborn", lambda: shell(stubborn), ((signal.SIGTERM, 0.3),)))
    while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
        time.sleep(0.02)
    assert child.stop() is False
    assert child.process is not None
    assert child.process.returncode == -signal.SIGKILL
    assert gone_within(int((tmp_path / "pid").read_text()), 5)


def test_waiting_ends_when_the_child_dies(supervisor: Supervisor) -> None:
    """A child that dies before it is ready stops the start with its exit code."""
    child = supervisor.start(Child("web", lambda: shell("exit 4")))
    with pytest.raises(StartFailed, match=r"^The web process ended with code 4: see the log$"):
        supervisor.wait_for(child, lambda: False, 5, lambda: ": see the log")


def test_waiting_ends_when_time_is_up(supervisor: Supervisor) -> None:
    """A child that never becomes ready stops the start after its time."""
    child = supervisor.start(Child("web", lambda: shell("exec sleep 60")))
    with pytest.raises(StartFailed, match=r"^The web process was not ready within 0 s$"):
        supervisor.wait_for(child, lambda: False, 0.1, lambda: "")
