"""The facilitator records who agreed that a young person takes part."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.errors import NotFound
from portal.core.permissions import Role, Verb, policy
from portal.evaluation.models import PanelMember
from portal.evaluation.queries import work_of
from portal.evaluation.taking_part.agreeing import record_age_band, taking_part_of
from portal.evaluation.taking_part.forms import AgeBandForm
from portal.evaluation.taking_part.times import times_of
from portal.extensions import db
from portal.web.access import actor, for_panel

bp = Blueprint("taking_part", __name__, url_prefix="/panel/<uuid:panel_id>/cards")


@bp.route("/<uuid:member_id>/taking-part", methods=["GET", "POST"])
@for_panel(Role.FACILITATOR)
def change(panel_id: uuid.UUID, member_id: uuid.UUID) -> ResponseReturnValue:
    """How old a young person is, and how a parent agreed."""
    work = work_of(panel_id)
    policy.require(actor(), Verb.PREPARE_SITTINGS, work)
    member = db.session.get(PanelMember, member_id)
    if member is None or member.panel_id != panel_id:
        raise NotFound("There is no such young person on your panel.")
    form = AgeBandForm.showing(taking_part_of([member.user_id]).get(member.user_id))
    if form.validate_on_submit() and form.carry_out(
        lambda: record_age_band(
            work=work,
            member_id=member_id,
            **form.said(),
            actor=actor(),
            now=clock.now(),
        )
    ):
        flash(f"Saved for {member.alias}.", "success")
        return redirect(url_for("panel_desk.cards", panel_id=panel_id))
    page = "evaluation/panel/taking_part.html"
    until = times_of(panel_id).parents_until
    return render_template(page, form=form, work=work, member=member, until=until), form.status_code
