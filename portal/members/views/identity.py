"""A member's other name, number or parent: asked for by its administrator, decided by each framework's officers."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.errors import NotFound
from portal.core.permissions import Role, Verb, policy
from portal.frameworks.rules import READING_ROLES
from portal.members.forms.identity import AskForm, ChangeDecisionForm
from portal.members.identity import (
    accept_change,
    ask_identity_change,
    changes_of,
    decision_with_id,
    decisions_open_to,
    refuse_change,
    waiting_change,
    withdraw_identity_change,
)
from portal.members.models import ChangeDecision
from portal.organisations.queries import provider_with_id
from portal.web.access import actor, for_authority, for_provider, require_to_send
from portal.web.forms import PlainForm

bp = Blueprint("identity_changes", __name__)
READERS = READING_ROLES | {Role.PLATFORM_ADMINISTRATOR}


@bp.route("/provider/organisation/identity", methods=["GET", "POST"])
@for_provider(Role.PROVIDER_ADMINISTRATOR)
def ask() -> ResponseReturnValue:
    """Ask for another name, number or parent; see what became of earlier requests."""
    provider = provider_with_id(actor().provider_id)
    form = AskForm.of(provider)
    if form.validate_on_submit() and form.carry_out(
        lambda: ask_identity_change(
            provider=provider, details=form.identity(), reason=form.reason.data or "", actor=actor(), now=clock.now()
        )
    ):
        flash("Your request is sent. Nothing changes until the officers have decided.", "success")
        return redirect(url_for(".ask"))
    changes = changes_of(provider.id)
    page = render_template(
        "members/provider/identity.html",
        form=form,
        provider=provider,
        changes=changes,
        waiting=next((found for found in changes if found.is_waiting), None),
    )
    return page, form.status_code


@bp.post("/provider/organisation/identity/withdraw")
@for_provider(Role.PROVIDER_ADMINISTRATOR)
def withdraw() -> ResponseReturnValue:
    """Take the request back."""
    provider, form = provider_with_id(actor().provider_id), PlainForm()
    change = waiting_change(provider.id)
    if change is None:
        raise NotFound("No request waits.")
    if form.validate_on_submit() and form.carry_out(lambda: withdraw_identity_change(change=change, actor=actor())):
        flash("The request is taken back.", "success")
    return redirect(url_for(".ask"))


@bp.get("/commissioning/identity-changes")
@for_authority(*READERS)
def index() -> ResponseReturnValue:
    """The requests that wait for the authority's frameworks, or for the platform."""
    return render_template("members/commissioner/identity_changes.html", waiting=decisions_open_to(actor()))


@bp.route("/commissioning/identity-changes/<uuid:decision_id>", methods=["GET", "POST"])
@for_authority(*READERS)
def decide(decision_id: uuid.UUID) -> ResponseReturnValue:
    """Compare old and new, and decide for one framework."""
    decision = decision_with_id(decision_id, actor())
    require_to_send(Verb.DECIDE, decision)
    form = ChangeDecisionForm()
    if form.validate_on_submit() and form.carry_out(lambda: _verdict(form, decision)):
        accepted = decision.status.is_accepted
        flash("The member is called so here from now on." if accepted else "It keeps its old name here.", "success")
        return redirect(url_for(".decide", decision_id=decision.id))
    page = render_template(
        "members/commissioner/identity_change.html",
        form=form,
        decision=decision,
        change=decision.change,
        provider=decision.change.provider,
        before=decision.change.provider.at(decision.change.asked_at),
        may_decide=policy.allows(actor(), Verb.DECIDE, decision),
    )
    return page, form.status_code


def _verdict(form: ChangeDecisionForm, decision: ChangeDecision) -> None:
    act = accept_change if form.verdict.data == "accept" else refuse_change
    act(decision=decision, note=form.note.data or "", actor=actor(), now=clock.now())
