"""What a bidder reads of how its own bid was judged."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.bidding.queries import own_bid
from portal.judging.queries import failures_of, prompts_of
from portal.web.access import actor, for_provider

bp = Blueprint("own_judgements", __name__, url_prefix="/provider/bids/<reference>/judgements")


@bp.get("")
@for_provider()
def show(reference: str) -> ResponseReturnValue:
    """Why the bid is out of scoring and ranking, where it is."""
    bid = own_bid(reference, actor())
    failures = failures_of(bid.id)
    return render_template("judging/provider/show.html", bid=bid, failures=failures, prompts=prompts_of(bid.itt_id))
