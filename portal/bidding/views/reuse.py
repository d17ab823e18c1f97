"""The provider's page of what it said and attached before, to be used again in one press."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.bidding.forms.bids import reuse_form
from portal.bidding.progress import as_asked, questions_of
from portal.bidding.queries import own_bid
from portal.bidding.reusing import Offer, offers_for, use_offers
from portal.bidding.views.pages import carried_out, file_store, key_folder, shown
from portal.core import clock
from portal.core.words import counted
from portal.regulation.local_time import local_date
from portal.web.access import actor, for_provider

bp = Blueprint("bid_reuse", __name__, url_prefix="/provider/bids/<reference>/reuse")


@bp.route("", methods=["GET", "POST"])
@for_provider()
def show(reference: str) -> ResponseReturnValue:
    """See what can be used again, and use what is ticked."""
    bid = own_bid(reference, actor())
    questions = as_asked(questions_of(bid))
    today = local_date(clock.now())
    answers, files = offers_for(bid=bid, questions=questions, actor=actor(), keys=key_folder(), today=today)
    offers: list[Offer] = [*answers, *files]
    form = reuse_form({offer.id: offer.is_usual for offer in offers})
    use = partial(use_offers, bid=bid, offers=offers, actor=actor(), keys=key_folder(), files=file_store())
    if carried_out(form, bid, "save", lambda: use(chosen=form.chosen)):
        done = len(form.chosen) - len(form.outcome)
        flash(f"{counted(done, 'thing is', 'things are')} in your draft. Nothing is submitted yet.", "success")
        for sentence in form.outcome:
            flash(sentence, "warning")
        return redirect(url_for("bids.show", reference=bid.reference))
    return shown("reuse", form, bid, answers=answers, offered_files=files)
