"""Storing the result of a large evaluation, its diagnostics, and its report: time and memory of each.

    python benchmarks/results.py [--bids N] [--repeats N]

Starts a PostgreSQL that syncs every commit to disk and writes one moderated invitation of 454 bids x 25 criteria x 12
members (road_world.py). Each task then runs in a process of its own, as in a Celery child that was just made: wall and
processor time to the commit, and the resident set before and at its highest. On a busy machine the processor's own
time, with the database's beside it, says more than the wall clock.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from road_portal import SECRET_KEY, Road, running_database
from road_world import Sizes, build

TASKS = {"result": 2.5, "diagnostics": 2.0, "workbook": 15.0, "document": 15.0}
"""Each task with its goal in seconds; the document leaves reasons to the workbook."""
MEGABYTES = 200
KEYS = ("wall", "cpu", "database", "before", "most")
CHILD = """
import json, os, re, sys, time, uuid
from sqlalchemy import text
from portal.core import clock
from portal.core.permissions import Actor, Role
from portal.evaluation import results
from portal.extensions import db
from portal.reporting.making import Edition, make_report
from portal.tendering.models import InvitationToTender
from worker.app import flask_app

def megabytes(name):
    return int(re.search(name + r":\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024

def database_seconds():
    used = open(f"/proc/{backend}/stat").read().rpartition(")")[2].split()
    return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")

def report(edition, number):
    itt = db.session.get_one(InvitationToTender, number)
    roles = frozenset({Role.COMMISSIONER})
    actor = Actor(itt.created_by_id, authority_id=itt.authority_id, authority_roles=roles)
    make_report(itt=itt, edition=edition, actor=actor, now=clock.now())

act = {
    "result": lambda number: results.calculate_result(itt_id=number, now=clock.now()),
    "diagnostics": lambda number: results.diagnose_result(result_id=number),
    "workbook": lambda number: report(Edition.XLSX, number),
    "document": lambda number: report(Edition.PDF, number),
}[sys.argv[1]]
with flask_app().app_context():
    backend = db.session.scalar(text("SELECT pg_backend_pid()"))
    before, database, cpu, wall = megabytes("VmRSS"), database_seconds(), time.process_time(), time.perf_counter()
    act(uuid.UUID(sys.argv[2]))
    db.session.commit()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    database, most = database_seconds() - database, megabytes("VmHWM")
print(json.dumps({"wall": wall, "cpu": cpu, "database": database, "before": before, "most": most}))
"""


def main() -> int:
    """Measure and print the table."""
    wishes = _wishes()
    found: dict[str, list[dict[str, float]]] = {name: [] for name in TASKS}
    with running_database() as road:
        sizes = Sizes(providers=wishes.bids + 50, itts=40, ranked_bids=wishes.bids, many=20, few=10)
        build(road.owner_engine_url(), road.keys, sizes)
        itt = road.query("SELECT itt_id::text FROM result")
        for _ in range(wishes.repeats):
            road.query("DELETE FROM result RETURNING id")
            found["result"].append(_run(road, "result", itt))
            found["diagnostics"].append(_run(road, "diagnostics", road.query("SELECT id::text FROM result")))
            for edition in ("workbook", "document"):
                found[edition].append(_run(road, edition, itt))
    print(f"{wishes.bids} bids, the middle of {wishes.repeats} repeats; load at the end {os.getloadavg()[0]:.1f}")
    for name, runs in found.items():
        wall, cpu, database, before, most = (
            statistics.median(run[key] for run in runs) for key in ("wall", "cpu", "database", "before", "most")
        )
        print(
            f"{name:12} {wall:5.2f} s wall; processor {cpu:.2f} s of the task and {database:.2f} s of the database; "
            f"{before:.0f} MB resident before, {most:.0f} MB at most  [goals: {TASKS[name]} s, {MEGABYTES} MB]"
        )
    return 0


def _run(road: Road, task: str, about: str) -> dict[str, float]:
    environment = os.environ | {
        "DATABASE_URL": "postgresql+psycopg" + road.cluster.web_url().removeprefix("postgresql"),
        "SECRET_KEY": SECRET_KEY,
        "PUBLIC_URL": "http://localhost",
        "SMTP_URL": "smtp://127.0.0.1:9",
        "PORTAL_STATE": str(road.state),
        "PYTHONPATH": str(Path(__file__).resolve().parent.parent),
    }
    command = [sys.executable, "-c", CHILD, task, about]
    answer = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(answer.stdout.splitlines()[-1]))


def _wishes() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--bids", type=int, default=454)
    parser.add_argument("--repeats", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
