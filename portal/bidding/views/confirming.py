"""The provider's page of a bid that an addendum has overtaken: what changed, and one press to confirm."""

from __future__ import annotations

import uuid
from functools import partial

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.bidding.completeness import gaps_of
from portal.bidding.confirming import changed_since, confirm_bid
from portal.bidding.envelopes import content_of
from portal.bidding.forms.bids import ConfirmForm
from portal.bidding.progress import as_asked
from portal.bidding.queries import own_bid
from portal.bidding.views.pages import asked, carried_out, gap_links, key_folder, shown, submitted_parts
from portal.core.permissions import Verb
from portal.web.access import actor, for_provider, require_to_send

bp = Blueprint("bid_confirming", __name__, url_prefix="/provider/bids")


@bp.route("/<reference>/confirm", methods=["GET", "POST"])
@for_provider()
def confirm(reference: str) -> ResponseReturnValue:
    """What changed since the bid was submitted, and to confirm it all at once."""
    bid = own_bid(reference, actor())
    require_to_send(Verb.SUBMIT, bid)
    if not bid.is_overtaken:
        return redirect(url_for("bids.show", reference=bid.reference))
    form = ConfirmForm()
    act = partial(confirm_bid, bid=bid, actor=actor(), keys=key_folder())
    if carried_out(form, bid, "confirm", lambda: act(idempotency_key=form.key, seen=form.seen_version)):
        flash("Your bid is confirmed. This is the receipt for it.", "success")
        return redirect(url_for("bids.receipt", reference=reference, number=form.outcome.version))
    questions, sections = asked(bid)
    gaps = gaps_of(as_asked(questions), content_of(submitted_parts(bid)[1]))
    form.seen.data, form.idempotency_key.data = str(bid.itt.method_version), str(uuid.uuid4())
    changes = changed_since(bid)
    return shown("confirm", form, bid, act="confirm", changes=changes, gap_links=gap_links(bid, gaps, sections))
