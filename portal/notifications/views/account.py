"""The inbox, the record of what a person was told, and what of it is mailed as well."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.core import clock
from portal.core.parsing.text import tidy
from portal.notifications.choosing import choose_topics, muted_topics
from portal.notifications.forms import TopicsForm
from portal.notifications.inbox import (
    SEARCHED,
    Filters,
    Letterbox,
    letterbox_of,
    letters_of,
    mark_all_read,
    mark_read,
    threads_of,
)
from portal.notifications.topics import topics_for
from portal.web.access import actor, signed_in
from portal.web.forms import PlainForm
from portal.web.transactions import keep_what_was_noted

bp = Blueprint("inbox", __name__, url_prefix="/account/inbox")


@bp.app_template_global("letterbox")
def letterbox() -> Letterbox:
    """What the page says of its reader's letters: one statement a page, and none where no page is drawn."""
    if "letterbox" not in g:
        g.letterbox = letterbox_of(_own()) if current_user.is_authenticated else Letterbox()
    found: Letterbox = g.letterbox
    return found


@bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    """The threads, the newest first: all of them, or those that the filters let through."""
    filters = _filters()
    page = threads_of(_own(), filters, after=request.args.get("after", ""))
    given: dict[str, Any] = request.args.to_dict()
    return render_template(
        "notifications/account/inbox.html",
        page=page,
        filters=filters,
        topics=topics_for(actor().roles),
        searched=SEARCHED,
        next_href=url_for(".index", **given | {"after": page.next_key}) if page.next_key else None,
    )


@bp.get("/<uuid:message_id>")
@signed_in
def show(message_id: UUID) -> ResponseReturnValue:
    """A message with the others about the same thing; whoever has looked at them has read them."""
    letters = letters_of(_own(), message_id, after=request.args.get("after", ""))
    mark_read(letters=letters, actor=actor(), now=clock.now())
    keep_what_was_noted()
    more = url_for(".show", message_id=message_id, after=letters.next_key) if letters.next_key else None
    return render_template("notifications/account/thread.html", letters=letters, next_href=more)


@bp.post("/read")
@signed_in
def read_all() -> ResponseReturnValue:
    """Everything is read."""
    form = PlainForm()
    if form.validate_on_submit() and form.carry_out(lambda: mark_all_read(actor=actor(), now=clock.now())):
        flash("Everything in your inbox is marked as read.", "success")
    return redirect(url_for(".index"))


@bp.route("/topics", methods=["GET", "POST"])
@signed_in
def topics() -> ResponseReturnValue:
    """What we write to you about, and what of it is mailed."""
    offered = topics_for(actor().roles)
    form = TopicsForm.offering(offered, muted_topics(_own()))
    if form.validate_on_submit() and form.carry_out(lambda: choose_topics(mailed=form.mailed.data, actor=actor())):
        flash("Your choice is saved. Everything still comes to your inbox here.", "success")
        return redirect(url_for(".topics"))
    page = render_template("notifications/account/topics.html", form=form, topics=offered)
    return page, form.status_code


def _filters() -> Filters:
    given = request.args
    return Filters(tidy(given.get("words", "")), given.get("topic", ""), given.get("new", "") == "1")


def _own() -> UUID:
    user_id = actor().user_id
    assert user_id is not None
    return user_id
