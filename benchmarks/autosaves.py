"""Forms save themselves while web server, worker, PostgreSQL and Redis are killed again and again.

    python benchmarks/autosaves.py [--saves 800] [--kills 5] [--pace 1.0] [--seed N]

Starts the whole portal with `portal up`, opens eight pages (two bids, each in two tabs that answer different questions;
two drafts of a tender; two forms that are no drafts and are kept), and types a sentence after the other into each. A
page sends what keeping.js sends, one at a time, and tries again when no answer came. Meanwhile each of the four is
killed (SIGKILL, with all its processes) so many times at random moments, and started again by `portal up`. After every
failure, and now and then, each page is opened anew: it must have the last text that the server called saved, or one
that was sent later. At the end every field must hold what was typed, and the ledger must verify. Prints a table; ends
with 1 when anything was lost, had appeared, or was refused as somebody else's change.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Any

from autosaves_tabs import Browser, Counts, Page
from road_portal import middle, portal_up
from road_world import Sizes, World, build
from sqlalchemy import create_engine, text

from portal.core.seals import KeyFolder
from portal.running.children import unprivileged_account
from portal.running.state import read_record

VICTIMS = ("web", "worker", "postgres", "redis")
WORLD = Sizes(providers=6, itts=40, ranked_bids=2, many=2, few=1)
BIDS, DRAFTS, KEPT = "bid, two tabs", "draft of a tender", "form that is kept"


@dataclass
class Kills:
    """How long what was killed was away, in seconds, for each."""

    state: Path
    url: str
    away: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in VICTIMS})
    done: Event = field(default_factory=Event)

    def carry_out(self, times: int) -> None:
        """Kill each so many times, in a random order at random moments, each once everything is back."""
        victims = [*VICTIMS] * times
        random.shuffle(victims)
        try:
            for name in victims:
                time.sleep(random.uniform(0.5, 3))
                self._kill(name)
        finally:
            self.done.set()

    def _kill(self, name: str) -> None:
        old, began = self._pid(name), time.perf_counter()
        os.killpg(old, signal.SIGKILL)
        while self._pid(name) == old or not self._answers():
            if time.perf_counter() - began > 120:
                raise RuntimeError(f"{name} did not come back")
            time.sleep(0.05)
        self.away[name].append(time.perf_counter() - began)

    def _pid(self, name: str) -> int:
        record = read_record(self.state)
        if record is None:
            raise RuntimeError("the portal has stopped")
        return record.pids[name]

    def _answers(self) -> bool:
        with suppress(OSError), urllib.request.urlopen(f"{self.url}/opportunities", timeout=5) as answer:
            return bool(answer.status == 200)
        return False


def main() -> int:
    """Measure, print, and say whether everything was there."""
    wishes = _wishes()
    random.seed(wishes.seed)
    folder = Path(tempfile.mkdtemp(prefix="fairlot-autosaves-", dir="/tmp" if os.access("/tmp", os.W_OK) else None))
    folder.chmod(0o755)
    try:
        with portal_up(folder, {"PORTAL_STATE": str(folder / "state")}, workers=2) as told:
            return _measure(told, wishes)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _measure(told: Mapping[str, Any], wishes: argparse.Namespace) -> int:
    state = Path(told["state"])
    owner = "postgresql+psycopg" + told["database_owner_url"].removeprefix("postgresql")
    world = build(owner, KeyFolder(state / "keys"), WORLD)
    _give(state / "keys")
    pages = _pages(told["url"], world)
    kills = Kills(state, told["url"])
    began = time.perf_counter()
    killer = Thread(target=kills.carry_out, args=(wishes.kills,), daemon=True)
    killer.start()
    _write(pages, kills, wishes)
    took = time.perf_counter() - began
    for page in pages:
        page.check()
    sound = _verified(state, told) and _rows(owner) == len([page for page in pages if not page.is_draft])
    missed = any(page.counts.lost or page.counts.appeared or page.counts.refused for page in pages)
    missed = missed or not sound or any(len(seconds) < wishes.kills for seconds in kills.away.values())
    _print(pages, kills, took)
    print("NOT all is there as it was typed." if missed else "All that was called saved is there, and nothing else.")
    return int(missed)


def _give(folder: Path) -> None:
    """Let the portal's own user read what was made here in its place."""
    account = unprivileged_account()
    if account is None:
        return
    for path in folder.iterdir():
        os.chown(path, account.uid, account.gid)


def _pages(url: str, world: World) -> list[Page]:
    """Two tabs on each of two bids, two drafts, two forms that are kept."""
    bids, drafts, kept = Counts(), Counts(), Counts()
    pages = [
        Page(Browser(url, cookie), f"/provider/bids/{reference}/answers", f"answers-q{number:02}", bids, is_draft=True)
        for reference, cookie in world.drafts[:2]
        for number in (0, 1)
    ]
    starting = "/commissioning/itts/new"
    officers = [Browser(url, cookie) for cookie in world.authority_desks.values()]
    for officer in officers:
        form = officer.form(starting) or {}
        draft = officer.ask(starting, form | {"title": "Support for young carers"}).location
        pages.append(Page(officer, f"{draft}/service", "description", drafts, is_draft=True))
    pages.append(Page(officers[0], starting, "title", kept, is_draft=False, between=" "))
    claimant = Browser(url, world.drafts[2][1])
    pages.append(Page(claimant, "/number-claims/new", "words", kept, is_draft=False))
    for one in pages:
        one.open()
    return pages


def _write(pages: Iterable[Page], kills: Kills, wishes: argparse.Namespace) -> None:
    failures: list[Exception] = []

    def write(page: Page) -> None:
        try:
            page.write(lambda: bool(failures) or (enough() and kills.done.is_set()), wishes.pace, wishes.retry)
        except Exception as failed:
            failures.append(failed)

    def enough() -> bool:
        return bool(sum(page.saved for page in pages) >= wishes.saves)

    threads = [Thread(target=write, args=(page,), daemon=True) for page in pages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def _verified(state: Path, told: Mapping[str, Any]) -> bool:
    """Whether the ledger verifies."""
    command = [sys.executable, "-m", "portal", "ledger", "verify"]
    environment = os.environ | {"PORTAL_STATE": str(state)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    print((done.stdout or done.stderr).strip().splitlines()[-1])
    return done.returncode == 0


def _rows(owner: str) -> int:
    """How many forms are kept."""
    engine = create_engine(owner)
    with engine.connect() as connection:
        found = connection.scalar(text("SELECT count(*) FROM kept_form"))
    engine.dispose()
    return int(found or 0)


def _print(pages: list[Page], kills: Kills, took: float) -> None:
    print(f"{sum(page.saved for page in pages)} saves in {took:.0f} s; load at the end {os.getloadavg()[0]:.1f}")
    print("| form | pages | called saved | no answer | looked at anew | lost | appeared | refused |")
    kinds = {id(page.counts): page for page in pages}
    for page in kinds.values():
        count = page.counts
        many = sum(one.counts is count for one in pages)
        name = BIDS if "/bids/" in page.address else DRAFTS if page.is_draft else KEPT
        print(
            f"| {name} | {many} | {count.acknowledged} | {count.unanswered} | {count.read_back} | {len(count.lost)} "
            f"| {len(count.appeared)} | {count.refused} |"
        )
    for name, seconds in kills.away.items():
        print(f"{name}: killed {len(seconds)} times, back after {middle(seconds):.1f} s, at most {max(seconds):.1f} s")
    for page in kinds.values():
        for told in (*page.counts.lost, *page.counts.appeared):
            print(told)


def _wishes() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--saves", type=int, default=800)
    parser.add_argument("--kills", type=int, default=5, help="of each of the four")
    parser.add_argument("--pace", type=float, default=1.0, help="seconds between two saves of a page, on average")
    parser.add_argument("--retry", type=float, default=1.0, help="seconds until a page tries again")
    parser.add_argument("--seed", type=int, default=None)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
