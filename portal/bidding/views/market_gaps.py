"""The authority's report of where a framework's market is thin, as a page and for a spreadsheet."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from portal.bidding.market_gaps import market_gaps, told
from portal.core.permissions import Verb
from portal.core.words import london_date
from portal.frameworks.queries import framework_for
from portal.web.access import actor, for_authority
from portal.web.downloads import csv_download

bp = Blueprint("market_gaps", __name__, url_prefix="/commissioning/frameworks/<reference>/market-gaps")

COLUMNS = ("Call-off", "Title", "Lot", "Closed", "Invited", "Bid", "Declined", "Silent", "Why they declined")


@bp.get("")
@for_authority()
def show(reference: str) -> str:
    """Every opened call-off: who was asked, who bid, and why others did not."""
    framework = framework_for(reference, actor(), Verb.SEE_APPLICATIONS)
    gaps = market_gaps(framework)
    return render_template("bidding/commissioner/market_gaps.html", framework=framework, gaps=gaps, told=told(gaps))


@bp.get("/market-gaps.csv")
@for_authority()
def file(reference: str) -> Response:
    """The same as a table."""
    framework = framework_for(reference, actor(), Verb.SEE_APPLICATIONS)
    rows = [
        (
            gap.reference,
            gap.title,
            gap.lot,
            london_date(gap.closes_at),
            *(str(number) for number in (gap.invited, gap.bidders, gap.declined, gap.silent)),
            gap.reasons_told,
        )
        for gap in market_gaps(framework)
    ]
    return csv_download(f"market-gaps-{framework.reference}.csv", COLUMNS, rows)
