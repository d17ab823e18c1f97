"""When the young people of a panel can sit."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core.errors import NotFound
from portal.core.permissions import Role, Verb, policy
from portal.evaluation.queries import itt_by_reference
from portal.evaluation.taking_part.forms import TimesForm
from portal.evaluation.taking_part.times import set_sitting_times, times_of
from portal.web.access import actor, for_authority

bp = Blueprint("sitting_times", __name__, url_prefix="/commissioning/itts/<reference>/panels/<uuid:panel_id>")


@bp.route("/sitting-times", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def change(reference: str, panel_id: uuid.UUID) -> ResponseReturnValue:
    """Days and hours, and under which age a parent is asked."""
    itt = itt_by_reference(reference)
    policy.require(actor(), Verb.APPOINT_PANEL, itt)
    panel = next((panel for panel in itt.panels if panel.id == panel_id and panel.kind.is_young_people), None)
    if panel is None:
        raise NotFound("There is no such panel of young people here.")
    form = TimesForm.showing(times_of(panel.id))
    if form.validate_on_submit() and form.carry_out(
        lambda: set_sitting_times(itt=itt, panel=panel, times=form.times(), actor=actor())
    ):
        flash("The times are saved.", "success")
        return redirect(url_for("evaluation_desk.panels", reference=itt.reference))
    return render_template(
        "evaluation/commissioner/sitting_times.html", form=form, itt=itt, panel=panel
    ), form.status_code
