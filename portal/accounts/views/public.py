"""Signing in and out, registering, joining, and a young person's card."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.accounts import cards, inviting, signing_in
from portal.accounts.browser import enter, leave, onwards, origin, seconds_left, stay, turned_away
from portal.accounts.forms.factor import CodeForm
from portal.accounts.forms.people import CardForm, JoinForm, RegisterForm, SignInForm
from portal.accounts.lost_factors import LASTS, ask_to_begin_anew, own_request, withdraw_request
from portal.accounts.registering import register as register_provider
from portal.accounts.sessions import extend_session, renew_token
from portal.core import clock
from portal.core.errors import InvalidInput
from portal.core.parsing.emails import fold_email
from portal.web.access import actor, public, signed_in
from portal.web.forms import PlainForm

bp = Blueprint("accounts", __name__)
bp.before_app_request(stay)
bp.add_app_template_global(turned_away)
bp.add_app_template_global(seconds_left)


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """Take e-mail address and password; where a role needs it, the second factor comes next."""
    if request.method == "GET" and current_user.is_authenticated and not current_user.awaits_factor:
        return redirect(onwards(actor()))
    form = SignInForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: signing_in.sign_in(
            email=form.email.data,
            password=form.password.data,
            origin=origin(),
            keys=current_app.extensions["keys"],
            now=clock.now(),
        )
    ):
        if form.outcome:
            return redirect(onwards(enter(form.outcome)))
        form.refuse(InvalidInput(signing_in.WRONG))
    return render_template("accounts/public/sign_in.html", form=form), form.status_code


@bp.route("/sign-in/code", methods=["GET", "POST"])
@signed_in
def sign_in_code() -> ResponseReturnValue:
    """Take the code that completes signing in, or lead to setting up the authenticator."""
    if not current_user.awaits_factor:
        return redirect(onwards(actor()))
    if not current_user.has_factor:
        return redirect(url_for("factors.index", next=request.args.get("next")))
    form = CodeForm()
    if form.validate_on_submit() and form.carry_out(_found_again):
        return redirect(onwards(enter(renew_token(session_id=current_user.session_id))))
    return render_template("accounts/public/code.html", form=form), form.status_code


def _found_again() -> None:
    """Whoever shows the second factor has not lost it, or not any more."""
    withdraw_request(user_id=current_user.user_id, now=clock.now())


@bp.route("/sign-in/lost", methods=["GET", "POST"])
@signed_in
def lost_factor() -> ResponseReturnValue:
    """Let somebody without phone or key ask, after the right password, that two people check who they are."""
    if not (current_user.awaits_factor and current_user.has_factor):
        return redirect(onwards(actor()))
    form, who = PlainForm(), actor()
    if form.validate_on_submit() and form.carry_out(lambda: ask_to_begin_anew(actor=who, now=clock.now())):
        return redirect(url_for(".lost_factor"))
    asked = own_request(current_user.user_id, clock.now())
    return render_template("accounts/public/lost_factor.html", form=form, asked=asked, lasts=LASTS), form.status_code


@bp.get("/time-left")
@public
def time_left() -> ResponseReturnValue:
    """Tell a page how long the session lasts: another one may have been opened since."""
    return jsonify(seconds=seconds_left())


@bp.post("/still-here")
@public
def still_here() -> ResponseReturnValue:
    """Let the session go on."""
    if not current_user.is_authenticated:
        return jsonify(seconds=0)
    now = clock.now()
    ends_at = extend_session(signed_in=current_user._get_current_object(), now=now)
    return jsonify(seconds=int((ends_at - now).total_seconds()))


@bp.post("/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    """End the session."""
    young = current_user.email is None
    signing_in.sign_out(signed_in=current_user._get_current_object(), now=clock.now())
    leave()
    flash("Your answers are saved. See you soon." if young else "You are signed out.", "success")
    return redirect(url_for(".card" if young else ".sign_in"))


@bp.route("/register", methods=["GET", "POST"])
@public
def register() -> ResponseReturnValue:
    """Register a provider and its first person, who then signs in: that tells nobody whether an address is taken."""
    form = RegisterForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: register_provider(
            **form.typed(),
            origin=origin(),
            keys=current_app.extensions["keys"],
            now=clock.now(),
        )
    ):
        flash(
            f"Thank you. We have written to {fold_email(form.email.data)}: open the link in that mail when you have a "
            "moment. Sign in now to go on.",
            "success",
        )
        return redirect(url_for(".sign_in", next=request.args.get("next")))
    return render_template("accounts/public/register.html", form=form), form.status_code


@bp.route("/join", methods=["GET", "POST"])
@public
def join() -> ResponseReturnValue:
    """Let an invited colleague choose a password with a code on paper."""
    form = JoinForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: inviting.join_with_code(
            code=form.code.data,
            password=form.password.data,
            origin=origin(),
            keys=current_app.extensions["keys"],
            now=clock.now(),
        )
    ):
        if form.outcome:
            flash("Your password is set. Sign in with your e-mail address.", "success")
            return redirect(url_for(".sign_in"))
        form.refuse(InvalidInput(inviting.WRONG_CODE, field="code"))
    return render_template("accounts/public/join.html", form=form), form.status_code


@bp.route("/sitting", methods=["GET", "POST"])
@public
def card() -> ResponseReturnValue:
    """Open a young person's sitting with the code from their card and their PIN."""
    form = CardForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: cards.use_card(
            **form.typed(),
            origin=origin(),
            keys=current_app.extensions["keys"],
            now=clock.now(),
        )
    ):
        if form.outcome is None:
            form.refuse(InvalidInput(cards.WRONG, field="code"))
        elif form.outcome.token:
            return redirect(onwards(enter(form.outcome.token)))
        else:
            form.go_on(form.outcome)
    page = "pin" if form.asks_for_pin else "card"
    return render_template(f"accounts/public/{page}.html", form=form), form.status_code
