"""A provider's desk: its bids, what suits it, what it was told."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.awarding.queries import summaries_of_provider
from portal.bidding.queries import bids_of_provider
from portal.contracts.queries import contracts_of_provider
from portal.core import clock
from portal.dashboards.joining import joining_of
from portal.dashboards.queries import PAGE, is_unsubmitted, opportunities_for
from portal.web.access import actor, for_provider

bp = Blueprint("provider_desk", __name__, url_prefix="/provider")


@bp.get("")
@for_provider()
def index() -> ResponseReturnValue:
    """Everything of the organisation's, on one page."""
    provider_id = actor().provider_id
    assert provider_id is not None
    now = clock.now()
    bids = bids_of_provider(provider_id, most=PAGE)
    return render_template(
        "dashboards/provider/index.html",
        bids=bids,
        unsubmitted=[bid for bid in bids if is_unsubmitted(bid, now)],
        opportunities=opportunities_for(provider_id, now),
        summaries=summaries_of_provider(provider_id),
        contracts=contracts_of_provider(provider_id),
        joining=joining_of(provider_id, now),
        now=now,
    )
