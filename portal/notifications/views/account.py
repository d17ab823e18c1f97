"""The inbox: the record of what a person was told."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.notifications.queries import inbox_of, message_for
from portal.notifications.reading import mark_read
from portal.web.access import actor, signed_in
from portal.web.forms import BaseForm

bp = Blueprint("inbox", __name__, url_prefix="/account/inbox")


@bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    """The newest messages."""
    user_id = actor().user_id
    assert user_id is not None
    return render_template("notifications/account/inbox.html", messages=inbox_of(user_id))


@bp.route("/<uuid:message_id>", methods=["GET", "POST"])
@signed_in
def show(message_id: UUID) -> ResponseReturnValue:
    """One message; posting marks it as read."""
    user_id = actor().user_id
    assert user_id is not None
    message = message_for(user_id, message_id)
    form = BaseForm()
    if form.validate_on_submit() and form.carry_out(lambda: mark_read(message=message, actor=actor(), now=clock.now())):
        return redirect(url_for("inbox.index"))
    return render_template("notifications/account/message.html", message=message, form=form)
