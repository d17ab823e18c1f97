"""Who may reach a view: every route says so with one of these decorators, and a route that says nothing is closed.

The decorators only declare; `enforce` (bound in portal/app.py, before every request) judges. What a person may do
with a particular object is decided in the activities, by the policy rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import abort, current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.core import clock
from portal.core.errors import NotAllowed
from portal.core.permissions import AUTHORITY_ROLES, FRESH_FACTOR, PANEL_ROLES, PROVIDER_ROLES, Actor, Role

View = TypeVar("View", bound=Callable[..., Any])

WHILE_FACTOR_IS_AWAITED = frozenset(
    {
        "accounts.sign_in_code", "accounts.lost_factor", "accounts.sign_out",
        "factors.index", "factors.authenticator", "factors.add_passkey",
    }
)  # fmt: skip
"""What somebody reaches between password and second factor: showing it, setting it up, having lost it, leaving."""


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


def enforce() -> Response | None:
    """Let the request through, send the person to sign in, or refuse."""
    if request.endpoint is None or request.endpoint == "static":
        return None
    view = current_app.view_functions[request.endpoint]
    access: Access | None = getattr(view, "access", None)
    if access is None:
        abort(404)
    if access.audience == "public":
        return None
    if not current_user.is_authenticated:
        return redirect(url_for("accounts.sign_in", next=_local_path()))
    if current_user.awaits_factor and request.endpoint not in WHILE_FACTOR_IS_AWAITED:
        return redirect(url_for("accounts.sign_in_code", next=_local_path()))
    if access.roles is not None and not access.roles & actor().roles:
        raise NotAllowed("This page is for people with another role.")
    return None


def actor() -> Actor:
    """Who acts in this request; nobody's roles when nobody has signed in."""
    return current_user.actor if current_user.is_authenticated else Actor(user_id=None)


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
