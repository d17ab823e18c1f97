"""Withdrawing from an award, for its winner."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.bidding.queries import own_bid
from portal.core import clock
from portal.core.errors import NotFound
from portal.core.permissions import Verb, policy
from portal.ending.aside_queries import place_won_by, places_to_withdraw_from
from portal.ending.forms import WithdrawalForm
from portal.ending.setting_aside import withdraw_from_award
from portal.web.access import actor, for_provider

bp = Blueprint("withdrawals", __name__, url_prefix="/provider/bids/<reference>/award")


@bp.route("/withdraw", methods=["GET", "POST"])
@for_provider()
def withdraw(reference: str) -> ResponseReturnValue:
    """Ask the buyer to let the bid withdraw from what it was awarded."""
    bid = own_bid(reference, actor())
    policy.require(actor(), Verb.WITHDRAW_FROM_AWARD, bid)
    place = place_won_by(bid.id)
    if place is None:
        raise NotFound("This bid has not been awarded a contract, so there is nothing to withdraw from.")
    form, now = WithdrawalForm(), clock.now()
    reason = form.reason.data or ""
    if form.validate_on_submit() and form.carry_out(
        lambda: withdraw_from_award(bid=bid, actor=actor(), reason=reason, now=now)
    ):
        flash("The buyer has been told that you ask to withdraw.", "success")
        return redirect(url_for("bids.show", reference=bid.reference))
    can = place in places_to_withdraw_from(bid.itt_id)
    return render_template("ending/provider/withdraw.html", bid=bid, form=form, can=can), form.status_code
