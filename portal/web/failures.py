"""Error pages: typed refusals say what to do next; anything else is logged with the reference that the page shows."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import structlog
from flask import Flask, Response, current_app, g, jsonify, make_response, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from psycopg.errors import QueryCanceled
from sqlalchemy.exc import DBAPIError, OperationalError, TimeoutError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.audit.subjects import OnSystemChain
from portal.core.errors import NotAllowed, NotFound, PortalError
from portal.core.references import new_reference
from portal.extensions import db
from portal.web.access import actor
from portal.web.transactions import roll_back

log = structlog.get_logger()

PAGES = frozenset({400, 403, 404, 409, 413, 429, 500, 503})

AWAY = "The portal cannot reach its records just now. Nothing was lost. Try again in a minute."
TOO_LONG = (
    "This took longer than one page may take, so it was stopped and nothing was changed. Try again in a minute. If you "
    "were searching, ask for less at once."
)


@dataclass(frozen=True)
class Page(OnSystemChain):
    """A page that somebody who is signed in was refused, named by who that was."""

    id: uuid.UUID

    ledger_object = "page"


def request_reference() -> str:
    """This request's reference, the same in the log and on the page."""
    if "reference" not in g:
        g.reference = new_reference("REF")
    return str(g.reference)


def bind(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(PortalError, _refused)
    app.register_error_handler(CSRFError, _stale)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _failed)


def _refused(refusal: PortalError) -> ResponseReturnValue:
    roll_back()
    g.retry_after = refusal.retry_after
    if isinstance(refusal, NotAllowed | NotFound) and current_user.is_authenticated:
        # An attempt at what is not one's own is evidence (PCR 2015 reg 22(16)(g)).
        record(
            EventKind.ACCESS_REFUSED,
            Page(current_user.user_id),
            actor=actor(),
            endpoint=request.endpoint or "",
            method=request.method,
            code=refusal.code,
        )
        db.session.commit()
    return _page(refusal.status, refusal.message, refusal.code)


def _stale(error: CSRFError) -> ResponseReturnValue:
    roll_back()
    message = "Your page was open for too long, or you signed out in another window. Go back, reload it and try again."
    return _page(400, message, "stale_page")


def _http(error: HTTPException) -> ResponseReturnValue:
    if isinstance(error, InternalServerError) and isinstance(error.original_exception, Exception):
        # Raised outside a view: at the commit, or by what answers another failure.
        return _failed(error.original_exception)
    roll_back()
    if isinstance(error, SecurityError):
        # For a host that is not ours there are no addresses, and so no page with links and styles.
        return make_response("This portal does not answer for that host.\n", 400, {"Content-Type": "text/plain"})
    if error.response is not None or (error.code is not None and error.code < 400):
        return error
    return _page(error.code or 500, "", f"http_{error.code}")


def _failed(error: Exception) -> ResponseReturnValue:
    if _is_of_the_database(error):
        return _database_away(error)
    roll_back()
    log.error("unhandled_error", reference=request_reference(), endpoint=request.endpoint, exc_info=error)
    return _page(500, "", "failed")


def _is_of_the_database(error: Exception) -> bool:
    """Whether it says that the database is away or busy, and nothing about the request."""
    return isinstance(error, OperationalError | TimeoutError) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )


def _database_away(error: Exception) -> ResponseReturnValue:
    """The database is away, or it ended a statement that took too long (portal/app.py sets the limit)."""
    cause = getattr(error, "orig", None) or error
    too_long = isinstance(cause, QueryCanceled)
    log.error(
        "statement_took_too_long" if too_long else "database_away",
        reference=request_reference(),
        endpoint=request.endpoint,
        kind=type(cause).__name__,
    )
    roll_back()
    answer = _page(503, TOO_LONG if too_long else AWAY, "too_long" if too_long else "away")
    answer.headers["Retry-After"] = "30" if too_long else "5"
    return answer


def _page(status: int, message: str, code: str) -> Response:
    """Drawn without `render_template`, whose context asks the database who is signed in: it may be what failed."""
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        response = jsonify({"code": code, "message": message or "The request could not be answered."})
    else:
        page = status if status in PAGES else (400 if status < 500 else 500)
        template = current_app.jinja_env.get_template(f"errors/{page}.html")
        response = make_response(template.render(message=message, code=code, reference=request_reference()))
    response.status_code = status
    return response
