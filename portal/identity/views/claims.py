"""A number that somebody else has registered: the claim, the holder's answer, and the officers' decision."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.browser import origin
from portal.core import clock
from portal.core.approval import is_first_person
from portal.core.permissions import Role, Verb, policy
from portal.identity.claiming import (
    answer_claim,
    ask_holder,
    can_move_from,
    claim_number,
    claim_with_code,
    claim_with_id,
    dismiss_claim,
    move_number,
    propose_move,
    refuse_move,
)
from portal.identity.forms import AnswerForm, ClaimCodeForm, ClaimDecisionForm, ClaimForm, MoveForm
from portal.identity.rules import CHECKERS
from portal.organisations.claim_models import NumberClaim
from portal.web.access import actor, for_authority, for_provider, public, require_to_send
from portal.web.forms import BaseForm, PlainForm

bp = Blueprint("claims", __name__)


@bp.route("/number-claims/new", methods=["GET", "POST"])
@public
def claim() -> ResponseReturnValue:
    """Say that a registered number is one's own; the claim's code is shown once."""
    form = ClaimForm(request.form or None, company_number=request.args.get("company_number", ""))
    if form.validate_on_submit() and form.carry_out(
        lambda: claim_number(
            company=form.company_number.data or "",
            charity=form.charity_number.data or "",
            contact=form.contact(),
            words=form.words.data or "",
            origin=origin(),
            keys=current_app.extensions["keys"],
            now=clock.now(),
        )
    ):
        return render_template("identity/public/claimed.html", code=form.outcome)
    return render_template("identity/public/claim.html", form=form), form.status_code


@bp.route("/number-claims", methods=["GET", "POST"])
@public
def look() -> ResponseReturnValue:
    """What became of a claim, for whoever has its code."""
    form = ClaimCodeForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: claim_with_code(
            code=form.code.data or "", origin=origin(), keys=current_app.extensions["keys"], now=clock.now()
        )
    ):
        return render_template("identity/public/claim_state.html", claim=form.outcome)
    return render_template("identity/public/look.html", form=form), form.status_code


@bp.route("/provider/organisation/claims/<uuid:claim_id>", methods=["GET", "POST"])
@for_provider(Role.PROVIDER_ADMINISTRATOR)
def answer(claim_id: uuid.UUID) -> ResponseReturnValue:
    """Answer as the organisation that has the number."""
    found = claim_with_id(claim_id, Verb.ANSWER, actor())
    form = AnswerForm(answer=found.answer)
    if form.validate_on_submit() and form.carry_out(
        lambda: answer_claim(claim=found, answer=form.answer.data or "", actor=actor(), now=clock.now())
    ):
        flash("Your answer is with the officers. You can change it until they decide.", "success")
        return redirect(url_for("provider_organisation.show"))
    return render_template("identity/provider/claim.html", form=form, claim=found), form.status_code


@bp.route("/commissioning/providers/claims/<uuid:claim_id>", methods=["GET", "POST"])
@for_authority(*CHECKERS)
def show(claim_id: uuid.UUID) -> ResponseReturnValue:
    """One claim: ask the holder, decide, and be the second person."""
    found = claim_with_id(claim_id, Verb.READ, actor())
    second = found.status.is_move_proposed
    require_to_send(Verb.DECIDE if second else Verb.DISMISS, found)
    form = MoveForm() if second else ClaimDecisionForm()
    if form.validate_on_submit() and form.carry_out(lambda: _decide(form, found)):
        flash("Recorded.", "success")
        return redirect(url_for(".show", claim_id=found.id))
    return _page(found, form)


@bp.post("/commissioning/providers/claims/<uuid:claim_id>/ask")
@for_authority(*CHECKERS)
def ask(claim_id: uuid.UUID) -> ResponseReturnValue:
    """Ask the organisation that has the number."""
    found = claim_with_id(claim_id, Verb.ASK, actor())
    form = PlainForm()
    if form.validate_on_submit() and form.carry_out(lambda: ask_holder(claim=found, actor=actor(), now=clock.now())):
        flash("The organisation is asked. It has ten working days to answer.", "success")
        return redirect(url_for(".show", claim_id=found.id))
    return _page(found, form)


def _decide(form: BaseForm, found: NumberClaim) -> None:
    who, now, verdict = actor(), clock.now(), form["verdict"].data
    if verdict == "move_now":
        move_number(claim=found, actor=who, now=now)
    elif verdict == "back":
        refuse_move(claim=found, actor=who)
    else:
        act = propose_move if verdict == "move" else dismiss_claim
        act(claim=found, reason=form["reason"].data or "", actor=who, now=now)


def _page(found: NumberClaim, form: BaseForm) -> ResponseReturnValue:
    values: dict[str, Any] = {
        "may": {verb for verb in (Verb.ASK, Verb.DISMISS, Verb.PROPOSE_MOVE) if policy.allows(actor(), verb, found)},
        "is_first": is_first_person(actor(), found.first_half),
        "can_move": can_move_from(found, clock.today()),
    }
    page = render_template("identity/commissioner/claim.html", form=form, claim=found, **values)
    return page, form.status_code
