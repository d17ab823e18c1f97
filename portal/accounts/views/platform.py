"""The platform's own administrators."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.forms.people import ColleagueForm
from portal.accounts.platform_people import end_platform_access, platform_people, platform_person
from portal.core import clock
from portal.web.access import actor, for_platform

bp = Blueprint("platform_people", __name__, url_prefix="/account/platform")


@bp.get("")
@for_platform
def index() -> ResponseReturnValue:
    """List them."""
    return render_template("accounts/platform/index.html", people=platform_people(actor()))


@bp.route("/<uuid:user_id>/end", methods=["GET", "POST"])
@for_platform
def end(user_id: uuid.UUID) -> ResponseReturnValue:
    """End the access of one, after asking."""
    person = platform_person(user_id, actor())
    form = ColleagueForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: end_platform_access(person=person, actor=actor(), now=clock.now())
    ):
        flash(f"{person.display_name} no longer has access.", "success")
        return redirect(url_for(".index"))
    return render_template("accounts/platform/end.html", form=form, person=person), form.status_code
