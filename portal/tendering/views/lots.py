"""A commissioner draws up the lots."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core.permissions import Role
from portal.tendering.asking import ask_for_lots
from portal.tendering.forms.lots import LotForm, LotRulesForm, QuestionLotsForm
from portal.tendering.forms.service import ConfirmForm
from portal.tendering.lots import (
    PLACES_RULE,
    add_lot,
    change_lot,
    move_lot_up,
    remove_lot,
    set_lot_rules,
    winning_rule,
)
from portal.tendering.models import InvitationToTender, Lot
from portal.tendering.views.blueprint import bp, draft_of, lot_of, part_of, saved
from portal.web.access import actor, for_authority
from portal.web.submissions import saves_a_draft


@bp.route("/<reference>/draft/lots", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
@saves_a_draft
def lots(reference: str) -> ResponseReturnValue:
    """The lots there are, how many one bidder may have, or why there is one."""
    itt = draft_of(reference)
    form = LotRulesForm(obj=itt)
    if form.validate_on_submit() and form.carry_out(
        lambda: set_lot_rules(
            itt=itt,
            max_lots_bid=form.max_lots_bid.data,
            max_lots_awarded=form.max_lots_awarded.data,
            no_lots_reason=form.no_lots_reason.data,
            actor=actor(),
        )
    ):
        return saved(reference)
    page = render_template("tendering/commissioner/lots.html", form=form, itt=itt, rule=winning_rule(itt))
    return page, form.status_code


@bp.route("/<reference>/draft/lots/add", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def lot_add(reference: str) -> ResponseReturnValue:
    """A further lot."""
    itt = draft_of(reference)
    form = LotForm()
    if form.validate_on_submit() and form.carry_out(lambda: add_lot(itt=itt, **_described(form), actor=actor())):
        return saved(reference, "Lot added.", "itts.lots")
    return _lot_page(form, itt, None)


@bp.route("/<reference>/draft/lots/<int:number>", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
@saves_a_draft
def lot_edit(reference: str, number: int) -> ResponseReturnValue:
    """One lot."""
    itt = draft_of(reference)
    lot = lot_of(itt, number)
    form = LotForm(obj=lot)
    if form.validate_on_submit() and form.carry_out(
        lambda: change_lot(itt=itt, lot=lot, **_described(form), actor=actor())
    ):
        return saved(reference, "Lot saved.", "itts.lots")
    return _lot_page(form, itt, lot)


@bp.post("/<reference>/draft/lots/<int:number>/up")
@for_authority(Role.COMMISSIONER)
def lot_up(reference: str, number: int) -> ResponseReturnValue:
    """Move a lot before the one above it."""
    itt = draft_of(reference)
    move_lot_up(itt=itt, lot=lot_of(itt, number), actor=actor())
    return redirect(url_for("itts.lots", reference=reference))


@bp.route("/<reference>/draft/lots/<int:number>/remove", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def lot_remove(reference: str, number: int) -> ResponseReturnValue:
    """Take a lot away."""
    itt = draft_of(reference)
    lot = lot_of(itt, number)
    form = ConfirmForm()
    if form.validate_on_submit() and form.carry_out(lambda: remove_lot(itt=itt, lot=lot, actor=actor())):
        return saved(reference, "Lot removed.", "itts.lots")
    page = render_template(
        "tendering/commissioner/remove.html",
        form=form,
        itt=itt,
        what=f"lot {lot.number}, “{lot.title}”",
        consequence="Nobody will bid for it. The lots after it move up a number.",
        back="itts.lots",
    )
    return page, form.status_code


@bp.route("/<reference>/draft/questions/<key>/lots", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
@saves_a_draft
def question_lots(reference: str, key: str) -> ResponseReturnValue:
    """Which lots a question is asked for."""
    itt = draft_of(reference)
    question = part_of(itt.questions, key)
    form = QuestionLotsForm()
    form.offer(itt, question)
    if form.validate_on_submit() and form.carry_out(
        lambda: ask_for_lots(itt=itt, question=question, lots=form.chosen, actor=actor())
    ):
        return saved(reference, "Saved.", "itts.questions")
    page = render_template("tendering/commissioner/question_lots.html", form=form, itt=itt, question=question)
    return page, form.status_code


def _lot_page(form: LotForm, itt: InvitationToTender, lot: Lot | None) -> ResponseReturnValue:
    page = render_template("tendering/commissioner/lot.html", form=form, itt=itt, lot=lot, rule=PLACES_RULE)
    return page, form.status_code


def _described(form: LotForm) -> dict[str, Any]:
    return {
        "title": form.title.data,
        "description": form.description.data,
        "estimated_value": form.estimated_value.data,
        "places": form.places.data,
    }
