"""People whom mail does not reach: oneself, and for administrators the people of their organisation."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.notifications.dead_addresses import dead_addresses_for, send_again
from portal.web.access import actor, signed_in
from portal.web.forms import PlainForm

bp = Blueprint("unreached", __name__, url_prefix="/account/unreached")


@bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    """Whom mail does not reach, since when, and what to do."""
    found = dead_addresses_for(actor())
    own = next((one for one in found if one.user_id == actor().user_id), None)
    others = [one for one in found if one is not own]
    return render_template("notifications/account/unreached.html", own=own, others=others)


@bp.post("/<uuid:person_id>/again")
@signed_in
def again(person_id: UUID) -> ResponseReturnValue:
    """Try again what was given up."""
    form = PlainForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: send_again(person_id=person_id, actor=actor(), now=clock.now())
    ):
        flash("The mail that came back is sent again within half a minute.", "success")
    return redirect(url_for(".index"))
