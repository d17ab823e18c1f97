"""Officers declare their interests, answer those of others, and make the conflicts assessment."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.queries import colleagues_of, names_by_id
from portal.core import clock
from portal.core.approval import may_decide
from portal.core.permissions import Role, Verb, policy
from portal.tendering.interests.assessing import assess_conflicts, confirm_assessment
from portal.tendering.interests.declaring import declare_own_interest, name_person, unname_person
from portal.tendering.interests.forms import (
    AssessmentForm,
    DeclarationForm,
    MitigationDecisionForm,
    MitigationForm,
    NamingForm,
)
from portal.tendering.interests.links import kind_in_words
from portal.tendering.interests.mitigating import decide_mitigation, propose_mitigation
from portal.tendering.interests.models import Mitigation
from portal.tendering.interests.queries import (
    assessments_of,
    confirmations_among,
    interest_of,
    interest_with_id,
    mitigation_with_id,
    register_of,
)
from portal.tendering.interests.states import MitigationOutcome
from portal.tendering.models import InvitationToTender
from portal.tendering.queries import find_itt
from portal.web.access import actor, for_authority, require_to_send, safe_next

bp = Blueprint("interests", __name__, url_prefix="/commissioning/itts/<reference>/interests")
bp.add_app_template_filter(kind_in_words)


@bp.get("")
@for_authority()
def index(reference: str) -> ResponseReturnValue:
    """Who influences the procurement, what they declared, and the conflicts assessment."""
    itt = find_itt(reference)
    policy.require(actor(), Verb.SEE_INTERESTS, itt)
    assessments, register = assessments_of(itt.id), register_of(itt.id)
    return render_template(
        "tendering/interests/index.html",
        itt=itt,
        register=register.entries,
        gone=register.gone,
        own=interest_of(itt.id, actor().user_id),
        assessments=assessments,
        confirmed=confirmations_among(assessments),
        makers=names_by_id(*(one.made_by_id for one in assessments)),
        faults=list(register.faults()),
        may_declare=policy.allows(actor(), Verb.DECLARE_INTEREST, itt),
        may_assess=policy.allows(actor(), Verb.ASSESS_CONFLICTS, itt),
    )


@bp.route("/declare", methods=["GET", "POST"])
@for_authority()
def declare(reference: str) -> ResponseReturnValue:
    """One's own interests; afterwards on with the act that asked for them (`next`), where one did."""
    itt = find_itt(reference)
    policy.require(actor(), Verb.DECLARE_INTEREST, itt)
    own = interest_of(itt.id, actor().user_id)
    form = DeclarationForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: declare_own_interest(
            itt=itt,
            has_interest=form.interest.data == "yes",
            detail=form.detail.data or "",
            actor=actor(),
            now=clock.now(),
        )
    ):
        flash("Your declaration is recorded.", "success")
        return redirect(safe_next(request.args.get("next"), _after_declaring(itt)))
    back = safe_next(request.args.get("next"), url_for("commissioning_desk.itt", reference=itt.reference))
    return render_template("tendering/interests/declare.html", form=form, itt=itt, own=own, back=back), form.status_code


@bp.route("/name", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def name(reference: str) -> ResponseReturnValue:
    """Somebody who influences it without working on the draft."""
    itt = _to_assess(reference)
    form = NamingForm()
    form.offer(
        colleagues_of(itt.authority), {one.user_id for one in register_of(itt.id).entries if one.panel_id is None}
    )
    if form.validate_on_submit() and form.carry_out(
        lambda: name_person(itt=itt, user_id=form.chosen, part=form.part.data, actor=actor())
    ):
        flash("They are in the register, and have been asked to declare.", "success")
        return redirect(url_for(".index", reference=reference))
    return render_template("tendering/interests/name.html", form=form, itt=itt), form.status_code


@bp.post("/<uuid:interest_id>/unname")
@for_authority(Role.COMMISSIONER)
def unname(reference: str, interest_id: uuid.UUID) -> ResponseReturnValue:
    """Take out somebody who was named by mistake."""
    itt = _to_assess(reference)
    unname_person(interest=interest_with_id(itt.id, interest_id), actor=actor())
    flash("Taken out of the register.", "success")
    return redirect(url_for(".index", reference=reference))


@bp.route("/<uuid:interest_id>/answer", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def answer(reference: str, interest_id: uuid.UUID) -> ResponseReturnValue:
    """Propose what is done about an interest."""
    itt = _to_assess(reference)
    interest = interest_with_id(itt.id, interest_id)
    form = MitigationForm().about(interest)
    if form.validate_on_submit() and form.carry_out(
        lambda: propose_mitigation(
            interest=interest,
            outcome=MitigationOutcome(form.outcome.data),
            words=form.words.data or "",
            actor=actor(),
            now=clock.now(),
        )
    ):
        flash("Proposed. An approver has been told.", "success")
        return redirect(url_for(".index", reference=reference))
    return render_template("tendering/interests/answer.html", form=form, itt=itt, interest=interest), form.status_code


@bp.route("/answers/<uuid:mitigation_id>", methods=["GET", "POST"])
@for_authority()
def mitigation(reference: str, mitigation_id: uuid.UUID) -> ResponseReturnValue:
    """One answer to an interest: the second person decides about it."""
    itt = find_itt(reference)
    found = mitigation_with_id(itt.id, mitigation_id)
    policy.require(actor(), Verb.READ, found)
    require_to_send(Verb.DECIDE, found)
    form = MitigationDecisionForm()
    if form.validate_on_submit() and form.carry_out(lambda: _decide(form, found)):
        flash("Your decision is recorded.", "success")
        return redirect(url_for(".index", reference=reference))
    page = render_template(
        "tendering/interests/mitigation.html",
        form=form,
        itt=itt,
        mitigation=found,
        may_decide=may_decide(found, actor()),
        names=names_by_id(found.proposed_by_id, found.decided_by_id),
    )
    return page, form.status_code


@bp.route("/assessment", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def assess(reference: str) -> ResponseReturnValue:
    """The conflicts assessment: made, or revised."""
    itt = _to_assess(reference)
    last = next(iter(assessments_of(itt.id)), None)
    form = AssessmentForm(data={"known": last.known, "perceived": last.perceived} if last else None)
    if form.validate_on_submit() and form.carry_out(
        lambda: assess_conflicts(
            itt=itt,
            known=form.known.data or "",
            perceived=form.perceived.data or "",
            actor=actor(),
            now=clock.now(),
        )
    ):
        flash("The conflicts assessment is recorded.", "success")
        return redirect(url_for(".index", reference=reference))
    page = render_template(
        "tendering/interests/assess.html", form=form, itt=itt, last=last, register=register_of(itt.id).entries
    )
    return page, form.status_code


@bp.post("/assessment/confirm")
@for_authority(Role.COMMISSIONER)
def confirm(reference: str) -> ResponseReturnValue:
    """The conflicts assessment was looked at again, and holds."""
    confirm_assessment(itt=_to_assess(reference), actor=actor(), now=clock.now())
    flash("The conflicts assessment is confirmed.", "success")
    return redirect(url_for(".index", reference=reference))


def _decide(form: MitigationDecisionForm, found: Mitigation) -> None:
    agreed, note = form.verdict.data == "agree", form.note.data or ""
    decide_mitigation(mitigation=found, agreed=agreed, note=note, actor=actor(), now=clock.now())


def _to_assess(reference: str) -> InvitationToTender:
    itt = find_itt(reference)
    policy.require(actor(), Verb.ASSESS_CONFLICTS, itt)
    return itt


def _after_declaring(itt: InvitationToTender) -> str:
    """The register, for whoever may read it; else the procurement."""
    if policy.allows(actor(), Verb.SEE_INTERESTS, itt):
        return url_for(".index", reference=itt.reference)
    return url_for("commissioning_desk.itt", reference=itt.reference)
