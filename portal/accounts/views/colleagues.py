"""The people of one's own organisation: a provider's or a contracting authority's."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.changing_roles import RolesChanged, change_roles, end_access
from portal.accounts.forms.people import ROLE_MEANINGS, ColleagueForm, InviteForm, RolesField
from portal.accounts.granting import missing_administrator, takes_two_people
from portal.accounts.inviting import invite_colleague, may_invite, renew_invitation, roles_offered
from portal.accounts.models import User
from portal.accounts.queries import colleague_of, colleagues_of, organisation_of, roles_in, roles_of
from portal.accounts.signing_out import end_colleague_s_sessions
from portal.core import clock
from portal.core.permissions import Verb, policy
from portal.organisations.models import ContractingAuthority, Provider
from portal.web.access import actor, signed_in

bp = Blueprint("colleagues", __name__, url_prefix="/account/colleagues")


@bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    """List the colleagues."""
    place = organisation_of(actor())
    return render_template(
        "accounts/colleagues/index.html",
        place=place,
        alone=missing_administrator(place) if isinstance(place, ContractingAuthority) else None,
        people=colleagues_of(place),
        meanings=ROLE_MEANINGS,
        may_invite=may_invite(place, actor()),
    )


@bp.route("/invite", methods=["GET", "POST"])
@signed_in
def invite() -> ResponseReturnValue:
    """Add a colleague, who is invited by mail."""
    place = organisation_of(actor())
    form = InviteForm()
    form.offer(roles_offered(place, actor()))
    if form.validate_on_submit() and form.carry_out(
        lambda: invite_colleague(
            place=place,
            name=form.name.data,
            email=form.email.data,
            roles=form.chosen(),
            actor=actor(),
            now=clock.now(),
        )
    ):
        flash(f"We have written to {form.outcome.email}. The link in the mail works for 14 days.", "success")
        return redirect(url_for(".index"))
    page = render_template("accounts/colleagues/invite.html", form=form, place=place, shared=_shared())
    return page, form.status_code


@bp.route("/<uuid:user_id>/roles", methods=["GET", "POST"])
@signed_in
def change(user_id: uuid.UUID) -> ResponseReturnValue:
    """Change what a colleague may do; of oneself an administrator can only take away."""
    place, person = _colleague(user_id, Verb.CHANGE_ROLES)
    held = roles_of(place, person)
    form = RolesField(data={"roles": [role.value for role in held]})
    form.offer(held if person.id == actor().user_id else roles_in(place))
    if form.validate_on_submit() and form.carry_out(
        lambda: change_roles(place=place, person=person, roles=form.chosen(), actor=actor(), now=clock.now())
    ):
        flash(_said_of(form.outcome, person.display_name), "success")
        return redirect(url_for(".index"))
    page = render_template("accounts/colleagues/change.html", form=form, person=person, place=place, shared=_shared())
    return page, form.status_code


@bp.route("/<uuid:user_id>/invitation", methods=["GET", "POST"])
@signed_in
def invite_again(user_id: uuid.UUID) -> ResponseReturnValue:
    """Have the invitation mailed again to a colleague who has not joined yet."""
    place, person = _colleague(user_id, Verb.INVITE)
    form = ColleagueForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: renew_invitation(place=place, person=person, actor=actor(), now=clock.now())
    ):
        flash(f"We have written to {person.email} again.", "success")
        return redirect(url_for(".index"))
    page = render_template("accounts/colleagues/invite_again.html", form=form, person=person, place=place)
    return page, form.status_code


@bp.route("/<uuid:user_id>/sign-out", methods=["GET", "POST"])
@signed_in
def sign_out(user_id: uuid.UUID) -> ResponseReturnValue:
    """Sign a colleague out everywhere, after asking; their access stays."""
    place, person = _colleague(user_id, Verb.END_SESSIONS)
    form = ColleagueForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: end_colleague_s_sessions(place=place, person=person, actor=actor(), now=clock.now())
    ):
        flash(f"{person.display_name} is signed out everywhere.", "success")
        return redirect(url_for(".index"))
    page = render_template("accounts/colleagues/sign_out.html", form=form, person=person, place=place)
    return page, form.status_code


@bp.route("/<uuid:user_id>/end", methods=["GET", "POST"])
@signed_in
def end(user_id: uuid.UUID) -> ResponseReturnValue:
    """End a colleague's access, after asking."""
    place, person = _colleague(user_id, Verb.END_ACCESS)
    form = ColleagueForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: end_access(place=place, person=person, actor=actor(), now=clock.now())
    ):
        flash(f"{person.display_name} no longer has access.", "success")
        return redirect(url_for(".index"))
    page = render_template("accounts/colleagues/end.html", form=form, person=person, place=place)
    return page, form.status_code


def _colleague(user_id: uuid.UUID, verb: Verb) -> tuple[Provider | ContractingAuthority, User]:
    """Where the person works and the colleague, for whoever may do that to people there."""
    place = organisation_of(actor())
    person = colleague_of(place, user_id)
    policy.require(actor(), verb, place)
    return place, person


def _shared() -> list[str]:
    """The roles that take two people to give, in words."""
    return [words for role, (words, _) in ROLE_MEANINGS.items() if takes_two_people(role)]


def _said_of(changed: RolesChanged, name: str) -> str:
    if not (changed.given or changed.taken or changed.waiting):
        return f"Nothing has changed for {name}."
    waits = ", ".join(ROLE_MEANINGS[role][0] for role in changed.waiting)
    return f"What {name} may do is changed." + (f" {waits}: another person confirms this first." if waits else "")
