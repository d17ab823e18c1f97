"""A provider sees every call-off that it may answer now, and says in one click that one is not for it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.errors import NotFound
from portal.tendering.entitlement import open_call_offs_for
from portal.tendering.forms.calling_off import DeclineForm
from portal.tendering.inviting import decline_invitation, own_invitation
from portal.tendering.queries import find_published_itt
from portal.web.access import actor, for_provider

bp = Blueprint("invitations", __name__, url_prefix="/provider/invitations")


@bp.get("")
@for_provider()
def index() -> ResponseReturnValue:
    """Every open call-off that the provider may answer, those from before it joined too."""
    return _page(DeclineForm(formdata=None))


@bp.post("/<reference>/decline")
@for_provider()
def decline(reference: str) -> ResponseReturnValue:
    """Not for us; it can still bid."""
    itt = find_published_itt(reference)
    own_invitation(itt, actor())
    form = DeclineForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: decline_invitation(itt=itt, actor=actor(), reason=form.reason.data, now=clock.now())
    ):
        flash("Noted. You can still bid until the closing time if you change your mind.", "success")
        return redirect(url_for("invitations.index"))
    return _page(form), form.status_code


def _page(form: DeclineForm) -> str:
    provider_id = actor().provider_id
    if provider_id is None:
        raise NotFound("There is nothing here for you.")
    now = clock.now()
    return render_template(
        "tendering/provider/invitations.html",
        form=form,
        now=now,
        rows=[
            (itt, invitation)
            for itt, invitation in open_call_offs_for(provider_id, now)
            if itt.framework_lot is not None
        ],
    )
