"""`portal retention`, `portal replace-person-key`: what is kept for how long, and the key over persons' keys."""

from __future__ import annotations

import argparse

from flask import Flask

from portal.commands.answering import FINDING, Answer, CouldNotRun
from portal.core import clock
from portal.extensions import db
from portal.privacy.keeping import let_go, report
from portal.privacy.rewrapping import note_dropped, replace_key, rewrap_portions


def replace_person_key(app: Flask, arguments: argparse.Namespace) -> Answer:
    """Wrap every person's key by a new one of the installation while it runs; with --finish drop the one before."""
    keys = app.extensions["keys"]
    with app.app_context():
        if arguments.finish and len(keys.person_keys()) == 1:
            raise CouldNotRun("There is no key before: run this without --finish first.")
        if not arguments.finish:
            replace_key(keys)
            db.session.commit()
        wrapped = 0
        for portion in rewrap_portions():
            db.session.commit()
            wrapped += portion
        if arguments.finish:
            note_dropped()
            db.session.commit()
            keys.drop_person_key_before()
    then = "The key before is gone." if arguments.finish else "Both keys are read. In an hour, run it with --finish."
    return Answer({"wrapped": wrapped, "finished": arguments.finish}, [f"{wrapped} keys are under the new one. {then}"])


def retention(app: Flask, arguments: argparse.Namespace) -> Answer:
    """Say what is kept for how long; 1 when something is past its time for over a day and nobody holds it back."""
    with app.app_context():
        gone = let_go(now=clock.now()) if arguments.carry_out else None
        db.session.commit()
        lines = report(now=clock.now())
        document = {
            "let_go": gone,
            "kinds": [
                {
                    "kind": line.kind.key,
                    "what": line.kind.what,
                    "kept": line.kind.words,
                    "source": line.kind.source,
                    "past_its_time": line.due,
                    "last_looked": line.last.ran_at if line.last else None,
                    "held_back": line.hold is not None,
                }
                for line in lines
            ],
        }
    said = [
        f"{line.kind.what}: {line.kind.words} ({line.kind.source}): {line.due} past its time"
        f"{', held back' if line.hold else ''}"
        for line in lines
    ]
    said += [] if gone is None else [f"{gone} let go."]
    return Answer(document, said, FINDING if any(line.is_late for line in lines) else 0)
