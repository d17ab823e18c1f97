"""The authority's page of the late box: when something came, what a first person proposes, what a second decides."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.bidding.forms.bids import LateDecisionForm, LateProposalForm
from portal.bidding.late_box import decide_late, how_late, late_bids_of, propose_late
from portal.bidding.queries import own_itt
from portal.core.permissions import Role, Verb, policy
from portal.tendering.models import InvitationToTender
from portal.web.access import actor, for_authority

bp = Blueprint("late_box", __name__, url_prefix="/commissioning/itts/<reference>/late-box")


@bp.get("")
@for_authority()
def index(reference: str) -> ResponseReturnValue:
    """What is in the box."""
    return _page(own_itt(reference, actor()), LateProposalForm(formdata=None), LateDecisionForm(formdata=None))


@bp.post("/propose")
@for_authority(Role.COMMISSIONER)
def propose(reference: str) -> ResponseReturnValue:
    """Propose to admit or refuse one."""
    itt = own_itt(reference, actor())
    policy.require(actor(), Verb.PROPOSE_LATE, itt)
    form = LateProposalForm()
    act = partial(propose_late, itt=itt, actor=actor())
    if form.validate_on_submit() and form.carry_out(
        lambda: act(late_id=form.late_id, admits=form.verdict.data == "admit", reason=form.reason.data or "")
    ):
        flash("Your proposal is recorded. An approver decides.", "success")
        return redirect(url_for(".index", reference=reference))
    return _page(itt, form, LateDecisionForm(formdata=None))


@bp.post("/decide")
@for_authority(Role.APPROVER)
def decide(reference: str) -> ResponseReturnValue:
    """Decide about one as the second person."""
    itt = own_itt(reference, actor())
    policy.require(actor(), Verb.DECIDE_LATE, itt)
    form = LateDecisionForm()
    act = partial(decide_late, itt=itt, actor=actor())
    if form.validate_on_submit() and form.carry_out(
        lambda: act(late_id=form.late_id, agrees=form.verdict.data == "agree")
    ):
        flash("Your decision is recorded, and the bidder is told.", "success")
        return redirect(url_for(".index", reference=reference))
    return _page(itt, LateProposalForm(formdata=None), form)


def _page(itt: InvitationToTender, proposing: LateProposalForm, deciding: LateDecisionForm) -> ResponseReturnValue:
    sent = next((form for form in (proposing, deciding) if form.is_submitted() and form.which.data), None)
    page = render_template(
        "bidding/commissioner/late_box.html",
        itt=itt,
        late_bids=late_bids_of(itt),
        how_late=how_late,
        proposing=proposing,
        deciding=deciding,
        sent=sent,
        may_propose=policy.allows(actor(), Verb.PROPOSE_LATE, itt),
        may_decide=policy.allows(actor(), Verb.DECIDE_LATE, itt),
        who=actor(),
    )
    return page, max(proposing.status_code, deciding.status_code)
