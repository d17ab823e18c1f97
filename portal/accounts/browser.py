"""The browser's side of a session: entering, staying, leaving."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Response, after_this_request, current_app, flash, g, request, session, url_for
from flask_login import current_user, login_user, logout_user

from portal.accounts.browser_words import browser_words
from portal.accounts.devices import KEPT, remember
from portal.accounts.kept_forms import keep_form
from portal.accounts.passkeys import Site
from portal.accounts.sessions import end_session, find_signed_in, touch_session
from portal.accounts.throttling import Origin
from portal.core import clock
from portal.core.permissions import AUTHORITY_ROLES, PANEL_ROLES, PROVIDER_ROLES, Actor, Role
from portal.extensions import db
from portal.web.access import safe_next
from portal.web.clients import client_address
from portal.web.form_pages import (
    CARRIED,
    Carried,
    FormPage,
    carried_by_request,
    copy_name,
    files_in_request,
    page_of_request,
    typed_in_request,
)
from portal.web.watching import WATCHES

DEVICE_COOKIE = "fairlot-device"
ARRIVED_COOKIE = "fairlot-arrived"

ASKS_ONLY = frozenset({"static", "accounts.time_left"})
"""What a page asks for by itself (as whatever says `WATCHES` is): it does not show that anybody is there."""

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
    # Young people's sittings leave nothing behind, and half a sign-in proves nobody.
    if not signed_in.awaits_factor and signed_in.email is not None:
        know_device(signed_in.user_id)
    _keep_carried(signed_in.user_id)
    return signed_in.actor


def leave() -> None:
    """Forget everything that the browser's cookie held."""
    logout_user()
    session.clear()


def stay() -> None:
    """Note that the session is in use; bound before every request. Visitors and static files cost nothing."""
    asks_only = request.endpoint in ASKS_ONLY or WATCHES in request.headers
    if not asks_only and "_user_id" in session and current_user.is_authenticated:
        touch_session(current_user._get_current_object(), clock.now())


def seconds_left() -> int:
    """How long the session lasts, if nothing more is opened in it; 0 for a visitor."""
    if not current_user.is_authenticated:
        return 0
    return max(0, int((current_user.ends_at - clock.now()).total_seconds()))


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


def know_device(user_id: uuid.UUID) -> None:
    """Let the browser keep that the person has been here: with the password, or with a link of their own mail."""
    token = remember(device=request.cookies.get(DEVICE_COOKIE), user_id=user_id, now=clock.now())
    secure = current_app.config["SESSION_COOKIE_SECURE"]

    @after_this_request
    def keep(response: Response) -> Response:
        response.set_cookie(DEVICE_COOKIE, token, max_age=KEPT, secure=secure, httponly=True, samesite="Lax")
        return response


@dataclass(frozen=True)
class TurnedAway:
    """Why somebody has to sign in, what became of what they sent, and where they go on."""

    next: str | None
    sentences: tuple[str, ...]
    carried: str = ""
    """What was typed, sealed, for the sign-in form to bring along."""


SIGNED_OUT = (
    "You have been signed out. That happens after an hour without opening a page, and 12 hours after signing in."
)
NOT_SIGNED_IN = "You are not signed in in this browser any more."
ANOTHERS = "This page was opened by somebody who is not signed in here now."
TRAVELS = (
    "What you sent was not carried out, and what you typed is not lost. "
    "Sign in on this page within an hour, and it waits for you where you typed it."
)
TOO_LONG = (
    "What you sent was not carried out, and it is too long to travel with this page. Go back with your browser’s Back "
    "button, and copy what you wrote before you sign in."
)
NOT_DONE = "What you pressed was not done. Sign in, and press it again."
ASKED_FOR = "Sign in to go on to the page that you asked for."
TOO_LATE = "More than an hour has passed, so what you had typed before signing in is not kept."
NOT_YOURS = "What was typed before you signed in belongs to somebody else, so it is not shown."

YOUNG_WORDS = {
    SIGNED_OUT: "Your time here was over.",
    NOT_SIGNED_IN: "Your card is not open here any more.",
    ANOTHERS: "Somebody else was on this page before you.",
    TRAVELS: (
        "Your words are safe for one hour. Type the code of your card here, and then your PIN. Your words come back."
    ),
    TOO_LONG: "We could not keep your words. Go back one page and copy them. Then use your card once more.",
    NOT_DONE: "Type the code of your card and your PIN. Then you can carry on.",
    ASKED_FOR: "Type the code of your card to carry on. What you saved is still here.",
}
"""The same for young people."""


def turn_away(*, young: bool) -> None:
    """Note for the sign-in page why a form was not carried out, and let what was typed travel with it."""
    page = page_of_request()
    files = files_in_request()
    carried, what = "", NOT_DONE
    if page is not None and page.user_id is not None:
        carried = Carried(page, typed_in_request(), files).seal(clock.now()) or ""
        what = TRAVELS if carried else TOO_LONG
    said = [_why(page), what]
    said = [YOUNG_WORDS[one] for one in said] if young else said
    if files:
        said.append(f"You will have to choose again: {' and '.join(files)}.")
    g.turned_away = TurnedAway(page.shown_on if page else _page_before(), tuple(said), carried)


def turned_away() -> TurnedAway:
    """Why the page asks somebody to sign in."""
    if "turned_away" not in g:
        young, target, said = request.endpoint == "accounts.card", request.args.get("next"), []
        if "_user_id" in session and not current_user.is_authenticated:
            said.append(SIGNED_OUT)
        if request.form.get(CARRIED):
            said.append(TRAVELS)
        elif target and not current_user.is_authenticated:
            said.append(ASKED_FOR)
        g.turned_away = TurnedAway(
            target, tuple(YOUNG_WORDS[one] if young else one for one in said), request.form.get(CARRIED, "")
        )
    found: TurnedAway = g.turned_away
    return found


def _why(page: FormPage | None) -> str:
    if current_user.is_authenticated:
        return ANOTHERS
    return SIGNED_OUT if "_user_id" in session else NOT_SIGNED_IN


def _page_before() -> str | None:
    """The page of this site that the form stood on, as the browser names it."""
    before = urlsplit(request.referrer or "")
    return before.path if before.netloc == request.host else None


def _keep_carried(user_id: uuid.UUID) -> None:
    """Keep what travelled with the sign-in page, for the person who typed it."""
    if not request.form.get(CARRIED):
        return
    now = clock.now()
    carried = carried_by_request(now)
    if carried is None:
        flash(TOO_LATE, "warning")
    elif carried.page.user_id != user_id:
        flash(NOT_YOURS, "warning")
    else:
        keep_form(
            user_id=user_id,
            address=carried.page.address,
            shown_on=carried.page.shown_on,
            typed=carried.typed,
            files=carried.files,
            keys=current_app.extensions["keys"],
            now=now,
        )
        note_arrival(carried.page)


def note_arrival(page: FormPage) -> None:
    """Tell the page's script by a cookie that its copy in the browser is not needed any more."""
    secure = current_app.config["SESSION_COOKIE_SECURE"]

    @after_this_request
    def name(response: Response) -> Response:
        if response.status_code < 500:
            response.set_cookie(ARRIVED_COOKIE, copy_name(page), max_age=60, secure=secure, samesite="Lax")
        return response
