"""The report of where the market is thin, of a framework or of all of an authority, as a page and for a spreadsheet."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from flask import Blueprint, Response, render_template

from portal.bidding.market_gaps import Gap, gaps_of_authority, gaps_of_framework, told
from portal.core.permissions import Verb
from portal.core.words import london_date
from portal.frameworks.models import Framework
from portal.frameworks.queries import framework_for
from portal.web.access import actor, for_authority
from portal.web.downloads import csv_download

bp = Blueprint("market_gaps", __name__, url_prefix="/commissioning")

COLUMNS = (
    "Reference",
    "Title",
    "Called off from lot",
    "Closed",
    "Invited",
    "Bid",
    "Declined",
    "Silent",
    "Why they declined",
)


@bp.get("/market-gaps")
@for_authority()
def index() -> str:
    """Every opened procurement of the authority: who was asked, who bid, and why others did not."""
    return _page(gaps_of_authority(_authority_id()))


@bp.get("/market-gaps.csv")
@for_authority()
def whole_file() -> Response:
    """The same as a table."""
    return _file("market-gaps.csv", gaps_of_authority(_authority_id()))


@bp.get("/frameworks/<reference>/market-gaps")
@for_authority()
def show(reference: str) -> str:
    """Of one framework's call-offs, whoever bought."""
    framework = framework_for(reference, actor(), Verb.SEE_APPLICATIONS)
    return _page(gaps_of_framework(framework), framework)


@bp.get("/frameworks/<reference>/market-gaps/market-gaps.csv")
@for_authority()
def file(reference: str) -> Response:
    """The same as a table."""
    framework = framework_for(reference, actor(), Verb.SEE_APPLICATIONS)
    return _file(f"market-gaps-{framework.reference}.csv", gaps_of_framework(framework))


def _authority_id() -> uuid.UUID:
    authority_id = actor().authority_id
    assert authority_id is not None
    return authority_id


def _page(gaps: Sequence[Gap], framework: Framework | None = None) -> str:
    return render_template("bidding/commissioner/market_gaps.html", framework=framework, gaps=gaps, told=told(gaps))


def _file(name: str, gaps: Sequence[Gap]) -> Response:
    rows = [
        (
            gap.reference,
            gap.title,
            gap.lot,
            london_date(gap.closes_at),
            *("" if number is None else str(number) for number in (gap.invited, gap.bidders, gap.declined, gap.silent)),
            gap.reasons_told,
        )
        for gap in gaps
    ]
    return csv_download(name, COLUMNS, rows)
