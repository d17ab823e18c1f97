"""Following by mail alone: an address is typed, confirmed from its letter, and stopped with one press."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.browser import origin
from portal.core import clock
from portal.tendering.clarifying.forms import FollowForm
from portal.tendering.clarifying.mail_following import (
    FollowLinkGone,
    ask_to_follow,
    confirm_following,
    find_mail_follower,
    stop_following,
)
from portal.tendering.models import InvitationToTender
from portal.tendering.queries import find_published_itt
from portal.web.access import public

bp = Blueprint("mail_following", __name__)


@bp.route("/opportunities/<reference>/follow-by-mail", methods=["GET", "POST"])
@public
def ask(reference: str) -> ResponseReturnValue:
    """Take an address; the answer is the same whosever it is."""
    itt = find_published_itt(reference)
    form = FollowForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: ask_to_follow(
            itt=itt,
            email=form.email.data or "",
            origin=origin(),
            keys=current_app.extensions["keys"],
            now=clock.now(),
        )
    ):
        flash("We have written to that address. Open the page in the letter and press its button.", "success")
        return redirect(url_for("clarifications.index", reference=reference))
    return render_template("tendering/clarifying/follow.html", form=form, itt=itt), form.status_code


@bp.get("/following/<token>")
@public
def show(token: str) -> ResponseReturnValue:
    """The page that every letter leads to: opening it changes nothing, its one button confirms or stops."""
    try:
        follower = find_mail_follower(token, keys=current_app.extensions["keys"], now=clock.now())
    except FollowLinkGone:
        return render_template("tendering/clarifying/follow_gone.html"), 410
    follows = follower.confirmed_at is not None
    return render_template("tendering/clarifying/following.html", itt=follower.itt, token=token, follows=follows)


@bp.post("/following/<token>/confirm")
@public
def confirm(token: str) -> ResponseReturnValue:
    """Follow; pressed twice it is the same."""
    return _pressed(token, confirm_following, "You follow this. Answers and changes come by mail.")


@bp.post("/following/<token>/stop")
@public
def stop(token: str) -> ResponseReturnValue:
    """Follow no longer."""
    return _pressed(token, stop_following, "We do not write to you about this any more.")


def _pressed(token: str, act: Callable[..., InvitationToTender], done: str) -> ResponseReturnValue:
    try:
        itt = act(token=token, keys=current_app.extensions["keys"], now=clock.now())
    except FollowLinkGone:
        return render_template("tendering/clarifying/follow_gone.html"), 410
    flash(done, "success")
    return redirect(url_for("clarifications.index", reference=itt.reference))
