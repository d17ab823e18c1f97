"""What mailed links lead to: opening one shows a page and changes nothing, pressing its button does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.address_changing import stop_change, take_address
from portal.accounts.browser import know_device, origin
from portal.accounts.confirming import confirm_address
from portal.accounts.forms.people import ChosenPasswordForm, ForgottenForm
from portal.accounts.inviting import join
from portal.accounts.link_models import LinkPurpose
from portal.accounts.mailed_links import LinkGone, find_link
from portal.accounts.resetting import ask_for_reset, reset_password
from portal.core import clock
from portal.web.access import public
from portal.web.forms import BaseForm, PlainForm

bp = Blueprint("links", __name__)


@dataclass(frozen=True)
class Press:
    """The page behind a link: its words, what is asked, what pressing does, and what is said then."""

    title: str
    lead: str
    button: str
    act: Callable[..., Any]
    done: str
    form: type[BaseForm] = PlainForm
    stops: bool = False
    shows_whose: bool = False
    """Whether it shows that the browser is the person's own, so that signing in there next is no new browser."""


PRESSES = {
    LinkPurpose.CONFIRM_ADDRESS: Press(
        "Is this your e-mail address?",
        "Press the button if it was you who gave it to Fairlot. Then we write to you there about your work.",
        "Yes, this is my address",
        confirm_address,
        "Thank you. Your e-mail address is confirmed.",
    ),
    LinkPurpose.RESET_PASSWORD: Press(
        "Choose a new password",
        "The button signs you out everywhere. Then sign in with the new password and, if you use one, a phone or key.",
        "Change password",
        reset_password,
        "Your password is changed. Sign in with it.",
        ChosenPasswordForm,
        shows_whose=True,
    ),
    LinkPurpose.TAKE_ADDRESS: Press(
        "Use this e-mail address?",
        "Press the button, and you sign in with this address from now on. We write to it, too.",
        "Yes, use this address",
        take_address,
        "Thank you. This is your e-mail address here from now on.",
    ),
    LinkPurpose.STOP_CHANGE: Press(
        "Keep your old e-mail address?",
        "Press the button if it was not you who asked for another address. Your account goes back to this address, "
        "everybody is signed out, and you get a mail to choose a new password.",
        "Stop the change",
        stop_change,
        "The change is stopped. Look at your e-mail, and choose a new password now.",
        stops=True,
    ),
    LinkPurpose.JOIN: Press(
        "Welcome to Fairlot",
        "Choose a password. You sign in with it and your e-mail address.",
        "Set my password",
        join,
        "Your password is set. Sign in with your e-mail address.",
        ChosenPasswordForm,
    ),
}


@bp.route("/forgotten-password", methods=["GET", "POST"])
@public
def forgotten() -> ResponseReturnValue:
    """Take the address of somebody who has forgotten their password; the answer is the same whoever it is."""
    form = ForgottenForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: ask_for_reset(
            email=form.email.data,
            origin=origin(),
            keys=current_app.extensions["keys"],
            now=clock.now(),
        )
    ):
        return redirect(url_for(".asked"))
    return render_template("accounts/links/forgotten.html", form=form), form.status_code


@bp.get("/forgotten-password/asked")
@public
def asked() -> ResponseReturnValue:
    """Say where to look."""
    return render_template("accounts/links/asked.html")


@bp.route("/link/<token>", methods=["GET", "POST"])
@public
def follow(token: str) -> ResponseReturnValue:
    """Show what the link is for, and do it when the button is pressed."""
    try:
        press = PRESSES[find_link(token, clock.now()).purpose]
    except LinkGone:
        return render_template("accounts/links/gone.html"), 410
    form = press.form()
    typed = {"password": form.password.data} if "password" in form else {}
    if form.validate_on_submit() and form.carry_out(lambda: press.act(token=token, now=clock.now(), **typed)):
        if press.shows_whose:
            know_device(form.outcome.id)
        flash(press.done, "success")
        return redirect(url_for("accounts.sign_in"))
    return render_template("accounts/links/press.html", form=form, press=press), form.status_code
