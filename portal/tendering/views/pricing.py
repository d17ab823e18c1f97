"""A commissioner says how the price earns its marks and what decides a tie."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.core.permissions import Role
from portal.tendering.forms.method import PriceForm, TieBreakForm, chosen_criterion, offer_framework
from portal.tendering.method_rules import inputs_of
from portal.tendering.models import AwardCriterion, InvitationToTender
from portal.tendering.price_examples import example_of
from portal.tendering.pricing import set_price, set_tie_break
from portal.tendering.tree import price_criterion
from portal.tendering.views.blueprint import bp, draft_of, saved
from portal.tendering.weighing import node_marks
from portal.web.access import actor, for_authority
from portal.web.submissions import saves_a_draft
from tender_scoring.prices import FORMULAS


@bp.route("/<reference>/draft/price", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
@saves_a_draft
def price(reference: str) -> ResponseReturnValue:
    """The price formula."""
    itt = draft_of(reference)
    criterion = price_criterion(itt)
    form = _price_form(itt, criterion)
    if form.validate_on_submit() and form.carry_out(
        lambda: set_price(itt=itt, formula=form.stated(), actor=actor(), makes_precise=chosen_criterion(form, itt))
    ):
        added = ("Price added. Now give it a weight.", "itts.criteria")
        return saved(reference) if criterion else saved(reference, *added)
    page = render_template(
        "tendering/commissioner/price.html",
        form=form,
        itt=itt,
        criterion=criterion,
        formulas=FORMULAS,
        inputs_of=inputs_of,
        example=example_of(itt),
        example_marks=node_marks(itt)[criterion.id] if criterion else None,
    )
    return page, form.status_code


def _price_form(itt: InvitationToTender, criterion: AwardCriterion | None) -> PriceForm:
    form = PriceForm.of(criterion)
    offer_framework(form, itt)
    return form


@bp.route("/<reference>/draft/tie-break", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
@saves_a_draft
def tie_break(reference: str) -> ResponseReturnValue:
    """What decides between bids with the same total."""
    itt = draft_of(reference)
    form = TieBreakForm.of(itt.tie_break)
    form.offer(itt)
    if form.validate_on_submit() and form.carry_out(lambda: set_tie_break(itt=itt, names=form.names(), actor=actor())):
        return saved(reference)
    return render_template("tendering/commissioner/tie-break.html", form=form, itt=itt), form.status_code
