"""Naming the safeguarding lead of a young people's panel."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core.errors import NotFound
from portal.core.permissions import Role, Verb, policy
from portal.evaluation.queries import itt_by_reference, works_of_itt
from portal.evaluation.safeguarding.forms import LeadForm
from portal.evaluation.safeguarding.naming import name_safeguarding_lead, possible_leads
from portal.tendering.models import InvitationToTender, Panel
from portal.web.access import actor, for_authority

bp = Blueprint("safeguarding_desk", __name__, url_prefix="/commissioning/itts/<reference>")


@bp.route("/panels/<uuid:panel_id>/safeguarding", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def name(reference: str, panel_id: uuid.UUID) -> ResponseReturnValue:
    """Name the safeguarding lead and the deputy of a panel."""
    itt = itt_by_reference(reference)
    policy.require(actor(), Verb.NAME_SAFEGUARDING_LEAD, itt)
    panel = _young_panel(itt, panel_id)
    people, form = possible_leads(itt.authority), _form(itt, panel)
    form.offer(people)
    if form.validate_on_submit() and form.carry_out(
        lambda: name_safeguarding_lead(itt=itt, panel=panel, **form.chosen(), actor=actor())
    ):
        flash("Named. We have written to them. Cards can be issued from the opening on.", "success")
        return redirect(url_for("evaluation_desk.panels", reference=itt.reference))
    page = "evaluation/commissioner/safeguarding.html"
    return render_template(page, form=form, itt=itt, panel=panel, people=people), form.status_code


def _young_panel(itt: InvitationToTender, panel_id: uuid.UUID) -> Panel:
    found = next((panel for panel in itt.panels if panel.id == panel_id and panel.kind.is_young_people), None)
    if found is None:
        raise NotFound("There is no such panel of young people.")
    return found


def _form(itt: InvitationToTender, panel: Panel) -> LeadForm:
    work = works_of_itt(itt.id).get(panel.id)
    named = (work.safeguarding_lead_id, work.safeguarding_deputy_id) if work else (None, None)
    return LeadForm(data=dict(zip(("lead", "deputy"), (str(one or "") for one in named), strict=True)))
