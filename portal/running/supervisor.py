"""Keep the children running until somebody asks to stop, then stop them in order."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

from portal.running.failures import StartFailed
from portal.running.narrator import Narrator

STABLE = 60.0
"""Seconds a child has to run before its next death counts as its first again."""
LONGEST_PAUSE = 30.0
POLL = 0.1


class StopRequested(BaseException):
    """Somebody pressed Ctrl-C or sent SIGTERM; not an Exception, so that no error handling swallows it."""


@dataclass
class Child:
    """One process to keep running: how to start it, and the signals that stop it with their seconds."""

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    stops: tuple[tuple[signal.Signals, float], ...] = ((signal.SIGTERM, 10.0),)
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    started: float = 0.0
    resume_at: float | None = None

    def launch(self) -> int:
        """Start the process and return its number."""
        self.process = self.start()
        self.started = time.monotonic()
        self.resume_at = None
        return self.process.pid

    def pause(self) -> float:
        """Seconds to wait before the next start: 0.5 after the first death, doubling up to 30."""
        if time.monotonic() - self.started > STABLE:
            self.deaths = 0
        self.deaths += 1
        return min(LONGEST_PAUSE, 0.5 * 2.0 ** (self.deaths - 1))

    def stop(self) -> bool:
        """End the process, in the end with SIGKILL to its whole group; False when that was necessary."""
        if self.process is None or self.process.poll() is not None:
            return True
        for number, seconds in self.stops:
            self.process.send_signal(number)
            try:
                self.process.wait(seconds)
                return True
            except subprocess.TimeoutExpired:
                continue
        self.kill()
        return False

    def kill(self) -> None:
        """End the process and everything in its group at once."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@dataclass
class Supervisor:
    """The children in the order of their start; they stop in the opposite order."""

    narrator: Narrator
    changed: Callable[[str, int], None]
    children: list[Child] = field(default_factory=list)

    def start(self, child: Child) -> Child:
        """Start a child and watch it from now on."""
        self.children.append(child)
        self.changed(child.name, child.launch())
        return child

    def wait_for(self, child: Child, ready: Callable[[], bool], seconds: float, complaint: Callable[[], str]) -> None:
        """Return once `ready()` holds; raise `StartFailed` with `complaint()` if it dies or time is up."""
        deadline = time.monotonic() + seconds
        while not ready():
            assert child.process is not None
            if child.process.poll() is not None:
                raise StartFailed(f"The {child.name} process ended with code {child.process.returncode}{complaint()}")
            if time.monotonic() > deadline:
                raise StartFailed(f"The {child.name} process was not ready within {seconds:.0f} s{complaint()}")
            self.narrator.tick()
            time.sleep(0.02)

    def watch(self) -> None:
        """Restart whatever dies, saying so, until `StopRequested` is raised by a signal."""
        while True:
            for child in self.children:
                self._look_after(child)
            time.sleep(POLL)

    def stop(self) -> None:
        """Stop every child, newest first."""
        for child in reversed(self.children):
            began = time.monotonic()
            in_order = child.stop()
            if not in_order:
                self.narrator.say(f"  {child.name} did not stop within {time.monotonic() - began:.0f} s and was killed")

    def kill(self) -> None:
        """End every child at once."""
        for child in reversed(self.children):
            child.kill()

    def _look_after(self, child: Child) -> None:
        if child.resume_at is not None:
            if time.monotonic() >= child.resume_at:
                self._revive(child)
            return
        assert child.process is not None
        code = child.process.poll()
        if code is None:
            return
        seconds = child.pause()
        how = f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"
        self.narrator.say(f"{child.name} {how}; starting it again in {seconds:g} s")
        child.resume_at = time.monotonic() + seconds

    def _revive(self, child: Child) -> None:
        try:
            pid = child.launch()
        except (OSError, StartFailed) as refused:
            seconds = child.pause()
            child.resume_at = time.monotonic() + seconds
            self.narrator.say(f"{child.name} could not be started ({refused}); trying again in {seconds:g} s")
            return
        self.changed(child.name, pid)
        self.narrator.say(f"{child.name} runs again (process {pid})")


def raise_on_signals(numbers: Iterable[signal.Signals]) -> None:
    """Turn the first of these signals into `StopRequested`, wherever the program is; ignore later ones."""
    numbers = tuple(numbers)

    def requested(_number: int, _frame: FrameType | None) -> None:
        for number in numbers:
            signal.signal(number, signal.SIG_IGN)
        raise StopRequested

    for number in numbers:
        signal.signal(number, requested)


@contextmanager
def stop_without_interruption(supervisor: Supervisor) -> Iterator[None]:
    """While stopping, a second Ctrl-C ends everything at once, and other signals change nothing."""

    def impatient(_number: int, _frame: FrameType | None) -> None:
        supervisor.kill()

    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGINT, impatient)
    yield
