"""Officers prepare what an addendum changes of criteria and their weights: nothing changes before it is published."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core.permissions import Role, Verb, policy
from portal.tendering.amending.criterion_changes import (
    as_prepared,
    minimum_field,
    prepare_figures,
    prepare_words,
    published_criterion,
)
from portal.tendering.amending.forms import CriterionWordsForm, FiguresForm, figures_form
from portal.tendering.amending.prepared import prepared_changes
from portal.tendering.criteria import weight_field
from portal.tendering.models import InvitationToTender
from portal.tendering.queries import find_itt
from portal.tendering.tree import sibling_groups
from portal.tendering.weighing import weight_faults
from portal.web.access import actor, for_authority

bp = Blueprint("changed_criteria", __name__, url_prefix="/commissioning/itts/<reference>/changes/criteria")


@bp.route("", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def index(reference: str) -> ResponseReturnValue:
    """Every criterion with its weight and minimum score, as they are prepared or published."""
    itt = _changeable(reference)
    form = figures_form(itt.criteria, as_prepared(itt))
    if form.validate_on_submit() and form.carry_out(lambda: _prepare(form, itt)):
        flash("Prepared. Nothing is changed yet: propose it when everything is ready.", "success")
        return redirect(url_for(".index", reference=reference))
    typed = {node.id: form.weights.get(node.key, Decimal(0)) for node in itt.criteria}
    page = render_template(
        "tendering/amending/criteria.html",
        itt=itt,
        form=form,
        prepared=prepared_changes(itt.id),
        groups=[(heading, nodes) for heading, nodes in sibling_groups(itt) if nodes],
        weight_field=weight_field,
        minimum_field=minimum_field,
        faults=weight_faults(itt, typed),
    )
    return page, form.status_code


@bp.route("/<key>", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def words(reference: str, key: str) -> ResponseReturnValue:
    """Other words for a criterion."""
    itt = _changeable(reference)
    node = published_criterion(itt, key)
    form = CriterionWordsForm(data=as_prepared(itt)[key])
    if form.validate_on_submit() and form.carry_out(
        lambda: prepare_words(itt=itt, key=key, actor=actor(), **_described(form))
    ):
        flash("Prepared. Nothing is changed yet: propose it when everything is ready.", "success")
        return redirect(url_for(".index", reference=reference))
    page = render_template("tendering/amending/criterion.html", itt=itt, form=form, node=node)
    return page, form.status_code


def _changeable(reference: str) -> InvitationToTender:
    itt = find_itt(reference)
    policy.require(actor(), Verb.PROPOSE_ADDENDUM, itt)
    return itt


def _prepare(form: FiguresForm, itt: InvitationToTender) -> Any:
    return prepare_figures(itt=itt, weights=form.weights, minimums=form.minimums, actor=actor())


def _described(form: CriterionWordsForm) -> dict[str, str]:
    return {name: form[name].data or "" for name in ("title", "guidance", "plain_title")}
