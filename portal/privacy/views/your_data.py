"""One's own data: see it, take it away, ask to be erased."""

from __future__ import annotations

import json

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.accounts.succession import missing_successor
from portal.core import clock
from portal.core.errors import NotAllowed, NotFound
from portal.privacy.asking import ask_erasure, open_request_of, withdraw_erasure
from portal.privacy.exporting import as_text, own_data
from portal.privacy.forms import ErasureForm
from portal.privacy.holdings import held_of
from portal.privacy.queries import last_request_of
from portal.web.access import actor, signed_in
from portal.web.downloads import download
from portal.web.forms import BaseForm

bp = Blueprint("your_data", __name__, url_prefix="/account/your-data")


@bp.get("")
@signed_in
def show() -> ResponseReturnValue:
    """What is held about the person, and what they can do with it."""
    who = current_user.user_id
    return render_template(
        "privacy/account/your_data.html", held=held_of(who), request_made=last_request_of(who), form=BaseForm()
    )


@bp.get("/data.json")
@signed_in
def as_json() -> ResponseReturnValue:
    """Everything, for programs."""
    document = json.dumps(own_data(actor=actor(), now=clock.now()), default=str, ensure_ascii=False, indent=2)
    return download("fairlot-your-data.json", document + "\n", "application/json")


@bp.get("/data.txt")
@signed_in
def as_plain_text() -> ResponseReturnValue:
    """Everything, for people."""
    return download("fairlot-your-data.txt", as_text(own_data(actor=actor(), now=clock.now())), "text/plain")


@bp.route("/erasure", methods=["GET", "POST"])
@signed_in
def erasure() -> ResponseReturnValue:
    """Ask to be erased, after reading what that means."""
    _require_account()
    form = ErasureForm()
    if form.validate_on_submit() and form.carry_out(lambda: ask_erasure(actor=actor())):
        flash(f"You have asked to be erased. You get an answer by {form.outcome.due_date:%-d %B %Y}.", "success")
        return redirect(url_for(".show"))
    page = render_template(
        "privacy/account/erasure.html", form=form, held=held_of(current_user.user_id),
        hand_over=missing_successor(current_user.user_id),
    )  # fmt: skip
    return page, form.status_code


@bp.post("/erasure/withdraw")
@signed_in
def withdraw() -> ResponseReturnValue:
    """Take the request back."""
    waiting = open_request_of(current_user.user_id)
    if waiting is None:
        raise NotFound("There is no request of yours that waits.")
    withdraw_erasure(request=waiting, actor=actor())
    flash("You have taken your request back. Nothing was erased.", "success")
    return redirect(url_for(".show"))


def _require_account() -> None:
    if current_user.email is None:
        raise NotAllowed("You came in with a card. Ask the adult who helps your group.")
