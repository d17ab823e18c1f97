"""How long bids stand: officers ask all bidders for longer, each bidder answers."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.awarding.extending import answer_validity, ask_for_validity, requests_of, standing_of
from portal.awarding.forms import ValidityAnswerForm, ValidityForm
from portal.bidding.queries import own_bid
from portal.bidding.validity import validity_of
from portal.core import clock
from portal.core.permissions import Verb, policy
from portal.evaluation.queries import itt_by_reference
from portal.tendering.models import InvitationToTender
from portal.web.access import actor, for_authority, for_provider, require_to_send

bp = Blueprint("validity", __name__)


@bp.route("/commissioning/itts/<reference>/validity", methods=["GET", "POST"])
@for_authority()
def index(reference: str) -> ResponseReturnValue:
    """How long each bid stands, what was asked and answered; a commissioner asks for longer."""
    itt, form = itt_by_reference(reference), ValidityForm()
    require_to_send(Verb.ASK_FOR_VALIDITY, itt)
    policy.require(actor(), Verb.SEE_OPENING, itt)
    if form.validate_on_submit() and form.carry_out(lambda: _ask(itt, form)):
        flash("Every bidder that is still in is asked for the same, and written to.", "success")
        return redirect(url_for(".index", reference=itt.reference))
    page = render_template(
        "awarding/commissioner/validity.html",
        itt=itt,
        form=form,
        may_ask=policy.allows(actor(), Verb.ASK_FOR_VALIDITY, itt),
        standing=standing_of(itt) if itt.opened_at else [],
        requests=requests_of(itt.id),
    )
    return page, form.status_code


@bp.route("/provider/bids/<reference>/validity", methods=["GET", "POST"])
@for_provider()
def answer(reference: str) -> ResponseReturnValue:
    """What the buyer asks, and the bidder's answer."""
    bid, form = own_bid(reference, actor()), ValidityAnswerForm()
    require_to_send(Verb.ANSWER_VALIDITY, bid)
    if form.validate_on_submit() and form.carry_out(
        lambda: answer_validity(bid=bid, agrees=form.verdict.data == "agree", actor=actor(), now=clock.now())
    ):
        flash("Your answer is recorded. A receipt is in your inbox.", "success")
        return redirect(url_for(".answer", reference=bid.reference))
    page = render_template(
        "awarding/provider/validity.html",
        bid=bid,
        form=form,
        validity=validity_of(bid),
        may_answer=policy.allows(actor(), Verb.ANSWER_VALIDITY, bid),
    )
    return page, form.status_code


def _ask(itt: InvitationToTender, form: ValidityForm) -> None:
    ask_for_validity(
        itt=itt,
        until=form.until.data,
        answer_by=form.answer_by.data,
        reason=form.reason.data or "",
        actor=actor(),
        now=clock.now(),
    )
