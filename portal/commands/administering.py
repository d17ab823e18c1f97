"""The commands that write: `seed`, `create-administrator`, `outbox retry`."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path

from flask import Flask

from portal.accounts.administrators import create_administrator
from portal.accounts.lost_factors import remove_by_command
from portal.accounts.models import User
from portal.accounts.people import person_with_email
from portal.audit.outbox import revive_dead
from portal.commands.answering import Answer, CouldNotRun
from portal.core import clock
from portal.core.errors import InvalidInput
from portal.core.permissions import SYSTEM
from portal.core.words import counted
from portal.extensions import db
from portal.judging.debarment import bring_in
from portal.scenarios.building import WorkerNeeded
from portal.scenarios.loading import NotADemonstration, UnknownScenario, load
from portal.scenarios.people import AlreadyLoaded


def seed(app: Flask, arguments: argparse.Namespace) -> Answer:
    """Load a scenario into a demonstration and print its references and sign-ins."""
    try:
        loaded = load(app, arguments.scenario)
    except (UnknownScenario, NotADemonstration, AlreadyLoaded, WorkerNeeded) as refused:
        raise CouldNotRun(str(refused)) from refused
    lines = [f"{name}: {reference}" for name, reference in loaded["references"].items()]
    lines += ["  ".join(str(value) for value in sign_in.values()) for sign_in in loaded["sign_ins"]]
    return Answer(loaded, lines)


def administrator(app: Flask, arguments: argparse.Namespace) -> Answer:
    """Create the first administrator of the platform, or of a contracting authority."""
    with app.app_context():
        person = create_administrator(
            name=arguments.name,
            email=arguments.email,
            password=read_password(arguments),
            authority=arguments.authority,
        )
        db.session.commit()
        document = {"id": person.id, "email": person.email}
    line = f"{arguments.email} can sign in now, and will be asked to set up a second factor."
    return Answer(document, [line])


def second_factor(app: Flask, arguments: argparse.Namespace) -> Answer:
    """Remove a second factor that was lost, where no two people could check it in the portal."""
    with app.app_context():
        person = remove_by_command(email=arguments.email, now=clock.now())
        db.session.commit()
        document = {"id": person.id}
    return Answer(document, [f"{arguments.email} sets up a new second factor at the next sign-in."])


def debarment_list(app: Flask, arguments: argparse.Namespace) -> Answer:
    """Bring in the debarment list as it was read on a day; every wrong row is named and nothing is brought in."""
    with app.app_context():
        try:
            content = None if arguments.nobody else read_input(arguments.file)
            by_id = _person(arguments.by).id
            brought = bring_in(content=content, read_on=arguments.read_on, by_id=by_id, actor=SYSTEM, now=clock.now())
        except InvalidInput as wrong:
            raise CouldNotRun("\n".join(one.message for one in wrong.each)) from wrong
        except OSError as wrong:
            raise CouldNotRun(str(wrong)) from wrong
        db.session.commit()
        entries = len(brought.entries)
        document = {"id": brought.id, "read_on": brought.read_on_date, "entries": entries}
    return Answer(document, [f"The list of {arguments.read_on} is in: {counted(entries, 'entry', 'entries')}."])


def _person(email: str) -> User:
    person = person_with_email(email)
    if person is None:
        raise InvalidInput(f"Nobody has an account here under {email}.")
    return person


def read_input(name: str) -> bytes:
    """A file's bytes, or standard input's for "-"."""
    return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()


def retry_outbox(app: Flask, arguments: argparse.Namespace) -> Answer:
    """Let what was given up be tried again; the timer finds it."""
    with app.app_context():
        count = revive_dead(now=clock.now())
        db.session.commit()
    return Answer({"revived": count}, [f"{count} will be tried again within half a minute."])


def read_password(arguments: argparse.Namespace) -> str:
    """The password from standard input or typed twice; never a word of the command, which others can read."""
    if arguments.password_stdin:
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("The same again: ") != password:
        raise CouldNotRun("The two passwords differ.")
    return password
