"""Speed of calling off from a full lot, and of searching a full directory.

    python benchmarks/frameworks.py [--quick] [--only G7 directory] [--repeats N]

Starts a PostgreSQL that syncs every commit to disk and an SMTP server that counts what it gets, in processes of their
own; everything else runs in this process, as in a web worker and in the worker that sends mail. Leaves nothing behind.

G7         publish a call-off to a lot of 5,000 members: until the invitations are recorded (the call, with its
           commit), until their messages are in the inboxes, and until the last mail has been accepted; beside it the
           same mails sent by smtplib in a loop to the same server
directory  pages of a search over 20,000 settings through the whole application: p95, SQL statements, and the ratio to
           the same page with a tenth of the settings
"""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from frameworks_sink import Sink
from road_portal import SECRET_KEY, Road, running_database

GOALS = ("G7", "directory")


def main() -> int:
    """Measure and print the table."""
    wishes = _wishes()
    sink = Sink()
    sink.start()
    try:
        with running_database() as road:
            _prepare_environment(road, sink)
            _measure(road, sink, wishes)
    finally:
        sink.stop()
    print(f"Load at the end {os.getloadavg()[0]:.1f}.")
    return 0


def _measure(road: Road, sink: Sink, wishes: argparse.Namespace) -> None:
    measures = import_module("frameworks_measures")
    sizes = measures.Sizes(members=200, settings=800) if wishes.quick else measures.Sizes()
    repeats = 2 if wishes.quick else wishes.repeats
    app = import_module("worker.app").flask_app()
    print(
        f"{sizes.members:,} members, {sizes.settings:,} settings; PostgreSQL {road.query('SHOW server_version')}, "
        f"fsync {road.query('SHOW fsync')}, synchronous_commit {road.query('SHOW synchronous_commit')}; "
        f"{os.cpu_count()} cores shared with everything; "
        f"load at the start {os.getloadavg()[0]:.1f}; {repeats} repeats.",
        flush=True,
    )
    if "G7" in wishes.only:
        print(_table(measures.calling_off(app, road, sink, sizes, repeats)), flush=True)
    if "directory" in wishes.only:
        print(_table(measures.directory(app, road, sizes, repeats * 20)), flush=True)


def _prepare_environment(road: Road, sink: Sink) -> None:
    """What `worker.app` reads when it is imported."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    os.environ.update(
        {
            "DATABASE_URL": "postgresql+psycopg" + road.cluster.web_url().removeprefix("postgresql"),
            "SECRET_KEY": SECRET_KEY,
            "PUBLIC_URL": "http://localhost",
            "SMTP_URL": f"smtp://127.0.0.1:{sink.port}",
            "PORTAL_STATE": str(road.state),
        }
    )


def _table(lines: list[Any]) -> str:
    first, second = max(len(line.what) for line in lines), max(len(line.figures) for line in lines)
    return "\n".join(
        f"{line.what.ljust(first)}  {line.figures.ljust(second)}  {line.goal}"
        f"{'' if line.met is None else '  met' if line.met else '  missed'}".rstrip()
        for line in lines
    )


def _wishes() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="few rows and few units: does it still run?")
    parser.add_argument("--only", nargs="+", choices=GOALS, default=list(GOALS), help="what to measure")
    parser.add_argument("--repeats", type=int, default=5, help="repeats of each workload")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
