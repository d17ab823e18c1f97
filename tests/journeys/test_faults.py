"""What people can still do while parts of the portal are away."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.journeys.cast import Cast
from tests.journeys.moving_clock import MovingClock
from tests.journeys.people import HttpPerson, sees
from tests.journeys.story import Story
from tests.portal_process import ROOT, RunningPortal, portal_environment

pytestmark = [pytest.mark.journey, pytest.mark.long]

RECEIPT = "Bid received"


@contextmanager
def frozen(portal: RunningPortal, *names: str) -> Iterator[None]:
    """Freeze the processes: unlike killed ones the supervisor cannot replace them, so they really are away."""
    pids = [portal.ready["pids"][name] for name in names]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def receipts(portal: RunningPortal, email: str) -> list[str]:
    """The subjects of the receipts for a bid that were mailed to somebody; other mail may still be on its way."""
    mailed = httpx.get(f"{portal.ready['mailbox_url']}/messages.json", timeout=30).json()
    return [one["subject"] for one in mailed if one["to"] == email and RECEIPT in one["subject"]]


def test_redis_and_worker_away(portal: RunningPortal, clock: MovingClock, state: Path, folder: Path) -> None:
    """Without Redis and the worker people sign in, publish and submit; the mail leaves once both are back."""
    seats: list[HttpPerson] = []

    def sit() -> HttpPerson:
        seats.append(HttpPerson(portal.url))
        return seats[-1]

    try:
        story = Story(Cast(clock, sit, state, portal.ready["mailbox_url"]), folder)
        story.people()
        alder = story.providers["Demo Alder"]
        with frozen(portal, "redis", "worker"):
            story.draft_and_publish()
            alder.person.press("Sign out")
            alder.sign_in()
            sees(alder.person, "My work")
            alder.person.visit(f"/provider/bids/start/{story.reference}")
            alder.person.press("Start the bid")
            story.bids["Demo Alder"] = alder.person.path.rsplit("/", 1)[-1]
            story._write(alder.person, "Demo Alder")
            story._submit(alder, "Demo Alder")
            assert receipts(portal, alder.email) == []
            assert httpx.get(f"{portal.url}/readyz", timeout=30).status_code == 200
        give_up = time.monotonic() + 60
        while not receipts(portal, alder.email):
            assert time.monotonic() < give_up, "the mail did not leave within a minute"
            time.sleep(1)
    finally:
        for person in seats:
            person.leave()


def test_nothing_that_was_called_saved_is_lost_however_it_is_killed() -> None:
    """Eight pages save by themselves while web server, worker, PostgreSQL and Redis are killed, and lose nothing."""
    program = [sys.executable, ROOT / "benchmarks" / "autosaves.py", "--saves", "60", "--kills", "1"]
    done = subprocess.run(
        [*program, "--pace", "0.3", "--retry", "0.3"],
        env=portal_environment(Path("unused")),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
