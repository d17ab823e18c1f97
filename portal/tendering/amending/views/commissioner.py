"""Officers change a published invitation: one proposes, a second person publishes."""

from __future__ import annotations

import uuid

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.approval import may_decide
from portal.core.permissions import Role, Verb, policy
from portal.tendering.amending.amending import (
    propose_addendum,
    publish_addendum,
    refuse_addendum,
    withdraw_addendum,
)
from portal.tendering.amending.forms import AddendumDecisionForm, AddendumForm
from portal.tendering.amending.models import Addendum
from portal.tendering.amending.prepared import prepared_changes
from portal.tendering.amending.queries import addenda_of, addendum_with_id
from portal.tendering.models import InvitationToTender
from portal.tendering.queries import find_itt
from portal.tendering.warnings import day_off
from portal.web.access import actor, for_authority, require_to_send
from portal.web.uploads import takes_files

bp = Blueprint("addenda", __name__, url_prefix="/commissioning/itts/<reference>/changes")


@bp.get("")
@for_authority()
def index(reference: str) -> ResponseReturnValue:
    """Every change, published, waiting and refused."""
    itt = find_itt(reference)
    policy.require(actor(), Verb.READ, itt)
    addenda = addenda_of(itt.id)
    return render_template(
        "tendering/amending/index.html",
        itt=itt,
        addenda=addenda,
        prepared=prepared_changes(itt.id),
        may_propose=policy.allows(actor(), Verb.PROPOSE_ADDENDUM, itt)
        and not any(each.status.is_proposed for each in addenda),
    )


@bp.route("/propose", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
@takes_files(5)
def propose(reference: str) -> ResponseReturnValue:
    """Propose a change."""
    itt = find_itt(reference)
    policy.require(actor(), Verb.PROPOSE_ADDENDUM, itt)
    prepared = prepared_changes(itt.id)
    form = AddendumForm.of(itt, asks=bool(prepared))
    if form.validate_on_submit() and form.carry_out(lambda: _propose(form, itt)):
        flash("The change is proposed. Nothing has changed yet: an approver has been told.", "success")
        return redirect(url_for(".show", reference=reference, addendum_id=form.outcome.id))
    page = render_template("tendering/amending/propose.html", form=form, itt=itt, prepared=prepared)
    return page, form.status_code


def _propose(form: AddendumForm, itt: InvitationToTender) -> Addendum:
    return propose_addendum(
        itt=itt,
        words=form.words.data or "",
        reason=form.reason.data or "",
        dates=form.dates(),
        documents=form.documents(),
        earlier_answers=form.rule,
        time_reason=form.data.get("time_reason") or "",
        actor=actor(),
        files=current_app.extensions["files"],
        now=clock.now(),
    )


@bp.route("/<uuid:addendum_id>", methods=["GET", "POST"])
@for_authority()
def show(reference: str, addendum_id: uuid.UUID) -> ResponseReturnValue:
    """One change: the second person decides about it."""
    itt = find_itt(reference)
    found = addendum_with_id(itt.id, addendum_id)
    policy.require(actor(), Verb.READ, found)
    require_to_send(Verb.DECIDE, found)
    form = AddendumDecisionForm()
    if form.validate_on_submit() and form.carry_out(lambda: _decide(form, found)):
        flash("Your decision is recorded.", "success")
        return redirect(url_for(".show", reference=reference, addendum_id=addendum_id))
    page = render_template(
        "tendering/amending/show.html",
        form=form,
        itt=itt,
        addendum=found,
        may_decide=may_decide(found, actor()),
        may_withdraw=policy.allows(actor(), Verb.WITHDRAW, found),
        warnings=day_off(found.closes_at) if found.status.is_proposed else [],
    )
    return page, form.status_code


@bp.post("/<uuid:addendum_id>/withdraw")
@for_authority(Role.COMMISSIONER)
def withdraw(reference: str, addendum_id: uuid.UUID) -> ResponseReturnValue:
    """Take a proposed change back."""
    found = addendum_with_id(find_itt(reference).id, addendum_id)
    withdraw_addendum(addendum=found, actor=actor(), files=current_app.extensions["files"], now=clock.now())
    flash("The change is taken back. Nothing has changed.", "success")
    return redirect(url_for(".index", reference=reference))


def _decide(form: AddendumDecisionForm, found: Addendum) -> None:
    note = form.note.data or ""
    if form.verdict.data == "publish":
        publish_addendum(addendum=found, actor=actor(), note=note)
    else:
        files = current_app.extensions["files"]
        refuse_addendum(addendum=found, actor=actor(), note=note, files=files, now=clock.now())
