"""`portal retention`: what is kept for how long, and what is past its time."""

from __future__ import annotations

import argparse

from flask import Flask

from portal.commands.answering import FINDING, Answer
from portal.core import clock
from portal.extensions import db
from portal.privacy.keeping import let_go, report


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
