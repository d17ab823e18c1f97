"""The demonstration's start page: the sign-ins, and a way to play each part. It exists in demonstrations only."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.accounts.browser import desk_of, enter, origin
from portal.accounts.forms.factor import show_factor
from portal.accounts.second_factor import Shown
from portal.accounts.sessions import renew_token
from portal.accounts.signing_in import sign_in
from portal.audit.queries import is_demonstration
from portal.core import clock
from portal.core.errors import InvalidInput, NotFound
from portal.extensions import db
from portal.scenarios.cards import issue_demonstration_card, young_members
from portal.scenarios.market_scenes import market_page, market_scenes
from portal.scenarios.matrix_people import PARTS as MATRIX_PARTS
from portal.scenarios.people import (
    AUTHORITY_PEOPLE,
    PANEL_PEOPLE,
    PARTNER_APPROVER,
    PASSWORD,
    PLATFORM,
    PROVIDER_PEOPLE,
    REGIONAL_PARTS,
)
from portal.scenarios.scenes import chapters, procurements_by_title, ways_in
from portal.scenarios.sign_ins import let_code_work_again, part_named, parts_with_codes
from portal.web.access import public, safe_next

bp = Blueprint("start", __name__, url_prefix="/demonstration")

GROUPS = (
    ("The council's people", AUTHORITY_PEOPLE),
    ("An authority that buys together", (PARTNER_APPROVER,)),
    ("Providers", PROVIDER_PEOPLE),
    ("Panels", PANEL_PEOPLE),
    ("The installation", (PLATFORM,)),
    ("The North East’s framework and purchasing system", REGIONAL_PARTS),
    ("The access matrix", MATRIX_PARTS),
)


@bp.before_request
def only_in_demonstrations() -> None:
    """Nowhere else does this page exist."""
    if not is_demonstration():
        raise NotFound("There is no such page.")


@bp.app_template_global()
def demonstration_code() -> str | None:
    """The code that the authenticator app of the part that is played would show now; None everywhere else."""
    if not (is_demonstration() and current_user.is_authenticated):
        return None
    rows = parts_with_codes(keys=current_app.extensions["keys"], now=clock.now())
    return next((row.code for row in rows if row.part.email == current_user.email), None)


@bp.get("")
@public
def index() -> ResponseReturnValue:
    """List every part with its sign-in."""
    codes = {row.part: row.code for row in parts_with_codes(keys=current_app.extensions["keys"], now=clock.now())}
    procurements = procurements_by_title()
    return render_template(
        "scenarios/public/start.html",
        chapters=chapters(),
        procurements=procurements,
        ways=ways_in(procurements),
        market=market_scenes(),
        market_page=market_page(),
        groups=[(title, here) for title, parts in GROUPS if (here := [part for part in parts if part in codes])],
        codes=codes,
        password=PASSWORD,
        young=young_members(),
        mailbox_url=current_app.config["SETTINGS"].mailbox_url,
    )


@bp.post("/play")
@public
def play() -> ResponseReturnValue:
    """Sign in as a part, through the ordinary sign-in with its password and its present code."""
    part = part_named(request.form.get("email", ""))
    keys, now = current_app.extensions["keys"], clock.now()
    token = sign_in(email=part.email, password=PASSWORD, origin=origin(), keys=keys, now=now)
    if token is None:
        flash("Somebody has changed this part's password. Play another part.", "warning")
        return redirect(url_for("start.index"))
    actor = enter(token)
    if current_user.awaits_factor:
        let_code_work_again(current_user.user_id)
        # A code is used up in a transaction of its own, which would wait for this one for ever.
        db.session.commit()
        code = next(row.code for row in parts_with_codes(keys=keys, now=now) if row.part == part)
        try:
            show_factor(Shown(typed=code or ""))
        except InvalidInput:
            flash("Somebody has changed this part's second factor. Play another part.", "warning")
            return redirect(url_for("start.index"))
        actor = enter(renew_token(session_id=current_user.session_id))
    return redirect(safe_next(request.form.get("next"), desk_of(actor)))


@bp.post("/card")
@public
def card() -> ResponseReturnValue:
    """Let the facilitator print a card for a young person, and show its code."""
    code = issue_demonstration_card(
        request.form.get("member", ""), keys=current_app.extensions["keys"], now=clock.now()
    )
    return render_template("scenarios/public/card.html", code=code)
