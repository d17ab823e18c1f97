"""One commit a request, at the boundary; what follows from it leaves through the outbox afterwards.

A request that only reads commits nothing but evidence, and that it was read: what it recorded is stored before the
page leaves, so that nobody sees what was not noted.
"""

from __future__ import annotations

from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import DBAPIError

from portal.extensions import db
from portal.web.nudging import Nudger
from portal.web.submissions import Submission, submission

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def bind(app: Flask) -> None:
    """Commit what changed or recorded something and did not fail, and wake the relay when something was recorded."""

    @app.before_request
    def say_who_saves() -> None:
        # What a page saves by itself is thinned in the ledger (portal/audit/recording.py).
        db.session.info["by_itself"] = submission() is Submission.AUTOSAVED

    @app.after_request
    def commit(response: Response) -> Response:
        recorded, noted = db.session.info.pop("recorded", False), db.session.info.pop("noted", False)
        only_read = request.method in SAFE_METHODS or submission() is Submission.SHOWN
        in_vain = response.status_code >= 500 or (only_read and not (recorded or noted))
        if in_vain and "stored_anyway" not in g:
            roll_back()
            return response
        db.session.commit()
        if recorded:
            nudger: Nudger = current_app.extensions["nudger"]
            nudger.nudge()
        return response


def keep_what_was_noted() -> None:
    """Store what a page notes by being looked at, such as that a message was read, although it was only asked for."""
    db.session.info["noted"] = True


def store_anyway() -> None:
    """Store what this request writes from here on, although it failed or only showed a form again."""
    g.stored_anyway = True


def roll_back() -> None:
    """Undo what the request has done so far; where the database has gone, it has undone it already."""
    try:
        db.session.rollback()
    except DBAPIError:
        db.session.remove()
