"""The commands that run things: `up`, `web`, `worker`, `beat`, `db`."""

from __future__ import annotations

import argparse
import os
import socket
import sys
from pathlib import Path

from portal.commands.answering import FINDING, Answer, CouldNotRun
from portal.config import load_settings
from portal.running import processes


def up(arguments: argparse.Namespace) -> int:
    """Run the whole portal until it is asked to stop."""
    from portal.running.starting import Wishes, up

    return up(
        Wishes(
            host=arguments.host,
            port=arguments.port,
            mailbox_port=arguments.mailbox_port,
            scenario=arguments.scenario,
            ready_file=Path(arguments.ready_file).absolute() if arguments.ready_file else None,
        )
    )


def web(arguments: argparse.Namespace) -> int:
    """Become the web server."""
    load_settings()
    return _become(
        processes.web(sys.executable, bind=arguments.bind, workers=arguments.workers, threads=arguments.threads)
    )


def worker(arguments: argparse.Namespace) -> int:
    """Become a Celery worker."""
    load_settings()
    name = f"fairlot-{os.getpid()}@{socket.gethostname()}"
    return _become(processes.worker(sys.executable, name=name, concurrency=arguments.concurrency))


def beat(arguments: argparse.Namespace) -> int:
    """Become the scheduler."""
    load_settings()
    return _become(processes.beat(sys.executable))


def database(arguments: argparse.Namespace) -> Answer:
    """Migrate, or say where the schema stands: `current` answers 1 when it is not at the newest revision."""
    from portal import migrating

    settings = load_settings()
    role, keys = migrating.role_of(settings.database_url), settings.key_dir
    before = migrating.current(settings.database_owner_url)
    if arguments.step == "upgrade":
        migrating.upgrade(settings.database_owner_url, arguments.revision or "head", app_role=role, key_dir=keys)
    elif arguments.step == "downgrade":
        _confirm(migrating.later_than(settings.database_owner_url, arguments.revision), arguments)
        migrating.downgrade(settings.database_owner_url, arguments.revision, app_role=role, key_dir=keys)
    found, newest = migrating.current(settings.database_owner_url), migrating.head()
    code = FINDING if arguments.step == "current" and found != newest else 0
    line = f"The schema is at {found or 'nothing'}; the newest revision is {newest}."
    return Answer({"before": before, "current": found, "head": newest}, [line], code)


def _confirm(undone: list[str], arguments: argparse.Namespace) -> None:
    """Say what a downgrade drops and ask; raises `CouldNotRun` without a "yes"."""
    if arguments.yes or not undone:
        return
    print("This drops what these revisions brought, with everything in it:", *undone, sep="\n  ", file=sys.stderr)
    if not sys.stdin.isatty():
        raise CouldNotRun("Nothing was dropped: without a terminal to ask on, --yes is needed.")
    print('Type "yes" to drop it: ', end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip() != "yes":
        raise CouldNotRun("Nothing was dropped.")


def _become(command: list[str]) -> int:
    sys.stdout.flush()
    os.execv(command[0], command)
