"""Assessment summaries, for bidders (and for the authority that issued them)."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.awarding.queries import standstill_of, summary_by_reference
from portal.core.permissions import Verb, policy
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
    price = price_criterion(summary.decision.itt)
    return render_template(
        "awarding/provider/summary.html",
        summary=summary,
        document=summary.document,
        standstill=standstill_of(summary.decision_id),
        price=price,
        formula=FORMULAS[price.price_formula["formula"]] if price and price.price_formula else None,
    )
