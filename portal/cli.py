"""The `portal` command. Exit codes: 0 sound, 1 a finding, 2 could not run (with one sentence)."""

from __future__ import annotations

import argparse
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING

from portal.commands import processes
from portal.commands.answering import Answer, CouldNotRun, give, refuse
from portal.config import Settings, SettingsError, load_settings
from portal.running.failures import StartFailed
from portal.running.joining import join_running_portal

if TYPE_CHECKING:
    import psycopg

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    parsed = _parser().parse_args(words)
    try:
        code: int = parsed.run(parsed, words)
        return code
    except (SettingsError, StartFailed, CouldNotRun) as refused:
        return refuse(refused)
    except KeyboardInterrupt:
        return refuse("Stopped.")
    except Exception as failed:
        return refuse(_sentence(failed))


def _sentence(failed: Exception) -> str:
    """One sentence for any failure; what nobody foresaw leaves its traceback as well. Never exit 1: no finding."""
    # Imported here: `portal up` must not load the database's libraries before it has said anything.
    import psycopg
    from alembic.util import CommandError
    from sqlalchemy.exc import ArgumentError, DBAPIError

    from portal.core.errors import PortalError

    if isinstance(failed, PortalError):
        return failed.message
    cause = failed.orig if isinstance(failed, DBAPIError) else failed
    if isinstance(cause, psycopg.Error):
        return _of_the_database(cause)
    if isinstance(failed, ArgumentError | CommandError):
        return f"{str(failed).rstrip('.')}."
    if isinstance(failed, OSError) and failed.filename is not None:
        return f"{failed.filename} cannot be used: {failed.strerror}."
    traceback.print_exception(failed)
    return f"This was not foreseen ({type(failed).__name__}); nothing is known about what was asked."


def _of_the_database(refused: psycopg.Error) -> str:
    from psycopg import errors

    said = (str(refused).splitlines() or [type(refused).__name__])[0]
    if isinstance(refused, errors.UndefinedTable | errors.UndefinedColumn):
        return f"The database has another schema than this code: run `portal db upgrade` ({said})."
    if isinstance(refused, errors.InsufficientPrivilege):
        return f"The database refused ({said}): migrations need DATABASE_OWNER_URL, the schema owner's address."
    if isinstance(refused, errors.OperationalError):
        return f"The database did not answer: {said}."
    return f"The database refused: {said}."


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="portal", description="Fairlot: procurement of services for children.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_running(commands)
    _add_database(commands)
    _add_looking(commands)
    _add_writing(commands)
    return parser


def _add_running(commands: Commands) -> None:
    up = commands.add_parser("up", help="run everything until Ctrl-C: database, Redis, web, worker, beat, mail")
    up.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    up.add_argument("--port", type=_port, default=8000, help="0 takes a free one (default: 8000)")
    up.add_argument("--mailbox-port", type=_port, default=0, help="the mailbox's pages (default: a free port)")
    up.add_argument("--scenario", metavar="NAME", help="load this scenario if the database is empty")
    up.add_argument("--ready-file", metavar="FILE", help="write addresses and process numbers when all is up")
    up.set_defaults(run=lambda parsed, _words: processes.up(parsed))

    web = commands.add_parser("web", help="the web server alone")
    web.add_argument("--bind", default="127.0.0.1:8000", help="HOST:PORT or unix:PATH")
    web.add_argument("--workers", type=int)
    web.add_argument("--threads", type=int)
    web.set_defaults(run=lambda parsed, _words: processes.web(parsed))

    worker = commands.add_parser("worker", help="a Celery worker alone")
    worker.add_argument("--concurrency", type=int, default=2)
    worker.set_defaults(run=lambda parsed, _words: processes.worker(parsed))

    beat = commands.add_parser("beat", help="the scheduler alone")
    beat.set_defaults(run=lambda parsed, _words: processes.beat(parsed))


def _port(typed: str) -> int:
    number = int(typed)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return number


def _add_database(commands: Commands) -> None:
    steps = _group(commands, "db", "migrations")
    upgrade = steps.add_parser("upgrade", help="bring the schema up to a revision (default: the newest)")
    upgrade.add_argument("revision", nargs="?")
    downgrade = steps.add_parser("downgrade", help="take the schema back to a revision, or to base")
    downgrade.add_argument("revision")
    downgrade.add_argument("--yes", action="store_true", help="do not ask: drop what later revisions brought")
    current = steps.add_parser("current", help="say where the schema stands")
    for step, command in (("upgrade", upgrade), ("downgrade", downgrade), ("current", current)):
        command.add_argument("--json", action="store_true")
        command.set_defaults(run=_run_database, step=step)


def _add_looking(commands: Commands) -> None:
    ledger = _group(commands, "ledger", "the ledger of events")
    _on_app(ledger.add_parser("verify", help="recompute every entry"), "inspecting.ledger")
    outbox = _group(commands, "outbox", "what leaves the portal")
    _on_app(outbox.add_parser("status", help="how much waits and how much failed"), "inspecting.outbox")
    _on_app(outbox.add_parser("retry", help="try again what was given up"), "administering.retry_outbox")
    _on_app(commands.add_parser("check", help="what the settings still lack for real use"), "inspecting.settings")
    _on_app(commands.add_parser("reconcile", help="compare files and database"), "inspecting.reconcile")
    retention = commands.add_parser("retention", help="what is kept for how long, and what is past its time")
    retention.add_argument("--carry-out", action="store_true", help="let go what is past its time, now")
    _on_app(retention, "keeping.retention")
    rows = commands.add_parser("policy", help="who may do what")
    rows.add_argument("--matrix", action="store_true", help="as a document: a table for each object")
    _on_app(rows, "inspecting.policy_rows", bare=True)
    _on_app(commands.add_parser("law", help="what the law asks of each kind"), "inspecting.law", bare=True)
    _on_app(commands.add_parser("routes", help="every address and its audience"), "inspecting.routes", bare=True)

    export = _group(commands, "ocds", "published open data").add_parser("export", help="one JSON document a line")
    export.add_argument("--compiled", action="store_true", help="compiled records instead of releases")
    export.add_argument("--output", metavar="FILE", help="default: standard output")
    _on_app(export, "exporting.ocds")

    drawn = _group(commands, "draw", "lots drawn between tied bids").add_parser("verify", help="work a draw out again")
    drawn.add_argument("reference", metavar="REFERENCE", help="of the invitation to tender")
    _on_app(drawn, "drawing.verify")

    verify = _group(commands, "receipt", "receipts of bids").add_parser("verify", help="check a receipt file")
    verify.add_argument("file", metavar="FILE", help="- reads standard input")
    verify.add_argument("--key", metavar="HEX", help="the portal's public key for receipts, as it publishes it")
    verify.add_argument("--itt", metavar="REFERENCE", help="the invitation that it is presented for")
    verify.add_argument("--bid", metavar="REFERENCE", help="the bid that it is presented for")
    verify.add_argument("--json", action="store_true")
    verify.set_defaults(run=_run_receipt)


def _add_writing(commands: Commands) -> None:
    seed = commands.add_parser("seed", help="load a scenario into a demonstration")
    seed.add_argument("scenario", metavar="SCENARIO")
    _on_app(seed, "administering.seed")
    person = commands.add_parser("create-administrator", help="the first person of an installation")
    person.add_argument("--name", required=True)
    person.add_argument("--email", required=True)
    person.add_argument("--authority", metavar="NAME", help="of this contracting authority, not of the platform")
    person.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    _on_app(person, "administering.administrator")
    listed = _group(commands, "debarment", "the debarment list").add_parser(
        "bring-in", help="the list as it was read on a day, from a CSV file"
    )
    listed.add_argument("--read-on", required=True, type=date.fromisoformat, metavar="YYYY-MM-DD")
    listed.add_argument("--by", required=True, metavar="EMAIL", help="who read it")
    given = listed.add_mutually_exclusive_group(required=True)
    given.add_argument("file", nargs="?", metavar="FILE", help="- reads standard input")
    given.add_argument("--nobody", action="store_true", help="nobody was on it")
    _on_app(listed, "administering.debarment_list")
    key = commands.add_parser("replace-person-key", help="wrap everybody's key by a new one, while the portal runs")
    key.add_argument("--finish", action="store_true", help="an hour later: drop the key before")
    _on_app(key, "keeping.replace_person_key")
    lost = commands.add_parser("remove-second-factor", help="of somebody who lost it, where no two others can check")
    lost.add_argument("--email", required=True)
    _on_app(lost, "administering.second_factor")


def _group(commands: Commands, name: str, explained: str) -> Commands:
    group: Commands = commands.add_parser(name, help=explained).add_subparsers(required=True, metavar="STEP")
    return group


def _on_app(command: argparse.ArgumentParser, function: str, *, bare: bool = False) -> None:
    """Let a command be answered by a function of portal.commands that gets the app.

    It runs inside the portal that `portal up` started, unless the environment names a database. `bare` ones
    look at the code only.
    """
    command.add_argument("--json", action="store_true")

    def run(parsed: argparse.Namespace, words: list[str]) -> int:
        if not bare and (joined := join_running_portal(words, owner=False)) is not None:
            return joined
        from portal.app import create_app
        from portal.extensions import db

        module, _, name = function.partition(".")
        answer: Callable[..., Answer] = getattr(import_module(f"portal.commands.{module}"), name)
        app = create_app(_bare_settings() if bare else load_settings(), statement_seconds=None)
        try:
            return give(answer(app, parsed), parsed)
        finally:
            with app.app_context():
                db.engine.dispose()

    command.set_defaults(run=run)


def _run_database(parsed: argparse.Namespace, words: list[str]) -> int:
    joined = join_running_portal(words, owner=True)
    return joined if joined is not None else give(processes.database(parsed), parsed)


def _run_receipt(parsed: argparse.Namespace, _words: list[str]) -> int:
    from portal.commands.receipts import verify

    return give(verify(parsed), parsed)


def _bare_settings() -> Settings:
    """Settings that lead nowhere, for looking at the code."""
    nowhere = {"DATABASE_URL": "postgresql:///none", "SECRET_KEY": "for looking at the code alone, no more"}
    return replace(load_settings(nowhere), public_url="http://localhost")
