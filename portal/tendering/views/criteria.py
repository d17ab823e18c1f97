"""A commissioner draws up the criteria tree, its weights and the panels' shares."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core.permissions import Role
from portal.core.words import counted
from portal.tendering.alike import alike_lots
from portal.tendering.by_lot import weights_in
from portal.tendering.criteria import (
    add_criterion,
    change_criterion,
    lot_weight_field,
    remove_criterion,
    save_lot_weights,
    save_shares,
    save_weights,
    share_field,
    weight_field,
)
from portal.tendering.forms.method import CriterionForm, TotalsForm, chosen_criterion, figures_form
from portal.tendering.forms.service import ConfirmForm
from portal.tendering.models import AwardCriterion, InvitationToTender, Lot
from portal.tendering.tree import CriterionKind, is_pilot_only, kind_of, scored, sibling_groups, walk
from portal.tendering.views.blueprint import bp, draft_of, lot_of, part_of, saved
from portal.tendering.weighing import effective, effective_in, node_marks, shares_of, weight_faults
from portal.web.access import actor, for_authority
from portal.web.submissions import saves_a_draft


@bp.route("/<reference>/draft/criteria", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
@saves_a_draft
def criteria(reference: str) -> ResponseReturnValue:
    """The tree with every weight in one form, and what the weights come to."""
    itt = draft_of(reference)
    form = figures_form({weight_field(node): (f"Weight of {node.title}", node.weight) for node in itt.criteria})
    typed = {node.id: form[weight_field(node)].data or Decimal(0) for node in itt.criteria}
    if form.validate_on_submit() and form.carry_out(lambda: save_weights(itt=itt, weights=typed, actor=actor())):
        return saved(reference, "Weights saved.", "itts.criteria")
    page = render_template(
        "tendering/commissioner/criteria.html",
        form=form,
        itt=itt,
        groups=_groups(itt, form, typed),
        marks=node_marks(itt, typed),
        addresses=_addresses(itt),
        weights=effective(itt, weights=typed),
        faults=weight_faults(itt, typed),
        lots=_lots(itt),
    )
    return page, form.status_code


@bp.route("/<reference>/draft/lots/<int:number>/weights", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
@saves_a_draft
def lot_weights(reference: str, number: int) -> ResponseReturnValue:
    """What the criteria weigh in one lot, where that differs."""
    itt = draft_of(reference)
    lot = lot_of(itt, number)
    form = _lot_form(lot)
    given = {node.id: form[lot_weight_field(node)].data for node in _weighed(itt)}
    if form.validate_on_submit() and form.carry_out(lambda: save_lot_weights(lot=lot, weights=given, actor=actor())):
        return saved(reference, f"Weights of lot {number} saved.", "itts.criteria")
    typed = {node.id: node.weight if (own := given.get(node.id)) is None else own for node in itt.criteria}
    page = render_template(
        "tendering/commissioner/lot-weights.html",
        form=form,
        itt=itt,
        lot=lot,
        groups=_groups(itt, form, typed, lot_weight_field),
        marks=node_marks(itt, typed),
        weights=effective_in(lot),
        faults=weight_faults(itt, typed),
    )
    return page, form.status_code


@bp.route("/<reference>/draft/criteria/add", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def criterion_add(reference: str) -> ResponseReturnValue:
    """A further criterion."""
    itt = draft_of(reference)
    form = CriterionForm()
    form.offer(itt, _headings(itt))
    if form.validate_on_submit() and form.carry_out(
        lambda: add_criterion(itt=itt, **_described(form, itt), actor=actor())
    ):
        return saved(reference, "Criterion added. Now balance the weights.", "itts.criteria")
    page = render_template("tendering/commissioner/criterion.html", form=form, itt=itt, criterion=None)
    return page, form.status_code


@bp.route("/<reference>/draft/criteria/<key>", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
@saves_a_draft
def criterion_edit(reference: str, key: str) -> ResponseReturnValue:
    """One criterion."""
    itt = draft_of(reference)
    node = part_of((node for node in itt.criteria if kind_of(node) is not CriterionKind.PRICE), key)
    form = CriterionForm(data=_shown(node))
    form.offer(itt, [heading for heading in _headings(itt) if heading is not node])
    if form.validate_on_submit() and form.carry_out(
        lambda: change_criterion(itt=itt, criterion=node, **_described(form, itt), actor=actor())
    ):
        return saved(reference, "Criterion saved.", "itts.criteria")
    page = render_template("tendering/commissioner/criterion.html", form=form, itt=itt, criterion=node)
    return page, form.status_code


@bp.route("/<reference>/draft/criteria/<key>/remove", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def criterion_remove(reference: str, key: str) -> ResponseReturnValue:
    """Take a criterion away, with everything under it."""
    itt = draft_of(reference)
    node = part_of(itt.criteria, key)
    form = ConfirmForm()
    if form.validate_on_submit() and form.carry_out(lambda: remove_criterion(itt=itt, criterion=node, actor=actor())):
        return saved(reference, "Criterion removed. Now balance the weights.", "itts.criteria")
    page = render_template(
        "tendering/commissioner/remove.html",
        form=form,
        itt=itt,
        what=f"“{node.title}”",
        consequence=f"{_count(itt, node)} Questions about it stay, and will need another criterion.",
        back="itts.criteria",
    )
    return page, form.status_code


@bp.route("/<reference>/draft/shares", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
@saves_a_draft
def shares(reference: str) -> ResponseReturnValue:
    """Which panel scores how much of every criterion."""
    itt = draft_of(reference)
    form = _shares_form(itt)
    typed = {
        (node.id, panel.id): form[share_field(node, panel.key)].data or Decimal(0)
        for node in scored(itt)
        for panel in itt.panels
    }
    if form.validate_on_submit() and form.carry_out(lambda: save_shares(itt=itt, shares=typed, actor=actor())):
        return saved(reference, "Shares saved.")
    page = render_template(
        "tendering/commissioner/shares.html",
        form=form,
        itt=itt,
        nodes=scored(itt),
        share_field=share_field,
        fields=list(form),
        alike=alike_lots(itt, typed),
        totals=_totals(itt, typed),
    )
    return page, form.status_code


def _weighed(itt: InvitationToTender) -> list[AwardCriterion]:
    """What can weigh something: what only a pilot panel scores weighs nothing in any lot."""
    return [node for node in itt.criteria if not is_pilot_only(node)]


def _lot_form(lot: Lot) -> TotalsForm:
    """A box for each weight: empty where the lot says nothing else than the invitation."""
    own = {key: Decimal(weight) for key, weight in lot.weights.items()}
    label = "Weight of {} in lot {}"
    return figures_form(
        {
            lot_weight_field(node): (label.format(node.title, lot.number), own.get(node.key))
            for node in _weighed(lot.itt)
        }
    )


def _lots(itt: InvitationToTender) -> list[dict[str, Any]]:
    """Each of several lots with what criteria weigh there otherwise than in every lot, and what they total."""
    if len(itt.lots) == 1:
        return []
    faults = [(lot, list(weight_faults(itt, weights_in(lot)).values()) if lot.weights else []) for lot in itt.lots]
    titles = {node.key: node.title for node in itt.criteria}
    return [
        {
            "lot": lot,
            "own": [f"{titles[key]} {weight}%" for key, weight in lot.weights.items()],
            "faults": said,
        }
        for lot, said in faults
    ]


def _groups(
    itt: InvitationToTender,
    form: TotalsForm,
    typed: dict[uuid.UUID, Decimal],
    field: Callable[[AwardCriterion], str] = weight_field,
) -> list[dict[str, Any]]:
    marks, boxes = node_marks(itt, typed), {box.name: box for box in form}
    return [
        {
            "heading": heading,
            "nodes": nodes,
            "fields": [boxes.get(field(node)) for node in nodes],
            "total": sum((typed[node.id] for node in nodes), Decimal(0)),
            "marks": sum((marks[node.id] for node in nodes), Fraction(0)),
        }
        for heading, nodes in sibling_groups(itt)
        if itt.criteria
    ]


def _addresses(itt: InvitationToTender) -> dict[str, str]:
    """Where each criterion is changed; the price has a page of its own."""
    return {
        node.key: url_for("itts.price", reference=itt.reference)
        if kind_of(node) is CriterionKind.PRICE
        else url_for("itts.criterion_edit", reference=itt.reference, key=node.key)
        for node in itt.criteria
    }


def _shares_form(itt: InvitationToTender) -> TotalsForm:
    return figures_form(
        {
            share_field(node, panel.key): (
                f"Share of {panel.name} on {node.title}",
                shares_of(itt, node).get(panel.id),
            )
            for node in scored(itt)
            for panel in itt.panels
        }
    )


def _totals(itt: InvitationToTender, typed: dict[tuple[uuid.UUID, uuid.UUID], Decimal]) -> dict[uuid.UUID, Decimal]:
    return {node.id: sum((typed[node.id, panel.id] for panel in itt.panels), Decimal(0)) for node in scored(itt)}


def _headings(itt: InvitationToTender) -> list[AwardCriterion]:
    return [node for node, _ in walk(itt) if kind_of(node) is CriterionKind.HEADING]


def _shown(node: AwardCriterion) -> dict[str, Any]:
    return {
        "title": node.title,
        "kind": kind_of(node).value,
        "parent": node.parent.key if node.parent else "",
        "guidance": node.guidance,
        "plain_title": node.plain_title,
        "scale": node.scale.key if node.scale else None,
        "minimum": node.minimum,
        "makes_precise": str(node.framework_criterion_id or ""),
    }


def _described(form: CriterionForm, itt: InvitationToTender) -> dict[str, Any]:
    is_scored = form.kind.data == CriterionKind.SCORED.value
    return {
        "title": form.title.data,
        "guidance": form.guidance.data,
        "plain_title": form.plain_title.data,
        "parent": part_of(itt.criteria, form.parent.data) if form.parent.data else None,
        "scale": part_of(itt.scales, form.scale.data) if is_scored else None,
        "minimum": form.minimum.data,
        "makes_precise": chosen_criterion(form, itt),
    }


def _count(itt: InvitationToTender, node: AwardCriterion) -> str:
    under = len(list(walk(itt, node)))
    if not under:
        return ""
    return f"The {counted(under, 'criterion', 'criteria')} under it will go too."
