"""Every act that must happen once, with every part of the portal killed in its middle.

    python benchmarks/kills.py [--seed N] [--only PART ...]

Starts `portal up`. Ten acts (tests/journeys/killing.py): publishing an answer and a change, submitting and confirming a
bid, admitting one from the late box, opening bids, drawing a lot, cancelling, ending without an award, setting an award
aside. For each act and each of web server, worker, PostgreSQL and Redis somebody presses the button until the page has
it no more, while all processes of that part are killed with SIGKILL up to a quarter of a second after the first press.
Afterwards each act must have exactly its entries in the ledger, everybody must have been told, and the ledger must
verify; otherwise it ends with 1. A quarter of the forty is in the tests: tests/journeys/test_killed_acts.py.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.journeys.killing import ACTS, VICTIMS, Act, killed_portal


def main() -> int:
    """Kill, check, print how long each part took."""
    wishes = _wishes()
    chance = random.Random(wishes.seed)
    done: list[Act] = []
    seconds: dict[str, list[float]] = {victim: [] for victim in wishes.only}
    begun = time.monotonic()
    with killed_portal() as killed:
        for made in ACTS:
            # In turns: what dies again and again is started again later and later.
            for victim in wishes.only:
                before = time.monotonic()
                done.append(killed.perform(made, victim, chance))
                seconds[victim].append(time.monotonic() - before)
                print(f"{made.__name__}, {victim} killed: {seconds[victim][-1]:.1f} s", flush=True)
        killed.check(done)
    print(f"{len(done)} acts, each happened once and was told; the ledger verifies.")
    print(f"{time.monotonic() - begun:.0f} s; load at the end {os.getloadavg()[0]:.1f}, seed {wishes.seed}")
    for victim, taken in seconds.items():
        print(
            f"{victim:9} seconds until the act was done: middle {statistics.median(taken):.1f}, most {max(taken):.1f}"
        )
    return 0


def _wishes() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seed", type=int, default=20261126)
    parser.add_argument("--only", nargs="+", choices=VICTIMS, default=list(VICTIMS))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
