"""Roles that wait for a second person: the list, and confirming or refusing one."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.forms.people import ROLE_MEANINGS, RoleDecisionForm, SuccessorForm
from portal.accounts.granting import confirm_role, may_decide, refuse_role, waiting_role, waiting_roles
from portal.accounts.handing_over import propose_successor
from portal.accounts.models import RoleGrant
from portal.core import clock
from portal.core.errors import NotAllowed
from portal.core.permissions import Actor, Role
from portal.web.access import actor, for_platform, signed_in

bp = Blueprint("roles", __name__, url_prefix="/account/roles")


@bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    """List the roles that wait in the authority, or for the platform's administrator."""
    who = _administrator()
    waiting = [(found, may_decide(found, who)) for found in waiting_roles(who)]
    return render_template("accounts/roles/index.html", waiting=waiting, meanings=ROLE_MEANINGS)


@bp.route("/successor", methods=["GET", "POST"])
@for_platform
def successor() -> ResponseReturnValue:
    """Propose who becomes administrator of an organisation whose only one is gone."""
    form = SuccessorForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: propose_successor(
            former=form.former.data or "",
            email=form.email.data or "",
            name=form.name.data or "",
            asked=form.asked.data or "",
            checked=form.checked.data or "",
            actor=actor(),
            now=clock.now(),
        )
    ):
        flash(
            f"{form.outcome.user.display_name} is proposed. Another administrator of the platform decides.", "success"
        )
        return redirect(url_for(".index"))
    return render_template("accounts/roles/successor.html", form=form), form.status_code


@bp.route("/<uuid:role_id>", methods=["GET", "POST"])
@signed_in
def decide(role_id: uuid.UUID) -> ResponseReturnValue:
    """Confirm a role, or refuse it with the reason."""
    who = _administrator()
    found = waiting_role(role_id, who)
    name = found.user.display_name
    form = RoleDecisionForm()
    if form.validate_on_submit() and form.carry_out(lambda: _verdict(form, role_id, who)):
        confirmed = form.verdict.data == "confirm"
        flash(f"{name} {'has the role now' if confirmed else 'does not get the role'}.", "success")
        return redirect(url_for(".index"))
    page = render_template(
        "accounts/roles/decide.html", form=form, found=found, may_decide=may_decide(found, who), meanings=ROLE_MEANINGS
    )
    return page, form.status_code


def _verdict(form: RoleDecisionForm, role_id: uuid.UUID, who: Actor) -> RoleGrant:
    if form.verdict.data == "confirm":
        return confirm_role(role_id=role_id, actor=who, now=clock.now())
    return refuse_role(role_id=role_id, reason=form.note.data or "", actor=who, now=clock.now())


def _administrator() -> Actor:
    who = actor()
    if not who.roles & {Role.AUTHORITY_ADMINISTRATOR, Role.PLATFORM_ADMINISTRATOR}:
        raise NotAllowed("This page is for administrators.")
    return who
