"""Mail that did not leave, for those who run the portal."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.audit.outbox import revive_dead
from portal.core import clock
from portal.notifications.queries import undelivered_mail, undelivered_to_followers
from portal.web.access import for_platform
from portal.web.forms import BaseForm

bp = Blueprint("undelivered", __name__, url_prefix="/admin/undelivered")


@bp.route("", methods=["GET", "POST"])
@for_platform
def index() -> ResponseReturnValue:
    """What failed, why, and a button to try again what was given up."""
    form = BaseForm()
    if form.validate_on_submit():
        count = revive_dead(now=clock.now())
        flash(f"{count} given up before will be tried again within half a minute.", "success")
        return redirect(url_for("undelivered.index"))
    given_up, waiting = undelivered_to_followers()
    return render_template(
        "notifications/admin/undelivered.html",
        mails=undelivered_mail(),
        given_up=given_up,
        waiting=waiting,
        form=form,
    )
