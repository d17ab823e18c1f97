"""Assessment summaries, for bidders (and for the authority that issued them)."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.awarding.models import AssessmentSummary
from portal.awarding.queries import standstill_of, summary_by_reference
from portal.core.permissions import Verb, policy
from portal.tendering.by_lot import formula_in
from portal.tendering.tree import price_criterion
from portal.web.access import actor, signed_in
from tender_scoring.prices import FORMULAS

bp = Blueprint("summaries", __name__, url_prefix="/provider/summaries")


@bp.get("/<reference>")
@signed_in
def show(reference: str) -> ResponseReturnValue:
    """One bidder's summary, ready to print."""
    summary = summary_by_reference(reference)
    policy.require(actor(), Verb.READ, summary)
    lot = summary.decision.lot
    stated = formula_in(lot)
    return render_template(
        "awarding/provider/summary.html",
        summary=summary,
        document=summary.document,
        standstill=standstill_of(summary.decision_id),
        left=[place for place in summary.decision.places if not place.status.is_awarded],
        may_withdraw=_may_withdraw(summary),
        price=price_criterion(lot.itt),
        formula=FORMULAS[stated["formula"]] if stated else None,
    )


def _may_withdraw(summary: AssessmentSummary) -> bool:
    """Whether its reader can ask to withdraw from what it won, as far as it is known here: contracts come later."""
    decision = summary.decision
    has_won = decision.is_decided and any(place.bid_id == summary.bid_id for place in decision.standing)
    return has_won and decision.itt.can_end and policy.allows(actor(), Verb.WITHDRAW_FROM_AWARD, summary.bid)
