"""One's own account: who one is here, and the password."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.accounts.browser import enter, origin
from portal.accounts.forms.people import LANGUAGE_NAMES, ROLE_MEANINGS, LanguageForm, NameForm, PasswordForm
from portal.accounts.granting import roles_waiting_for, waiting_roles
from portal.accounts.lost_factors import ADMINISTRATORS, lost_factors_for
from portal.accounts.own_details import change_name, choose_language
from portal.accounts.queries import names_of, person_with_id
from portal.accounts.sessions import renew_token, sessions_of
from portal.accounts.signing_in import change_password
from portal.core import clock
from portal.core.errors import NotAllowed
from portal.core.permissions import Role
from portal.web.access import actor, signed_in

bp = Blueprint("account", __name__, url_prefix="/account")


@bp.get("")
@signed_in
def show() -> ResponseReturnValue:
    """Show the account."""
    held = actor()
    roles = [words for role, (words, _) in ROLE_MEANINGS.items() if role in held.roles]
    waiting = [ROLE_MEANINGS[found.role][0] for found in roles_waiting_for(current_user.user_id)]
    administrates = bool(held.roles & {Role.AUTHORITY_ADMINISTRATOR, Role.PLATFORM_ADMINISTRATOR})
    lost = len(lost_factors_for(actor=held, now=clock.now())) if held.roles & ADMINISTRATORS else None
    return render_template(
        "accounts/account/show.html",
        language=LANGUAGE_NAMES[person_with_id(current_user.user_id).language],
        sessions=len(sessions_of(current_user.user_id, clock.now())),
        roles=roles,
        waiting=waiting,
        panels=len(held.panels),
        lost=lost,
        stands_in_for=names_of(held.stands_in_for),
        to_confirm=len(waiting_roles(held)) if administrates else None,
    )


@bp.route("/name", methods=["GET", "POST"])
@signed_in
def name() -> ResponseReturnValue:
    """Change the name."""
    if current_user.email is None:
        raise NotAllowed("You came in with a card, so you have an alias here.")
    form = NameForm(name=current_user.display_name)
    if form.validate_on_submit() and form.carry_out(lambda: change_name(actor=actor(), name=form.name.data)):
        flash("Your name is changed.", "success")
        return redirect(url_for(".show"))
    return render_template("accounts/account/name.html", form=form), form.status_code


@bp.route("/language", methods=["GET", "POST"])
@signed_in
def language() -> ResponseReturnValue:
    """Choose the language of one's mail."""
    person = person_with_id(current_user.user_id)
    form = LanguageForm(language=person.language)
    if form.validate_on_submit() and form.carry_out(
        lambda: choose_language(actor=actor(), language=form.language.data)
    ):
        flash("The language of your mail is saved.", "success")
        return redirect(url_for(".show"))
    return render_template("accounts/account/language.html", form=form), form.status_code


@bp.route("/password", methods=["GET", "POST"])
@signed_in
def password() -> ResponseReturnValue:
    """Change the password."""
    if current_user.email is None:
        raise NotAllowed("You came in with a card, so you have no password.")
    form = PasswordForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: change_password(
            actor=actor(),
            session_id=current_user.session_id,
            old=form.old_password.data,
            new=form.password.data,
            origin=origin(),
            keys=current_app.extensions["keys"],
            now=clock.now(),
        )
    ):
        enter(renew_token(session_id=current_user.session_id))
        flash("Your password is changed. Everywhere else you are signed out.", "success")
        return redirect(url_for(".show"))
    return render_template("accounts/account/password.html", form=form), form.status_code
