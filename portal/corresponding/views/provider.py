"""A bidder reads and writes what it and the buyer tell each other."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.bidding.queries import own_bid
from portal.corresponding.forms import WriteForm
from portal.corresponding.queries import correspondence_between
from portal.corresponding.writing import can_write, write_to_buyer
from portal.web.access import actor, for_provider

bp = Blueprint("bid_messages", __name__, url_prefix="/provider/bids/<reference>/messages")


@bp.route("", methods=["GET", "POST"])
@for_provider()
def show(reference: str) -> ResponseReturnValue:
    """The whole correspondence, and a box to write in once that tells no secret."""
    bid = own_bid(reference, actor())
    form = WriteForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: write_to_buyer(bid=bid, words=form.words.data or "", actor=actor())
    ):
        flash("Your message is sent to the buyer.", "success")
        return redirect(url_for(".show", reference=reference))
    page = render_template(
        "corresponding/provider.html",
        form=form,
        bid=bid,
        correspondence=correspondence_between(bid.itt_id, bid.provider_id),
        may_write=can_write(bid.itt),
    )
    return page, form.status_code
