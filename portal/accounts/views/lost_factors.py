"""People who lost their phone or key: the list, and one administrator's word on who asks."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.factor_models import LostFactor, LostStatus
from portal.accounts.forms.factor import LostDecisionForm
from portal.accounts.lost_factors import (
    ADMINISTRATORS,
    confirm_person,
    lost_factor,
    lost_factors_for,
    may_check,
    refuse_person,
)
from portal.core import clock
from portal.core.errors import NotAllowed
from portal.core.permissions import Actor
from portal.web.access import actor, signed_in

bp = Blueprint("lost_factors", __name__, url_prefix="/account/lost-factors")


@bp.get("")
@signed_in
def index() -> ResponseReturnValue:
    """List who asks."""
    who = _administrator()
    waiting = [(found, may_check(found, who)) for found in lost_factors_for(actor=who, now=clock.now())]
    return render_template("accounts/lost_factors/index.html", waiting=waiting)


@bp.route("/<uuid:lost_id>", methods=["GET", "POST"])
@signed_in
def decide(lost_id: uuid.UUID) -> ResponseReturnValue:
    """Say that it is the person who asks, or refuse."""
    who = _administrator()
    found = lost_factor(lost_id=lost_id, actor=who)
    name = found.user.display_name
    form = LostDecisionForm()
    if form.validate_on_submit() and form.carry_out(lambda: _verdict(form, lost_id, who)):
        flash(_said(form.outcome, name), "success")
        return redirect(url_for(".index"))
    page = render_template("accounts/lost_factors/decide.html", form=form, found=found, may_check=may_check(found, who))
    return page, form.status_code


def _verdict(form: LostDecisionForm, lost_id: uuid.UUID, who: Actor) -> LostFactor:
    if form.verdict.data == "confirm":
        return confirm_person(lost_id=lost_id, actor=who, now=clock.now())
    return refuse_person(lost_id=lost_id, actor=who, now=clock.now())


def _said(found: LostFactor, name: str) -> str:
    if found.status is LostStatus.CHECKED:
        return f"Your word is recorded. A second person has to make sure as well before {name} can begin anew."
    if found.status is LostStatus.REMOVED:
        return f"The old phone or key of {name} is removed. At the next sign-in they set up a new one."
    return f"The request of {name} is refused."


def _administrator() -> Actor:
    who = actor()
    if not who.roles & ADMINISTRATORS:
        raise NotAllowed("This page is for administrators.")
    return who
