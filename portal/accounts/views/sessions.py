"""Where one is signed in: the list, and ending what is not this browser."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.accounts.sessions import sessions_of
from portal.accounts.signing_out import end_other_sessions, end_own_session
from portal.core import clock
from portal.web.access import actor, signed_in
from portal.web.forms import PlainForm

bp = Blueprint("sessions", __name__, url_prefix="/account/sessions")


@bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    """List them, this one first."""
    mine = current_user.session_id
    found = sorted(sessions_of(current_user.user_id, clock.now()), key=lambda session: session.id != mine)
    return render_template("accounts/account/sessions.html", sessions=found, mine=mine)


@bp.post("/<uuid:session_id>/end")
@signed_in
def end(session_id: uuid.UUID) -> ResponseReturnValue:
    """End one."""
    form = PlainForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: end_own_session(actor=actor(), session_id=session_id, now=clock.now())
    ):
        flash("That browser is signed out.", "success")
    return redirect(url_for(".index"))


@bp.post("/end-others")
@signed_in
def end_others() -> ResponseReturnValue:
    """End all but this one."""
    form = PlainForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: end_other_sessions(actor=actor(), session_id=current_user.session_id, now=clock.now())
    ):
        flash("You are signed out everywhere but here.", "success")
    return redirect(url_for(".index"))
