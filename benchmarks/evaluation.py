"""The pages of an evaluation at 454 bids by 25 questions and 12 people, and how fast a mark is saved.

    python benchmarks/evaluation.py [--bids N] [--repeats N] [--only WORDS]

Starts what road_portal.py starts, writes the rows of evaluation_world.py, and asks for each page as the person whose
page it is. Goals: 60 ms of the web server's CPU and 12 statements for every page; a young person's mark saved at least
150 times a second, 95 of 100 within 40 ms, four clients at once. The floor of a saved mark is one insert of the bare
floor (road_floor.py), in turns with it.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from functools import partial
from itertools import cycle
from urllib.parse import urlencode

from evaluation_world import EvaluationWorld, Seat, build_evaluation
from road import store
from road_clients import Client, Figures, Unit, alone, measure, take
from road_portal import Road, middle, running_database, running_portal, spread
from road_world import CRITERIA, csrf_token

CPU_MS, STATEMENTS = 60, 12
RATE, P95_MS, CLIENTS = 150, 40, 4
WORKERS = 2
REASON = "They say who comes, and how often."


def main() -> int:
    """Measure, and print a line for each page and for the marks."""
    wishes = _wishes()
    with running_database() as road:
        began = time.monotonic()
        world = build_evaluation(road.owner_engine_url(), road.keys, bids=wishes.bids)
        print(f"{wishes.bids} bids; rows written in {time.monotonic() - began:.0f} s; load {os.getloadavg()[0]:.1f}")
        with running_portal(road, workers=WORKERS):
            for name, (path, cookie) in pages(world).items():
                if wishes.only in name:
                    print(_page(road, name, path, cookie, wishes.repeats), flush=True)
            if wishes.only in "marks":
                print(_marks(road, world, wishes.repeats), flush=True)
    print(f"Load at the end {os.getloadavg()[0]:.1f}")
    return 0


def pages(world: EvaluationWorld) -> dict[str, tuple[str, str]]:
    """Every page that grows with bids, questions or people: its path and whose cookie asks for it."""
    scoring, moderating = world.stages["scoring"], world.stages["moderating"]
    chair, young = scoring.seats["local"][0], scoring.seats["young-people"][0]
    moderator, agrees = moderating.seats["local"][0], moderating.seats["young-people"][0]
    ours, theirs = f"/panel/{chair.panel_id}", f"/panel/{moderator.panel_id}"
    bid, officers = moderating.bid_ids[1], f"/commissioning/itts/{scoring.reference}"
    record = f"/commissioning/itts/{moderating.reference}/panels/{moderating.panel_ids['parents']}/record"
    return {
        "my panels": ("/panel", chair.cookie),
        "panel": (ours, chair.cookie),
        "score a bid": (f"{ours}/bids/{scoring.bid_ids[0]}", chair.cookie),
        "declare": (f"{ours}/declare", chair.cookie),
        "young: start": ("/panel/sitting", young.cookie),
        "young: first question": ("/panel/sitting/questions/1", young.cookie),
        "young: last question": (f"/panel/sitting/questions/{len(scoring.bid_ids) * CRITERIA}", young.cookie),
        "young: check": ("/panel/sitting/check", young.cookie),
        "young: agreed": ("/panel/sitting/agreed", agrees.cookie),
        "moderation board": (f"{theirs}/moderate", moderator.cookie),
        "workbench": (f"{theirs}/moderate/{bid}/q00", moderator.cookie),
        "officers: panels": (f"{officers}/panels", world.officer),
        "officers: record": (record, world.officer),
        "officers: one mark": (f"{record}/{bid}/q00", world.officer),
        "result": world.result,
    }


def _page(road: Road, name: str, path: str, cookie: str, repeats: int) -> str:
    figures, size = Figures(), 0

    def open_page(client: Client) -> None:
        nonlocal size
        _place, page = client.ask(path, cookie=cookie)
        size = len(page)

    units: list[Unit] = [open_page]
    alone(road.url, units * 2 * WORKERS)
    for _ in range(repeats):
        measure(figures, road.url, road.pids["web"], units * 10, clients=1)
    asked = road.statements_of(lambda: alone(road.url, units * 5))
    used = middle(figures.cpu)
    missed = [what for what, over in (("CPU", used > CPU_MS), ("SQL", asked > STATEMENTS)) if over]
    verdict = f"missed: {', '.join(missed)}" if missed else "met"
    return (
        f"{name:22} {used:7.1f} ms CPU ({spread(figures.cpu, '{:.1f}')}); p95 {figures.percentile(0.95):7.1f} ms; "
        f"{asked:5.1f} SQL; {size / 1024:7.0f} KB  {verdict}"
    )


def _marks(road: Road, world: EvaluationWorld, repeats: int) -> str:
    """A young person's mark with its reason; every unit is another question."""
    scoring = world.stages["scoring"]
    units = _marks_to_save(scoring.seats["young-people"], len(scoring.bid_ids) * CRITERIA)
    marks, floor, count = Figures(), Figures(), 200
    alone(road.url, take(units, 4 * WORKERS))
    for _ in range(repeats):
        measure(floor, road.floor_url, road.pids["floor"], [store] * count, clients=CLIENTS)
        measure(marks, road.url, road.pids["web"], take(units, count), clients=CLIENTS)
        road.wait_until_drained()
    asked = road.statements_of(lambda: alone(road.url, take(units, 20)))
    rate, slow = middle(marks.per_second), marks.percentile(0.95)
    missed = [what for what, over in (("rate", rate < RATE), ("p95", slow > P95_MS)) if over]
    verdict = f"missed: {', '.join(missed)}" if missed else "met"
    return (
        f"marks saved: {rate:.0f}/s ({spread(marks.per_second)}); p50 {marks.percentile(0.5):.1f}, p95 {slow:.1f} ms; "
        f"{middle(marks.cpu):.1f} ms CPU and {asked:.1f} SQL a mark; {marks.ratio(floor):.2f} of the "
        f"floor's rate of {middle(floor.per_second):.0f}/s  {verdict}"
    )


def _marks_to_save(seats: list[Seat], questions: int) -> Iterator[Unit]:
    for number, seat in zip(range(questions - 2, 0, -1), cycle(seats), strict=False):
        yield partial(_save, number=number, cookie=seat.cookie)


def _save(client: Client, *, number: int, cookie: str) -> None:
    form = {"score": str(1 + number % 5), "reason": REASON, "go": "next", "csrf_token": csrf_token()}
    path = f"/panel/sitting/questions/{number}"
    client.ask(path, cookie=cookie, body=urlencode(form).encode(), expected=302)


def _wishes() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--bids", type=int, default=454)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", default="", help="a part of a page's name, or marks")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
