"""One's e-mail address: confirming it once more, and changing it."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.accounts.address_changing import ask_for_other_address, waiting_change
from portal.accounts.browser import origin
from portal.accounts.confirming import ask_for_confirmation
from portal.accounts.forms.people import AddressForm
from portal.core import clock
from portal.core.errors import NotAllowed
from portal.web.access import actor, safe_next, signed_in
from portal.web.forms import PlainForm

bp = Blueprint("address", __name__, url_prefix="/account/address")


@bp.route("", methods=["GET", "POST"])
@signed_in
def change() -> ResponseReturnValue:
    """Ask for another address."""
    if current_user.email is None:
        raise NotAllowed("You came in with a card, so you have no e-mail address here.")
    form = AddressForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: ask_for_other_address(
            actor=actor(),
            email=form.email.data,
            password=form.password.data,
            origin=origin(),
            keys=current_app.extensions["keys"],
            now=clock.now(),
        )
    ):
        flash(f"We have written to {form.outcome.new_email}. Open the link in that mail within 24 hours.", "success")
        return redirect(url_for("account.show"))
    page = render_template("accounts/account/address.html", form=form, waiting=waiting_change(actor()))
    return page, form.status_code


@bp.post("/confirmation")
@signed_in
def confirm_again() -> ResponseReturnValue:
    """Have the confirmation mailed once more, and come back to where one was."""
    form = PlainForm()
    if form.validate_on_submit() and form.carry_out(lambda: ask_for_confirmation(actor=actor(), now=clock.now())):
        flash(f"We have written to {form.outcome.email} again.", "success")
    elif form.refusal:
        flash(form.refusal.message, "warning")
    return redirect(safe_next(request.form.get("next"), url_for("account.show")))
