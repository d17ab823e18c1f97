"""Taking somebody off a panel, for the commissioners."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.queries import names_by_id
from portal.core import clock
from portal.core.errors import NotFound
from portal.core.permissions import Role, Verb, policy
from portal.evaluation.forms.panels import RemovalDecisionForm, RemovalForm
from portal.evaluation.models import PanelMember
from portal.evaluation.moderation_queries import seats_of
from portal.evaluation.queries import itt_by_reference, work_of
from portal.evaluation.removing import decide_panel_removal, propose_panel_removal, remove_panel_member, takes_two
from portal.tendering.models import InvitationToTender
from portal.web.access import actor, for_authority
from portal.web.forms import BaseForm

bp = Blueprint("panel_removals", __name__, url_prefix="/commissioning/itts/<reference>/panels/<uuid:panel_id>/members")


@bp.route("/<uuid:member_id>/remove", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def remove(reference: str, panel_id: uuid.UUID, member_id: uuid.UUID) -> ResponseReturnValue:
    """Take a member off a panel; where their scores count, propose it with a reason."""
    itt, member = _found(reference, panel_id, member_id)
    if member.removal_proposed_by_id is not None:
        return redirect(url_for(".decide", reference=itt.reference, panel_id=panel_id, member_id=member_id))
    two, form = takes_two(work_of(panel_id), member), RemovalForm()
    if form.validate_on_submit() and form.carry_out(lambda: _remove(itt, member, form, two=two)):
        what = "Another commissioner decides." if two else f"{member.alias} is no longer on the {member.panel.name}."
        flash(what, "success")
        return redirect(url_for("evaluation_desk.panels", reference=itt.reference))
    return _page("remove", form, itt, member, two=two)


@bp.route("/<uuid:member_id>/removal", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def decide(reference: str, panel_id: uuid.UUID, member_id: uuid.UUID) -> ResponseReturnValue:
    """As the second person, take them off or keep them."""
    itt, member = _found(reference, panel_id, member_id)
    if member.removal_proposed_by_id is None:
        raise NotFound("Nobody proposes to take them off the panel.")
    form = RemovalDecisionForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: decide_panel_removal(
            itt=itt, member=member, agreed=form.verdict.data == "remove", actor=actor(), now=clock.now()
        )
    ):
        flash("Your decision is recorded.", "success")
        return redirect(url_for("evaluation_desk.panels", reference=itt.reference))
    own = member.removal_half.person_id == actor().user_id
    return _page("removal", form, itt, member, own=own, names=names_by_id(member.removal_proposed_by_id))


def _found(reference: str, panel_id: uuid.UUID, member_id: uuid.UUID) -> tuple[InvitationToTender, PanelMember]:
    itt = itt_by_reference(reference)
    policy.require(actor(), Verb.APPOINT_PANEL, itt)
    if all(panel.id != panel_id for panel in itt.panels):
        raise NotFound("There is no such panel.")
    for member in seats_of(panel_id):
        if member.id == member_id:
            return itt, member
    raise NotFound("There is no such member of this panel.")


def _remove(itt: InvitationToTender, member: PanelMember, form: RemovalForm, *, two: bool) -> None:
    if two:
        reason = form.reason.data or ""
        propose_panel_removal(itt=itt, member=member, reason=reason, actor=actor(), now=clock.now())
    else:
        remove_panel_member(itt=itt, member=member, actor=actor(), now=clock.now())


def _page(name: str, form: BaseForm, itt: InvitationToTender, member: PanelMember, **shown: Any) -> ResponseReturnValue:
    page = f"evaluation/commissioner/{name}.html"
    return render_template(page, form=form, itt=itt, panel=member.panel, member=member, **shown), form.status_code
