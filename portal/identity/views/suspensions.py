"""Suspending an organisation and lifting that, two people each time."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.permissions import Verb, policy
from portal.identity.forms import LiftingDecisionForm, ReasonForm, SuspensionDecisionForm, SuspensionForm
from portal.identity.rules import CHECKERS
from portal.identity.suspending import (
    decide_suspension,
    is_first_of,
    keep_suspension,
    lift_organisation,
    propose_lifting,
    propose_suspension,
    refuse_suspension,
    suspension_with_id,
)
from portal.organisations.models import Suspension
from portal.organisations.queries import provider_with_id
from portal.organisations.states import SuspensionStatus
from portal.web.access import actor, for_authority, require_to_send
from portal.web.forms import BaseForm, PlainForm

bp = Blueprint("suspensions", __name__, url_prefix="/commissioning/providers")


@bp.route("/<uuid:provider_id>/suspend", methods=["GET", "POST"])
@for_authority(*CHECKERS)
def propose(provider_id: uuid.UUID) -> ResponseReturnValue:
    """Propose to suspend an organisation."""
    provider = provider_with_id(provider_id)
    policy.require(actor(), Verb.SUSPEND_ORGANISATION, provider)
    form = SuspensionForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: propose_suspension(
            provider=provider,
            reason=form.reason.data or "",
            first_day=form.first_day.data,
            last_day=form.last_day.data,
            review_date=form.review_date.data,
            actor=actor(),
            now=clock.now(),
        )
    ):
        flash("The suspension is proposed. A second administrator has been told.", "success")
        return redirect(url_for(".show", suspension_id=form.outcome.id))
    scope = None if actor().platform_roles else "yours"
    page = render_template("identity/commissioner/suspend.html", form=form, provider=provider, scope=scope)
    return page, form.status_code


@bp.route("/suspensions/<uuid:suspension_id>", methods=["GET", "POST"])
@for_authority(*CHECKERS)
def show(suspension_id: uuid.UUID) -> ResponseReturnValue:
    """One suspension: the second person decides about it, or about lifting it."""
    found = suspension_with_id(suspension_id, actor())
    lifting = found.status is SuspensionStatus.LIFT_PROPOSED
    require_to_send(Verb.LIFT if lifting else Verb.DECIDE, found)
    form = LiftingDecisionForm() if lifting else SuspensionDecisionForm()
    if form.validate_on_submit() and form.carry_out(lambda: _decide(form, found)):
        flash("Your decision is recorded.", "success")
        return redirect(url_for(".show", suspension_id=found.id))
    waits = lifting or found.status is SuspensionStatus.PROPOSED
    return _page("suspension", found, form if waits else PlainForm(formdata=None))


@bp.route("/suspensions/<uuid:suspension_id>/lift", methods=["GET", "POST"])
@for_authority(*CHECKERS)
def lift(suspension_id: uuid.UUID) -> ResponseReturnValue:
    """Propose to lift a suspension."""
    found = suspension_with_id(suspension_id, actor(), Verb.PROPOSE_LIFTING)
    form = ReasonForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: propose_lifting(suspension=found, reason=form.reason.data or "", actor=actor(), now=clock.now())
    ):
        flash("A second administrator has been told. The suspension goes on until they decide.", "success")
        return redirect(url_for(".show", suspension_id=found.id))
    return _page("lift", found, form)


def _decide(form: BaseForm, found: Suspension) -> None:
    who, now = actor(), clock.now()
    verdict = form["verdict"].data
    if verdict == "lift":
        lift_organisation(suspension=found, actor=who, now=now)
    elif verdict == "keep":
        keep_suspension(suspension=found, actor=who)
    else:
        act = decide_suspension if verdict == "suspend" else refuse_suspension
        act(suspension=found, note=form["note"].data or "", actor=who, now=now)


def _page(name: str, found: Suspension, form: BaseForm) -> ResponseReturnValue:
    page = render_template(
        f"identity/commissioner/{name}.html",
        form=form,
        suspension=found,
        is_first=is_first_of(found, actor()),
        may_lift=policy.allows(actor(), Verb.PROPOSE_LIFTING, found),
        now=clock.now(),
    )
    return page, form.status_code
