"""Who may reach a view: every route says so with one of these decorators, and a route that says nothing is closed.

The decorators only declare; `enforce` (bound in portal/app.py, before every request) judges. What a person may do
with a particular object is decided in the activities, by the policy rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import abort, current_app, flash, g, redirect, request, url_for
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from portal.core import clock
from portal.core.errors import NotAllowed
from portal.core.permissions import (
    AUTHORITY_ROLES,
    FRESH_FACTOR,
    PANEL_ROLES,
    PROVIDER_ROLES,
    Actor,
    Governed,
    Role,
    Verb,
    policy,
)
from portal.extensions import csrf
from portal.web.form_pages import page_of_request
from portal.web.submissions import Submission, show_again, submission

View = TypeVar("View", bound=Callable[..., Any])

WHILE_FACTOR_IS_AWAITED = frozenset(
    {
        "accounts.sign_in_code", "accounts.lost_factor", "accounts.sign_out",
        "factors.index", "factors.authenticator", "factors.add_passkey",
    }
)  # fmt: skip
"""What somebody reaches between password and second factor: showing it, setting it up, having lost it, leaving."""

STALE = (
    "This page was open for too long, so nothing was sent. What you typed is here: look at it, then press the button "
    "again. If this comes back, your browser does not keep the cookie that this site needs."
)


@dataclass(frozen=True)
class Access:
    """A view's audience and the roles of which one is needed (none: everybody in the audience)."""

    audience: str
    roles: frozenset[Role] | None


def _declares(audience: str, roles: Iterable[Role] | None) -> Callable[[View], View]:
    access = Access(audience, None if roles is None else frozenset(roles))

    def mark(view: View) -> View:
        view.access = access  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """Everybody, without signing in."""
    return _declares("public", None)(view)


def signed_in(view: View) -> View:
    """Everybody who has signed in, whatever their role."""
    return _declares("account", None)(view)


def for_provider(*roles: Role) -> Callable[[View], View]:
    """People of a provider: any of them, or those with one of the roles."""
    return _declares("provider", roles or PROVIDER_ROLES)


def for_authority(*roles: Role) -> Callable[[View], View]:
    """People of a contracting authority: any of them, or those with one of the roles."""
    return _declares("commissioner", roles or AUTHORITY_ROLES)


def for_panel(*roles: Role) -> Callable[[View], View]:
    """People on a panel: any of them, or those with one of the roles."""
    return _declares("panel", roles or PANEL_ROLES)


def for_platform(view: View) -> View:
    """The platform's administrators."""
    return _declares("admin", {Role.PLATFORM_ADMINISTRATOR})(view)


class SignInNeeded(Exception):
    """A form was sent by nobody who is signed in, or from a page that was shown to somebody else."""

    def __init__(self, *, young: bool) -> None:
        super().__init__("Somebody has to sign in first.")
        self.young = young


def enforce() -> Response | None:
    """Let the request through, send the person to sign in, or refuse."""
    if request.endpoint is None or request.endpoint == "static":
        return None
    view = current_app.view_functions[request.endpoint]
    access: Access | None = getattr(view, "access", None)
    if access is None:
        abort(404)
    page = page_of_request()
    is_public, is_readers = access.audience == "public", page is None or page.is_readers
    if not is_readers or not (is_public or current_user.is_authenticated):
        return _to_sign_in(young=access.roles == frozenset({Role.YOUNG_MEMBER}))
    fault = _token_fault()
    if fault is not None and page is None:
        raise fault
    if not is_public:
        if current_user.awaits_factor and request.endpoint not in WHILE_FACTOR_IS_AWAITED:
            return redirect(url_for("accounts.sign_in_code", next=page.shown_on if page else _local_path()))
        if access.roles is not None and not access.roles & actor().roles:
            raise NotAllowed("This page is for people with another role.")
    if fault is not None:
        flash(STALE, "warning")
        show_again()
    return None


def _to_sign_in(*, young: bool) -> Response:
    if request.method == "POST":
        raise SignInNeeded(young=young)
    return redirect(url_for("accounts.card" if young else "accounts.sign_in", next=_local_path()))


def _token_fault() -> CSRFError | None:
    """What is wrong with the token that the form was sent with: missing, expired, or of another session."""
    if not current_app.config["WTF_CSRF_ENABLED"]:
        return None
    page = page_of_request()
    if submission() is Submission.AUTOSAVED and page is not None and page.user_id is not None:
        g.csrf_valid = True  # where Flask-WTF looks for it
        return None
    try:
        csrf.protect(apply_exemptions=True)
    except CSRFError as fault:
        return fault
    return None


def actor() -> Actor:
    """Who acts in this request; nobody's roles when nobody has signed in."""
    return current_user.actor if current_user.is_authenticated else Actor(user_id=None)


def require_to_send(verb: Verb, thing: Governed) -> None:
    """Refuse what is sent by whoever may not do that now, where more people read the page than may act on it.

    Whatever is in the form: nobody is asked to fill in better what they may not send at all.
    """
    if request.method == "POST":
        policy.require(actor(), verb, thing)


def factor_is_fresh() -> bool:
    """Whether the second factor was shown in the last five minutes of this session."""
    shown = getattr(current_user, "factor_at", None)
    return shown is not None and clock.now() - shown <= FRESH_FACTOR


def _local_path() -> str | None:
    """Where to come back to: a path of this site only, and only for pages that were asked for by GET."""
    return request.full_path.rstrip("?") if request.method == "GET" else None


def safe_next(target: str | None, otherwise: str) -> str:
    """`target` if it is a plain path of this site, else `otherwise` (no "//host", no backslash, no scheme)."""
    plain = target or ""
    if not plain.startswith("/") or plain.startswith(("//", "/\\")) or any(ord(c) < 33 or c == "\\" for c in plain):
        return otherwise
    return plain
