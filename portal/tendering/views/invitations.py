"""A provider sees every call-off that it may answer now, and says of any invitation that it is not for it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.errors import NotFound
from portal.tendering.declining import decline as say_no
from portal.tendering.declining import own_decline, take_back_decline
from portal.tendering.entitlement import open_call_offs_for
from portal.tendering.forms.calling_off import DeclineForm
from portal.tendering.queries import find_published_itt
from portal.web.access import actor, for_provider

bp = Blueprint("invitations", __name__, url_prefix="/provider/invitations")


@bp.get("")
@for_provider()
def index() -> ResponseReturnValue:
    """Every open call-off that the provider may answer, those from before it joined too."""
    provider_id = actor().provider_id
    if provider_id is None:
        raise NotFound("There is nothing here for you.")
    now = clock.now()
    rows = open_call_offs_for(provider_id, now)
    return render_template("tendering/provider/invitations.html", now=now, rows=rows)


@bp.route("/<reference>/decline", methods=["GET", "POST"])
@for_provider()
def decline(reference: str) -> ResponseReturnValue:
    """Not for us, and why; it can still bid."""
    itt = find_published_itt(reference)
    said, form = own_decline(itt, actor()), DeclineForm()
    if form.validate_on_submit() and form.carry_out(lambda: say_no(itt=itt, reason=form.reason.data, actor=actor())):
        flash("Noted. You can still bid until the closing time if you change your mind.", "success")
        return redirect(url_for("opportunities.show", reference=itt.reference))
    if said is not None and not form.is_submitted():
        form.reason.data = said.reason
    page = render_template("tendering/provider/decline.html", form=form, itt=itt, said=said, now=clock.now())
    return page, form.status_code


@bp.post("/<reference>/decline/take-back")
@for_provider()
def take_back(reference: str) -> ResponseReturnValue:
    """For us after all."""
    itt = find_published_itt(reference)
    take_back_decline(itt=itt, actor=actor())
    flash("What you said is taken back: nothing of it is kept.", "success")
    return redirect(url_for("opportunities.show", reference=itt.reference))
