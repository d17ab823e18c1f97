"""A commissioner says how the price earns its marks and what decides a tie."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.core.permissions import Role
from portal.tendering.alike import alike_lots
from portal.tendering.by_lot import formula_in
from portal.tendering.forms.method import LotPriceForm, PriceForm, TieBreakForm, chosen_criterion, offer_framework
from portal.tendering.method_rules import inputs_of
from portal.tendering.models import AwardCriterion, InvitationToTender, Lot
from portal.tendering.pricing import set_lot_price, set_price, set_tie_break
from portal.tendering.tree import price_criterion
from portal.tendering.views.blueprint import bp, draft_of, lot_of, saved
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
        lambda: set_price(
            itt=itt,
            formula=form.stated(),
            actor=actor(),
            makes_precise=chosen_criterion(form, itt),
            apart=form.opened.data == "apart",
        )
    ):
        added = ("Price added. Now give it a weight.", "itts.criteria")
        return saved(reference) if criterion else saved(reference, *added)
    return _page(itt, form, None, priced=criterion is not None), form.status_code


def _price_form(itt: InvitationToTender, criterion: AwardCriterion | None) -> PriceForm:
    precise = str(criterion.framework_criterion_id or "") if criterion else ""
    form = PriceForm.of(criterion.price_formula if criterion else None, makes_precise=precise, opened=_opened(itt))
    offer_framework(form, itt)
    return form


def _opened(itt: InvitationToTender) -> str:
    return "apart" if itt.prices_apart else "with_bids"


@bp.route("/<reference>/draft/lots/<int:number>/price", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
@saves_a_draft
def lot_price(reference: str, number: int) -> ResponseReturnValue:
    """The price formula of one lot."""
    itt = draft_of(reference)
    lot = lot_of(itt, number)
    form = LotPriceForm.of(formula_in(lot), own="yes" if lot.price_formula else "no")
    if form.validate_on_submit() and form.carry_out(
        lambda: set_lot_price(lot=lot, formula=form.stated_here(), actor=actor())
    ):
        return saved(reference, "Saved.", "itts.price")
    return _page(itt, form, lot, priced=True), form.status_code


def _page(itt: InvitationToTender, form: PriceForm, lot: Lot | None, *, priced: bool) -> str:
    """The price of every lot, or of one, with an example for each group of lots that are judged alike."""
    groups = [each for each in alike_lots(itt) if lot is None or lot in each.lots]
    shared = [each for each in groups if lot is not None or each.lots[0].price_formula is None]
    return render_template(
        "tendering/commissioner/price.html",
        form=form,
        itt=itt,
        formulas=FORMULAS,
        inputs_of=inputs_of,
        lot=lot,
        priced=priced,
        alike=shared,
        own=[each for each in groups if each not in shared],
    )


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
