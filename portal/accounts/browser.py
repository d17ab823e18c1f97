"""The browser's side of a session: entering, staying, leaving."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Response, after_this_request, current_app, request, session, url_for
from flask_login import current_user, login_user, logout_user

from portal.accounts.browser_words import browser_words
from portal.accounts.devices import KEPT, remember
from portal.accounts.passkeys import Site
from portal.accounts.sessions import SignedIn, end_session, find_signed_in, touch_session
from portal.accounts.throttling import Origin
from portal.core import clock
from portal.core.permissions import AUTHORITY_ROLES, PANEL_ROLES, PROVIDER_ROLES, Actor, Role
from portal.extensions import db
from portal.web.access import safe_next
from portal.web.clients import client_address

DEVICE_COOKIE = "fairlot-device"

# Where people start, the first that fits.
DESKS = (
    ("sitting.index", frozenset({Role.YOUNG_MEMBER})),
    ("commissioning_desk.index", AUTHORITY_ROLES),
    ("provider_desk.index", PROVIDER_ROLES),
    ("panel_desk.index", PANEL_ROLES),
)


def enter(token: str) -> Actor:
    """Put a new session into the browser, and return who it is; what the browser held is forgotten.

    A cookie that somebody planted before signing in is worth nothing afterwards, and the session that the
    browser held ends.
    """
    db.session.flush()
    now = clock.now()
    signed_in = find_signed_in(token, now)
    if signed_in is None:
        raise LookupError("a session that has just been opened is not there")
    if current_user.is_authenticated and current_user.session_id != signed_in.session_id:
        end_session(session_id=current_user.session_id, now=now)
    session.clear()
    login_user(signed_in)
    _know_device(signed_in)
    return signed_in.actor


def leave() -> None:
    """Forget everything that the browser's cookie held."""
    logout_user()
    session.clear()


def stay() -> None:
    """Note that the session is in use; bound before every request. Visitors and static files cost nothing."""
    if request.endpoint != "static" and "_user_id" in session and current_user.is_authenticated:
        touch_session(current_user._get_current_object(), clock.now())


def onwards(actor: Actor) -> str:
    """Where to go after signing in: the page that was asked for, if it is of this site, else one's desk."""
    return safe_next(request.args.get("next"), desk_of(actor))


def desk_of(actor: Actor) -> str:
    """The page that somebody's work starts on."""
    for endpoint, roles in DESKS:
        if roles & actor.roles and endpoint in current_app.view_functions:
            return url_for(endpoint)
    return url_for("account.show")


def origin() -> Origin:
    """Where the request comes from, for slowing guesses."""
    return Origin(client_address(), request.cookies.get(DEVICE_COOKIE), browser_words(request.user_agent.string))


def site() -> Site | None:
    """Where a passkey is made and shown; a key is bound to a name, so an address of numbers has none."""
    place = urlsplit(request.host_url)
    try:
        ip_address(place.hostname or "")
    except ValueError:
        return Site(host=place.hostname or "", origin=request.host_url.rstrip("/"))
    return None


def _know_device(signed_in: SignedIn) -> None:
    """Let the browser keep that this person has signed in in it. Young people's sittings leave nothing behind."""
    if signed_in.awaits_factor or signed_in.email is None:
        return
    token = remember(device=request.cookies.get(DEVICE_COOKIE), user_id=signed_in.user_id, now=clock.now())
    secure = current_app.config["SESSION_COOKIE_SECURE"]

    @after_this_request
    def keep(response: Response) -> Response:
        response.set_cookie(DEVICE_COOKIE, token, max_age=KEPT, secure=secure, httponly=True, samesite="Lax")
        return response
