"""What may show the safeguarding lead that somebody else sat for a young person, and a forgotten PIN."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.cards import card_counts
from portal.core import clock
from portal.core.permissions import Role, Verb, policy
from portal.evaluation.queries import members_of, work_of
from portal.evaluation.states import MemberRole
from portal.evaluation.taking_part.agreeing import supporters_of, taking_part_of
from portal.evaluation.taking_part.pins import forget_sitting_pin
from portal.evaluation.taking_part.times import times_of
from portal.web.access import actor, for_authority
from portal.web.forms import PlainForm

bp = Blueprint("sitting_cards", __name__, url_prefix="/commissioning/safeguarding/<uuid:panel_id>/cards")


@bp.get("")
@for_authority(Role.SAFEGUARDING_LEAD)
def index(panel_id: uuid.UUID) -> ResponseReturnValue:
    """Of each young person: cards, sittings, who sat with them."""
    work = work_of(panel_id)
    policy.require(actor(), Verb.FORGET_PIN, work)
    seats = [one for one in members_of([panel_id]).get(panel_id, []) if one.role is MemberRole.YOUNG_MEMBER]
    ids = [seat.user_id for seat in seats]
    return render_template(
        "evaluation/safeguarding/cards.html",
        work=work,
        young=[seat for seat in seats if seat.removed_at is None],
        counts=card_counts(ids),
        held=taking_part_of(ids),
        supporters=supporters_of(ids),
        until=times_of(panel_id).parents_until,
    )


@bp.post("/<uuid:member_id>/forget-pin")
@for_authority(Role.SAFEGUARDING_LEAD)
def forget(panel_id: uuid.UUID, member_id: uuid.UUID) -> ResponseReturnValue:
    """Have a PIN forgotten."""
    work, form = work_of(panel_id), PlainForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: forget_sitting_pin(work=work, member_id=member_id, actor=actor(), now=clock.now())
    ):
        flash(f"The PIN of {form.outcome.alias} is forgotten. The facilitator issues a new card.", "success")
    return redirect(url_for(".index", panel_id=panel_id))
