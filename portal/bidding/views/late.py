"""The provider's page of the late box: put a bid into it after the closing time, and see what becomes of it."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.bidding.completeness import gaps_of
from portal.bidding.form_of_tender import edition_for, statements_for
from portal.bidding.forms.bids import LateForm
from portal.bidding.late_box import how_late, keep_late, late_bid_of, read_late
from portal.bidding.progress import as_asked, questions_of
from portal.bidding.queries import own_bid
from portal.bidding.receipts import whole_receipt
from portal.bidding.views.pages import carried_out, draft_of, key_folder, shown
from portal.core.permissions import Verb, policy
from portal.core.signed import as_text
from portal.web.access import actor, for_provider
from portal.web.downloads import download

bp = Blueprint("bid_late", __name__, url_prefix="/provider/bids/<reference>/late-box")


@bp.route("", methods=["GET", "POST"])
@for_provider()
def show(reference: str) -> ResponseReturnValue:
    """Put the bid into the late box, or see where it stands there."""
    bid = own_bid(reference, actor())
    policy.require(actor(), Verb.KEEP_LATE, bid)
    form = LateForm()
    keep = partial(keep_late, bid=bid, actor=actor(), keys=key_folder())
    if carried_out(form, bid, "keep_late", lambda: keep(declared=form.declared.data or "")):
        flash("It is kept in the late box. It is not a bid yet.", "warning")
        return redirect(url_for(".show", reference=bid.reference))
    form.declared.data, late = edition_for(bid.itt.validity_days), late_bid_of(bid)
    gaps = gaps_of(as_asked(questions_of(bid)), draft_of(bid))
    about = {
        "late_bid": late,
        "how_late": how_late(late) if late else None,
        "gaps": gaps,
        "statements": statements_for(bid.itt.validity_days),
    }
    return shown("late_box", form, bid, act="keep_late", **about)


@bp.get("/receipt.json")
@for_provider()
def receipt(reference: str) -> Response:
    """The receipt, which says that it is late and no bid yet."""
    bid = own_bid(reference, actor())
    late, parts = read_late(bid=bid, actor=actor(), keys=key_folder())
    text = as_text(whole_receipt(late.receipt, parts))
    return download(f"late-receipt-{bid.reference}.json", text, "application/json")
