"""One's own second factor: what there is, an authenticator app, passkeys, recovery codes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from functools import wraps

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.accounts import passkeys
from portal.accounts.browser import enter, onwards, origin, site
from portal.accounts.forms.factor import FreshForm, PasskeyForm, SetUpFactorForm
from portal.accounts.recovery import COUNT, make_recovery_codes, recovery_codes_left
from portal.accounts.second_factor import Proposal, set_up_factor
from portal.accounts.sessions import renew_token
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, NotFound
from portal.web.access import actor, factor_is_fresh, signed_in
from portal.web.qr_codes import qr_code

bp = Blueprint("factors", __name__, url_prefix="/account/second-factor")
View = Callable[..., ResponseReturnValue]


@bp.before_request
def only_with_a_password() -> None:
    """Who came in with a card has no password, and needs nothing beside it."""
    if current_user.is_authenticated and current_user.email is None:
        raise NotAllowed("You came in with a card, so you need no second factor.")


def shown_first(view: View) -> View:
    """Let nobody change a factor that is in force who has not shown it just now: a password alone is not enough."""

    @wraps(view)
    def guarded(**values: uuid.UUID) -> ResponseReturnValue:
        if current_user.has_factor and current_user.awaits_factor:
            return redirect(url_for("accounts.sign_in_code", next=request.args.get("next")))
        if current_user.has_factor and not factor_is_fresh():
            return _ask_for_present_factor()
        return view(**values)

    return guarded


@bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    """Show what there is, or the ways to set up the first."""
    if not current_user.has_factor:
        return render_template("accounts/factors/begin.html", site=site(), next=request.args.get("next"))
    if current_user.awaits_factor:
        return redirect(url_for("accounts.sign_in_code", next=request.args.get("next")))
    left = recovery_codes_left(current_user.user_id)
    return render_template(
        "accounts/factors/index.html", passkeys=passkeys.passkeys_of(current_user.user_id), left=left, count=COUNT
    )


@bp.route("/authenticator", methods=["GET", "POST"])
@signed_in
@shown_first
def authenticator() -> ResponseReturnValue:
    """Set up an authenticator app, or replace it."""
    form = SetUpFactorForm()
    proposal, first = form.offer(), not current_user.has_factor
    if form.validate_on_submit() and form.carry_out(lambda: _set_up(proposal, form.factor_code.data)):
        return _in_force("Your authenticator is set up.", first)
    shown = {"secret": proposal.secret, "qr_code": qr_code(proposal.address)}
    return render_template("accounts/factors/authenticator.html", form=form, **shown), form.status_code


@bp.route("/passkeys/add", methods=["GET", "POST"])
@signed_in
@shown_first
def add_passkey() -> ResponseReturnValue:
    """Add a passkey of this computer, of a phone, or on a stick."""
    form, first = PasskeyForm(), not current_user.has_factor
    if form.validate_on_submit() and form.carry_out(lambda: _add(form)):
        return _in_force("Your passkey is added.", first)
    return render_template("accounts/factors/add_passkey.html", form=form), form.status_code


@bp.route("/passkeys/<uuid:passkey_id>/remove", methods=["GET", "POST"])
@signed_in
def remove(passkey_id: uuid.UUID) -> ResponseReturnValue:
    """Remove a passkey, after asking."""
    form, who = FreshForm(), actor()
    found = next((each for each in passkeys.passkeys_of(current_user.user_id) if each.id == passkey_id), None)
    if found is None:
        raise NotFound("There is no such passkey of yours.")
    if form.validate_on_submit() and form.carry_out(lambda: passkeys.remove_passkey(actor=who, passkey_id=passkey_id)):
        flash("The passkey is removed.", "success")
        return redirect(url_for(".index"))
    return render_template("accounts/factors/remove_passkey.html", form=form, passkey=found), form.status_code


@bp.route("/recovery-codes", methods=["GET", "POST"])
@signed_in
def recovery_codes() -> ResponseReturnValue:
    """Make new recovery codes, and show them this once."""
    if not current_user.has_factor:
        return redirect(url_for(".index"))
    form, who = FreshForm(), actor()
    if form.validate_on_submit() and form.carry_out(lambda: make_recovery_codes(actor=who, now=clock.now())):
        return _show_codes(form.outcome, url_for(".index"))
    left = recovery_codes_left(current_user.user_id)
    return render_template("accounts/factors/recovery_codes.html", form=form, left=left), form.status_code


def _ask_for_present_factor() -> ResponseReturnValue:
    form = FreshForm()
    if form.validate_on_submit() and form.carry_out(lambda: None):
        return redirect(request.full_path.rstrip("?"))
    return render_template("accounts/factors/show_first.html", form=form), form.status_code


def _in_force(said: str, first: bool) -> ResponseReturnValue:
    """The session counts for more than before, so it gets a new token; the first factor brings the recovery codes."""
    entered = enter(renew_token(session_id=current_user.session_id))
    if first:
        return _show_codes(make_recovery_codes(actor=entered, now=clock.now()), onwards(entered))
    flash(said, "success")
    return redirect(url_for(".index"))


def _show_codes(codes: list[str], onwards_to: str) -> ResponseReturnValue:
    return render_template("accounts/factors/codes.html", codes=codes, onwards_to=onwards_to)


def _set_up(proposal: Proposal, code: str) -> None:
    set_up_factor(
        actor=actor(),
        session_id=current_user.session_id,
        proposal=proposal,
        code=code,
        origin=origin(),
        keys=current_app.extensions["keys"],
        now=clock.now(),
    )


def _add(form: PasskeyForm) -> None:
    here = site()
    if here is None or not form.answer:
        raise InvalidInput(
            "Press “Add a passkey” and follow what your browser asks. This needs JavaScript.", field="name"
        )
    passkeys.add_passkey(
        actor=actor(),
        name=form.name.data,
        answer=form.answer,
        question=form.answered(),
        site=here,
        keys=current_app.extensions["keys"],
        now=clock.now(),
    )
