"""The provider's page of whoever else stands behind its bid."""

from __future__ import annotations

import uuid
from functools import partial

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.bidding.forms.bids import PartnerForm
from portal.bidding.partners import Partner, add_partner, partners_in, remove_partner
from portal.bidding.queries import own_bid
from portal.bidding.views.pages import carried_out, draft_of, key_folder, refused, shown
from portal.web.access import actor, for_provider
from portal.web.forms import PlainForm

bp = Blueprint("bid_partners", __name__, url_prefix="/provider/bids/<reference>/partners")


@bp.route("", methods=["GET", "POST"])
@for_provider()
def show(reference: str) -> ResponseReturnValue:
    """Name members of the consortium and subcontractors."""
    bid = own_bid(reference, actor())
    form = PartnerForm()
    said = Partner(
        *((form[name].data or "") for name in ("name", "number", "kind", "part", "confirmed_by")),
    )
    add = partial(add_partner, bid=bid, actor=actor(), keys=key_folder())
    if carried_out(form, bid, "save", lambda: add(partner=said, is_declared=bool(form.declares.data))):
        flash(f"{form.outcome.name} is named in your draft. It is not submitted yet.", "success")
        return redirect(url_for(".show", reference=bid.reference))
    return shown("partners", form, bid, partners=partners_in(draft_of(bid)))


@bp.post("/<uuid:partner_id>/remove")
@for_provider()
def remove(reference: str, partner_id: uuid.UUID) -> ResponseReturnValue:
    """Take one out again."""
    bid = own_bid(reference, actor())
    form = PlainForm()
    act = partial(remove_partner, bid=bid, actor=actor(), keys=key_folder())
    if carried_out(form, bid, "save", lambda: act(partner_id=str(partner_id))):
        flash("They are no longer named in your draft.", "success")
        return redirect(url_for(".show", reference=bid.reference))
    return refused(form, bid, "save")
