"""Speed of the portal on the road of a procurement, against a bare Flask and SQLAlchemy on the same machine.

    python benchmarks/road.py [--quick] [--only G1 G4 G10 G12] [--repeats N] [--guard]

Starts a PostgreSQL that syncs every commit to disk, the portal with `portal up`, and the floor (road_floor.py);
writes the rows that road_world.py describes; measures; stops everything and leaves nothing behind. Portal and
floor take turns, so that a busy machine slows them alike. Requests a second depend on the machine; CPU
milliseconds and SQL statements a unit hardly do, and those are what `--guard` holds: more than a fifth above the
goal ends it with 1.

G1   "Save and submit now": 8 clients, signed in, CSRF token, 20 answers of 480 characters, a bid for each unit
G4   the ranking of 454 bids x 25 criteria x 12 members from the stored result, every row, 1 client
G10  a provider's desk, an authority's desk and a bid's page of 20 answers, 4 clients; SQL with 10 and 1,000 rows
G12  start of a web server with one worker to its first answer, its memory, and seconds a test
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from road_clients import Client, Figures, alone, measure, take
from road_portal import Road, middle, running_database, running_portal, seconds_a_test, spread, starts
from road_world import ANSWER, QUESTIONS, Sizes, World, build, csrf_token

from portal.bidding.form_of_tender import edition_for

WORKERS = 2
GOALS = ("G1", "G4", "G10", "G12")
FORM = {f"answers-q{number:02}": f"{number:02} {ANSWER[3:]}" for number in range(QUESTIONS)}
QUICK = Sizes(providers=150, itts=200, ranked_bids=40, many=100, few=10)


@dataclass(frozen=True)
class Amounts:
    """How much is measured."""

    repeats: int
    submissions: int
    pages: int
    probes: int = 20


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    what: str
    cells: tuple[str, ...]
    goal: str
    missed: tuple[str, ...] = ()
    """What misses its goal."""
    broken: bool = False
    """Whether something guarded is more than a fifth above its goal."""


def main() -> int:
    """Measure, print the table, and say with the exit code whether a guarded figure broke."""
    wishes = _wishes()
    sizes = QUICK if wishes.quick else Sizes()
    amounts = Amounts(2, 30, 10, 5) if wishes.quick else Amounts(wishes.repeats, 300, 30)
    began, lines = time.monotonic(), []
    with running_database() as road:
        world = build(road.owner_engine_url(), road.keys, sizes)
        with running_portal(road, workers=WORKERS):
            print(_workload(road, world), flush=True)
            drafts = iter(world.drafts)
            measures: dict[str, Callable[[], list[Line]]] = {
                "G1": lambda: submissions(road, drafts, amounts),
                "G4": lambda: ranking(road, world, amounts),
                "G10": lambda: desks(road, world, drafts, amounts),
                "G12": lambda: start_and_tests(road, amounts, wishes.tests),
            }
            for name in GOALS:
                if name in wishes.only:
                    lines += measures[name]()
    print(_table(lines))
    print(f"Load at the end {os.getloadavg()[0]:.1f}; the whole run took {time.monotonic() - began:.0f} s.")
    return 1 if wishes.guard and any(line.broken for line in lines) else 0


def submissions(road: Road, drafts: Iterator[tuple[str, str]], amounts: Amounts) -> list[Line]:
    """G1, and the floor's insert beside it."""
    before = road.query("SELECT count(*) FROM bid_version")
    portal, floor, sent = Figures(), Figures(), 0
    warm = 8 * WORKERS
    alone(road.url, [partial(submit, *draft) for draft in take(drafts, warm)])
    alone(road.floor_url, [store] * warm)
    for _ in range(amounts.repeats):
        units = [partial(submit, *draft) for draft in take(drafts, amounts.submissions)]
        measure(floor, road.floor_url, road.pids["floor"], [store] * amounts.submissions, clients=8)
        measure(portal, road.url, road.pids["web"], units, clients=8)
        sent += len(units)
        road.wait_until_drained()
    probes = [partial(submit, *draft) for draft in take(drafts, amounts.probes)]
    portal.statements = road.statements_of(lambda: alone(road.url, probes))
    stored = road.query("SELECT count(*) FROM bid_version") - before
    if stored != sent + len(probes) + warm:
        raise RuntimeError(f"{sent + len(probes) + warm} receipts, but {stored} stored versions")
    goal = ">= 285/s, <= 8 SQL, <= 5 ms CPU"
    return [
        _line("G1 submit 20 answers", portal, goal, floor=floor, per_second=285, sql=8, cpu=5),
        _line("   floor: one insert", floor, ""),
    ]


def ranking(road: Road, world: World, amounts: Amounts) -> list[Line]:
    """G4, and the floor's page beside it."""
    path, cookie = world.ranking
    page = partial(look, path=path, cookie=cookie, rows=world.sizes.ranked_bids)
    return _pages(road, "G4 ranking", page, amounts, "p95 <= 50 ms, <= 8 SQL", clients=1, p95=50, sql=8)


def desks(road: Road, world: World, drafts: Iterator[tuple[str, str]], amounts: Amounts) -> list[Line]:
    """G10: the three pages; each desk again with few rows, for the number of its statements."""
    lines = []
    for name, path, cookies in (
        ("provider's desk", "/provider", world.provider_desks),
        ("provider's bids", "/provider/bids", world.provider_desks),
        ("authority's desk", "/commissioning", world.authority_desks),
    ):
        few = partial(look, path=path, cookie=cookies[world.sizes.few])
        alone(road.url, [few] * 4)
        counted = road.statements_of(partial(alone, road.url, [few] * amounts.probes))
        page = partial(look, path=path, cookie=cookies[world.sizes.many])
        lines += _pages(
            road, f"G10 {name}", page, amounts, "p95 <= 60 ms, <= 12 SQL", clients=4, p95=60, sql=12, few=counted
        )[:1]
    reference, cookie = next(drafts)
    form = {"revision": "1"} | FORM | {"csrf_token": csrf_token()}
    saved = urlencode(form).encode()
    alone(road.url, [lambda client: _sent(client, f"/provider/bids/{reference}/answers", cookie, saved)])
    page = partial(look, path=f"/provider/bids/{reference}/answers", cookie=cookie, rows=QUESTIONS, mark=b"<textarea")
    return lines + _pages(road, "G10 20 answers", page, amounts, "p95 <= 60 ms, <= 12 SQL", clients=4, p95=60, sql=12)


def start_and_tests(road: Road, amounts: Amounts, tests: str) -> list[Line]:
    """G12; the first start is not counted, for it reads everything from the disk."""
    found = starts(road, amounts.repeats + 1)
    seconds, rss, pss = middle(found.seconds[1:]), middle(found.worker_rss[1:]), middle(found.tree_pss[1:])
    missed = [name for name, over in (("start", seconds > 1), ("memory", pss > 120)) if over]
    lines = [
        Line(
            "G12 start, one worker",
            (
                f"{seconds:.2f} s ({spread(found.seconds[1:], '{:.2f}')})",
                f"worker {rss:.0f} MB RSS, with its master {pss:.0f} MB PSS",
            ),
            "<= 1.0 s, <= 120 MB",
            tuple(missed),
        )
    ]
    if tests:
        each, count = seconds_a_test(tests)
        words = f"{each * 1000:.0f} ms a test", f"{count} in {tests}, the services' start included"
        lines.append(Line("G12 tests", words, "<= 40 ms", ("tests",) if each > 0.040 else ()))
    return lines


def submit(reference: str, cookie: str, client: Client) -> None:
    """Press "Save and submit now" once."""
    form = {"revision": "1", "idempotency_key": str(uuid.uuid4()), "section": "", "declared": edition_for(None)} | FORM
    _sent(client, f"/provider/bids/{reference}/submit", cookie, urlencode(form | {"csrf_token": csrf_token()}).encode())


def store(client: Client) -> None:
    """Send the floor the same answers."""
    client.ask("/", body=urlencode(FORM).encode(), expected=201)


def look(client: Client, *, path: str, cookie: str = "", rows: int = 0, mark: bytes = b"<tr") -> None:
    """Open a page, and see that it holds at least so many rows."""
    _place, page = client.ask(path, cookie=cookie)
    if page.count(mark) < rows:
        raise RuntimeError(f"{path} holds {page.count(mark)} rows, not {rows}")


def _sent(client: Client, path: str, cookie: str, body: bytes) -> None:
    place, _page = client.ask(path, cookie=cookie, body=body, expected=302)
    if path.endswith("/submit") and "/receipt/" not in place:
        raise RuntimeError(f"{path} led to {place}, not to a receipt")


def _pages(road: Road, what: str, page: Any, amounts: Amounts, goal: str, *, clients: int, **limits: Any) -> list[Line]:
    portal, floor = Figures(), Figures()
    bare = partial(look, path="/")
    alone(road.url, [page] * 4 * WORKERS)
    alone(road.floor_url, [bare] * 4 * WORKERS)
    for _ in range(amounts.repeats):
        measure(floor, road.floor_url, road.pids["floor"], [bare] * amounts.pages * 2, clients=clients)
        measure(portal, road.url, road.pids["web"], [page] * amounts.pages, clients=clients)
    portal.statements = road.statements_of(lambda: alone(road.url, [page] * amounts.probes))
    return [_line(what, portal, goal, floor=floor, **limits), _line(f"   floor: a page, {clients} cl.", floor, "")]


def _line(
    what: str,
    figures: Figures,
    goal: str,
    *,
    floor: Figures | None = None,
    per_second: float = 0,
    p95: float = 0,
    sql: float = 0,
    cpu: float = 0,
    few: float | None = None,
) -> Line:
    rate, used, slow = middle(figures.per_second), middle(figures.cpu), figures.percentile(0.95)
    asked = figures.statements
    counted = "" if asked is None else f"{asked:.1f}" if few is None else f"{asked:.1f} (few rows {few:.1f})"
    cells = (
        f"{rate:.0f}/s ({spread(figures.per_second)})",
        f"{figures.percentile(0.5):.1f} / {slow:.1f}",
        f"{used:.2f} ({spread(figures.cpu, '{:.2f}')})",
        counted,
        "" if floor is None else f"{figures.ratio(floor):.2f}",
    )
    over = {"SQL": sql and asked and asked > sql, "CPU": cpu and used > cpu, "p95": p95 and slow > p95}
    over |= {
        "rate": per_second and rate < per_second,
        "SQL grows": few is not None and asked is not None and asked > few + 0.5,
    }
    broken = bool((sql and asked and asked > 1.2 * sql) or (cpu and used > 1.2 * cpu) or over["SQL grows"])
    return Line(what, cells, goal, tuple(name for name, is_over in over.items() if is_over), broken)


def _workload(road: Road, world: World) -> str:
    sizes = world.sizes
    version = road.query("SHOW server_version")
    return (
        f"{sizes.providers:,} providers, {sizes.itts:,} invitations, {sizes.ranked_bids} ranked bids; "
        f"PostgreSQL {version}, fsync {road.query('SHOW fsync')}, synchronous_commit "
        f"{road.query('SHOW synchronous_commit')}; {WORKERS} web workers, {os.cpu_count()} cores shared with the "
        f"clients, the database and the worker that sends mail; load at the start {os.getloadavg()[0]:.1f}."
    )


def _table(lines: list[Line]) -> str:
    head = ("", "units a second (spread)", "p50 / p95 ms", "CPU ms a unit", "SQL a unit", "x floor", "goal")
    rows = [head, *((x.what, *(x.cells + ("",) * (5 - len(x.cells))), x.goal) for x in lines)]
    rows = [(*row, verdict) for row, verdict in zip(rows, ["", *map(_verdict, lines)], strict=True)]
    full = [row for row in rows if not row[0].startswith("G12")]
    widths = [max(len(row[n]) for row in full) for n in range(len(head) + 1)]
    padded = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows]
    return "\n".join("  ".join(row).rstrip() for row in padded)


def _verdict(line: Line) -> str:
    return "" if not line.goal else "missed: " + ", ".join(line.missed) if line.missed else "met"


def _wishes() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="few rows and few units: does it still run?")
    parser.add_argument("--only", nargs="+", choices=GOALS, default=list(GOALS), help="the goals to measure")
    parser.add_argument("--repeats", type=int, default=5, help="repeats of each workload")
    parser.add_argument("--tests", default="tests/portal/web", help="the tests to time; nothing for none")
    parser.add_argument("--guard", action="store_true", help="end with 1 when CPU or SQL is a fifth above its goal")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
