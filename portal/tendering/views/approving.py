"""A commissioner asks for a second person, and an approver looks at what is ready and what is missing."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.permissions import Role, Verb, policy
from portal.tendering.approving import (
    approve_publication,
    ask_to_publish,
    problems_to_mend,
    send_back,
    standing_of,
)
from portal.tendering.forms.approving import PublicationDecisionForm
from portal.tendering.forms.service import ConfirmForm
from portal.tendering.groundwork_records import groundwork_of
from portal.tendering.interests.queries import assessments_of, has_declared, register_of
from portal.tendering.models import InvitationToTender
from portal.tendering.queries import find_itt
from portal.tendering.views.blueprint import bp, draft_of
from portal.tendering.views.tasks import groups_of
from portal.tendering.warnings import warnings_of
from portal.web.access import actor, for_authority, require_to_send


@bp.route("/<reference>/ask", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def ask(reference: str) -> ResponseReturnValue:
    """What is ready, what is missing, and the button that asks an approver."""
    itt = draft_of(reference)
    form = ConfirmForm()
    if form.validate_on_submit() and form.carry_out(lambda: ask_to_publish(itt=itt, actor=actor(), now=clock.now())):
        flash("Asked. The approvers have been told; a change of the draft takes it back.", "success")
        return redirect(url_for("itts.draft", reference=reference))
    return _gates(itt, form), form.status_code


@bp.route("/<reference>/approve", methods=["GET", "POST"])
@for_authority()
def approve(reference: str) -> ResponseReturnValue:
    """The same for the second person, who approves it or sends it back."""
    itt = find_itt(reference)
    policy.require(actor(), Verb.SEE_INTERESTS, itt)
    require_to_send(Verb.APPROVE_PUBLICATION, itt)
    form = PublicationDecisionForm()
    if form.validate_on_submit() and form.carry_out(lambda: _decide(form, itt)):
        flash("Your decision is recorded.", "success")
        return redirect(url_for("itts.draft", reference=reference))
    return _gates(itt, form), form.status_code


def _decide(form: PublicationDecisionForm, itt: InvitationToTender) -> None:
    act = approve_publication if form.verdict.data == "approve" else send_back
    act(itt=itt, actor=actor(), note=form.note.data or "", now=clock.now())


def _gates(itt: InvitationToTender, form: ConfirmForm | PublicationDecisionForm) -> str:
    problems, approval = problems_to_mend(itt, clock.now()), standing_of(itt, actor())
    may_edit = policy.allows(actor(), Verb.EDIT, itt)
    return render_template(
        "tendering/commissioner/gates.html",
        form=form,
        itt=itt,
        problems=problems,
        groups=groups_of(itt, problems, may_edit=may_edit)[:-1],
        warnings=warnings_of(itt, clock.now()),
        approval=approval,
        may_ask=may_edit and approval.asked is None and not itt.law.names_one_provider,
        has_declared=has_declared(itt.id, actor()),
        register=register_of(itt.id).entries,
        assessment=next(iter(assessments_of(itt.id)), None),
        groundwork=groundwork_of(itt.id),
    )
