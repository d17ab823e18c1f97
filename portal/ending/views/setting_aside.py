"""Setting a decided award aside before its contract, for the people of the authority."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.queries import names_by_id
from portal.awarding.models import SettingAside
from portal.core import clock
from portal.core.approval import may_decide
from portal.core.permissions import Role, Verb, policy
from portal.ending.aside_queries import (
    agreed_score_of,
    can_be_reopened,
    places_to_leave_empty,
    places_to_withdraw_from,
    setting_aside_of,
    settings_aside_of,
)
from portal.ending.forms import AsideDecisionForm, CorrectionForm, SettingAsideForm
from portal.ending.setting_aside import (
    decide_setting_aside,
    propose_correction,
    propose_empty_place,
    propose_reopening,
    propose_withdrawal,
    refuse_setting_aside,
)
from portal.evaluation.queries import bid_to_score, superseded_results
from portal.tendering.models import InvitationToTender
from portal.tendering.queries import find_itt
from portal.web.access import actor, for_authority, require_to_send

bp = Blueprint("setting_aside", __name__, url_prefix="/commissioning/itts/<reference>/setting-aside")


@bp.route("", methods=["GET", "POST"])
@for_authority()
def show(reference: str) -> ResponseReturnValue:
    """What was set aside or is proposed to be, and a form to propose what can be now."""
    itt = _readable(reference)
    form = _offered(itt)
    if form is None:
        require_to_send(Verb.PROPOSE_SETTING_ASIDE, itt)
    if form is not None and form.validate_on_submit() and form.carry_out(lambda: _propose(itt, form)):
        flash("It is proposed. An approver has been told; nothing changes until then.", "success")
        return redirect(url_for("setting_aside.show", reference=itt.reference))
    proposals = settings_aside_of(itt.id)
    page = render_template(
        "ending/commissioner/setting_aside.html",
        itt=itt,
        form=form,
        proposals=proposals,
        may_decide={one.id for one in proposals if may_decide(one, actor())},
        names=names_by_id(*(person for one in proposals for person in (one.proposed_by_id, one.decided_by_id))),
        results=superseded_results(itt.id) if policy.allows(actor(), Verb.SEE_RESULT, itt) else [],
    )
    return page, form.status_code if form is not None else 200


@bp.route("/score/<uuid:agreed_id>", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def correct(reference: str, agreed_id: uuid.UUID) -> ResponseReturnValue:
    """Propose that a panel agrees this one score again."""
    itt = _readable(reference)
    policy.require(actor(), Verb.PROPOSE_SETTING_ASIDE, itt)
    agreed = agreed_score_of(itt, agreed_id)
    form = CorrectionForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: propose_correction(
            itt=itt, agreed=agreed, actor=actor(), reason=form.reason.data or "", now=clock.now()
        )
    ):
        flash("It is proposed. An approver has been told; nothing changes until then.", "success")
        return redirect(url_for("setting_aside.show", reference=itt.reference))
    page = {"itt": itt, "agreed": agreed, "bid": bid_to_score(itt.id, agreed.bid_id), "form": form}
    return render_template("ending/commissioner/correct.html", **page), form.status_code


@bp.route("/<uuid:proposal_id>", methods=["GET", "POST"])
@for_authority(Role.APPROVER)
def decide(reference: str, proposal_id: uuid.UUID) -> ResponseReturnValue:
    """The second person: agree, or refuse."""
    itt = _readable(reference)
    proposal = setting_aside_of(itt, proposal_id)
    policy.require(actor(), Verb.DECIDE, proposal)
    form = AsideDecisionForm()
    if form.validate_on_submit() and form.carry_out(lambda: _decide(form, proposal)):
        agreed = form.verdict.data == "agree"
        flash("It is done, and the bidders are told." if agreed else "Refused: the award stands.", "success")
        return redirect(url_for("setting_aside.show", reference=itt.reference))
    page = render_template(
        "ending/commissioner/decide_aside.html",
        itt=itt,
        proposal=proposal,
        form=form,
        is_own=proposal.is_own(actor()),
        names=names_by_id(proposal.proposed_by_id),
    )
    return page, form.status_code


def _readable(reference: str) -> InvitationToTender:
    """The procurement, for whoever of its authority may read it."""
    itt = find_itt(reference)
    policy.require(actor(), Verb.READ, itt)
    return itt


def _offered(itt: InvitationToTender) -> SettingAsideForm | None:
    """The form with what this person can propose now; None where there is nothing."""
    if not policy.allows(actor(), Verb.PROPOSE_SETTING_ASIDE, itt):
        return None
    places, vacant, panels = places_to_withdraw_from(itt.id), places_to_leave_empty(itt), can_be_reopened(itt)
    if not (places or vacant or panels):
        return None
    form = SettingAsideForm()
    form.offer(places, vacant, panels)
    return form


def _propose(itt: InvitationToTender, form: SettingAsideForm) -> SettingAside:
    reason, now, chosen = form.reason.data or "", clock.now(), form.what.data
    for place in places_to_withdraw_from(itt.id):
        if str(place.id) == chosen:
            return propose_withdrawal(place=place, actor=actor(), reason=reason, now=now)
    for place in places_to_leave_empty(itt):
        if str(place.id) == chosen:
            return propose_empty_place(place=place, actor=actor(), reason=reason, now=now)
    panel = next((panel for panel in itt.panels if panel.key == chosen), None)
    return propose_reopening(itt=itt, panel=panel, actor=actor(), reason=reason, now=now)


def _decide(form: AsideDecisionForm, proposal: SettingAside) -> None:
    act = decide_setting_aside if form.verdict.data == "agree" else refuse_setting_aside
    act(proposal=proposal, actor=actor(), note=form.note.data or "", now=clock.now())
