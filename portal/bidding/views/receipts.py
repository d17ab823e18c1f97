"""Checking a receipt that somebody shows: for everybody, and nothing of it is kept."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.bidding.forms.bids import ReceiptForm
from portal.bidding.receipts import verify_receipt
from portal.bidding.views.pages import key_folder
from portal.core.signed import public_key_of
from portal.web.access import public

bp = Blueprint("receipts", __name__)


@bp.route("/check-a-receipt", methods=["GET", "POST"])
@public
def check() -> ResponseReturnValue:
    """Say whether a receipt is this portal's, whose it is, of what and when."""
    form, key = ReceiptForm(), public_key_of(key_folder())
    shown = form.validate_on_submit() and form.carry_out(
        lambda: verify_receipt(form.receipt.data.read(), trusted_key=key)
    )
    page = render_template("bidding/public/check-a-receipt.html", form=form, verdict=form.outcome if shown else None)
    return page, form.status_code
