"""The provider's page of what it asks to be kept confidential, and why."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.bidding.confidential import mark_confidential, what_can_be_marked
from portal.bidding.forms.bids import confidential_form
from portal.bidding.progress import as_asked, questions_of
from portal.bidding.queries import own_bid
from portal.bidding.views.pages import carried_out, draft_of, key_folder, shown
from portal.web.access import actor, for_provider
from portal.web.submissions import saves_a_draft

bp = Blueprint("bid_confidential", __name__, url_prefix="/provider/bids/<reference>/confidential")


@bp.route("", methods=["GET", "POST"])
@for_provider()
@saves_a_draft
def show(reference: str) -> ResponseReturnValue:
    """Mark parts of the bid as confidential."""
    bid = own_bid(reference, actor())
    form = confidential_form(what_can_be_marked(as_asked(questions_of(bid))), draft_of(bid))
    mark = partial(mark_confidential, bid=bid, actor=actor(), keys=key_folder())
    if carried_out(form, bid, "save", lambda: mark(reasons=form.reasons)):
        flash("What is confidential is saved. It is not submitted yet.", "success")
        return redirect(url_for("bids.check", reference=bid.reference))
    return shown("confidential", form, bid)
