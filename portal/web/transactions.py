"""One commit a request, at the boundary; what follows from it leaves through the outbox afterwards."""

from __future__ import annotations

from flask import Flask, Response, request
from sqlalchemy.exc import DBAPIError

from portal.extensions import db
from portal.web.nudging import Nudger

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def bind(app: Flask, nudger: Nudger) -> None:
    """Commit after every unsafe request that did not fail, and wake the relay when something was recorded."""

    @app.after_request
    def commit(response: Response) -> Response:
        if request.method in SAFE_METHODS or response.status_code >= 500:
            roll_back()
            return response
        recorded = db.session.info.pop("recorded", False)
        db.session.commit()
        if recorded:
            nudger.nudge()
        return response


def commit_record() -> None:
    """Commit what a page that only reads has recorded: a viewing is evidence, whatever becomes of the page."""
    db.session.info.pop("recorded", None)
    db.session.commit()


def roll_back() -> None:
    """Undo what the request has done so far; where the database has gone, it has undone it already."""
    try:
        db.session.rollback()
    except DBAPIError:
        db.session.remove()
