"""A commissioner draws up lots, award criteria and the conditions for joining."""

from __future__ import annotations

import uuid

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.core.errors import NotFound
from portal.core.permissions import Role
from portal.frameworks.forms.setting_up import ConfirmForm
from portal.frameworks.forms.structure import ConditionForm, CriterionForm, LotForm
from portal.frameworks.models import Framework, FrameworkCriterion
from portal.frameworks.proportion import warnings_of
from portal.frameworks.queries import framework_for
from portal.frameworks.questionnaire import Question, read
from portal.frameworks.requirements import weights_fault
from portal.frameworks.structure import (
    add_criterion,
    add_lot,
    change_criterion,
    change_lot,
    conditions_of,
    remove_condition,
    remove_criterion,
    remove_lot,
    save_condition,
)
from portal.frameworks.views.desk import bp, lot_of, saved, shown
from portal.web.access import actor, for_authority
from portal.web.submissions import saves_a_draft

LOTS, CRITERIA, QUESTIONS = "framework_desk.lots", "framework_desk.criteria", "framework_desk.questions"


@bp.get("/<reference>/lots")
@for_authority(Role.COMMISSIONER)
def lots(reference: str) -> str:
    """The lots there are."""
    return render_template("frameworks/setting_up/lots.html", framework=framework_for(reference, actor()))


@bp.route("/<reference>/lots/add", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def lot_add(reference: str) -> ResponseReturnValue:
    """A further lot."""
    framework = framework_for(reference, actor())
    form = LotForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: add_lot(framework=framework, details=form.details(), actor=actor())
    ):
        return saved(reference, "Lot added.", LOTS)
    return shown("lot", form, framework, lot=None)


@bp.route("/<reference>/lots/<int:number>", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
@saves_a_draft
def lot_edit(reference: str, number: int) -> ResponseReturnValue:
    """One lot."""
    framework = framework_for(reference, actor())
    lot = lot_of(framework, number)
    form = LotForm.of(lot)
    if form.validate_on_submit() and form.carry_out(
        lambda: change_lot(framework=framework, lot=lot, details=form.details(), actor=actor())
    ):
        return saved(reference, "Lot saved.", LOTS)
    return shown("lot", form, framework, lot=lot)


@bp.route("/<reference>/lots/<int:number>/remove", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def lot_remove(reference: str, number: int) -> ResponseReturnValue:
    """Take a lot away."""
    framework = framework_for(reference, actor())
    lot = lot_of(framework, number)
    form = ConfirmForm()
    if form.validate_on_submit() and form.carry_out(lambda: remove_lot(framework=framework, lot=lot, actor=actor())):
        return saved(reference, "Lot removed.", LOTS)
    consequence = "The lots after it move up. Conditions that are for it alone go with it."
    return shown("remove", form, framework, what=f"lot {number}, {lot.title}", consequence=consequence, back=LOTS)


@bp.get("/<reference>/criteria")
@for_authority(Role.COMMISSIONER)
def criteria(reference: str) -> str:
    """The award criteria there are."""
    framework = framework_for(reference, actor())
    fault = weights_fault(framework.criteria) if framework.criteria else None
    return render_template("frameworks/setting_up/criteria.html", framework=framework, fault=fault)


@bp.route("/<reference>/criteria/add", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def criterion_add(reference: str) -> ResponseReturnValue:
    """A further criterion."""
    framework = framework_for(reference, actor())
    form = CriterionForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: add_criterion(framework=framework, details=form.details(), actor=actor())
    ):
        return saved(reference, "Criterion added.", CRITERIA)
    return shown("criterion", form, framework, criterion=None)


@bp.route("/<reference>/criteria/<uuid:criterion_id>", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
@saves_a_draft
def criterion_edit(reference: str, criterion_id: uuid.UUID) -> ResponseReturnValue:
    """One criterion."""
    framework = framework_for(reference, actor())
    criterion = _criterion(framework, criterion_id)
    form = CriterionForm(obj=criterion)
    if form.validate_on_submit() and form.carry_out(
        lambda: change_criterion(framework=framework, criterion=criterion, details=form.details(), actor=actor())
    ):
        return saved(reference, "Criterion saved.", CRITERIA)
    return shown("criterion", form, framework, criterion=criterion)


@bp.route("/<reference>/criteria/<uuid:criterion_id>/remove", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def criterion_remove(reference: str, criterion_id: uuid.UUID) -> ResponseReturnValue:
    """Take a criterion away."""
    framework = framework_for(reference, actor())
    criterion = _criterion(framework, criterion_id)
    form = ConfirmForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: remove_criterion(framework=framework, criterion=criterion, actor=actor())
    ):
        return saved(reference, "Criterion removed.", CRITERIA)
    consequence = "No call-off will be decided by it."
    return shown("remove", form, framework, what=f"“{criterion.title}”", consequence=consequence, back=CRITERIA)


@bp.get("/<reference>/questions")
@for_authority(Role.COMMISSIONER)
def questions(reference: str) -> str:
    """The whole questionnaire: the standard part, and the conditions that were added."""
    framework = framework_for(reference, actor())
    questionnaire = read(framework.questionnaire)
    return render_template(
        "frameworks/setting_up/questions.html",
        framework=framework,
        questionnaire=questionnaire,
        conditions=conditions_of(framework),
        warnings=warnings_of(questionnaire, framework.lots),
    )


@bp.route("/<reference>/questions/add", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def condition_add(reference: str) -> ResponseReturnValue:
    """A further condition."""
    framework = framework_for(reference, actor())
    form = ConditionForm()
    form.offer(framework.lots)
    if form.validate_on_submit() and form.carry_out(
        lambda: save_condition(framework=framework, question=form.question(""), actor=actor())
    ):
        return saved(reference, "Condition added.", QUESTIONS)
    return shown("condition", form, framework, condition=None)


@bp.route("/<reference>/questions/<key>", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
@saves_a_draft
def condition_edit(reference: str, key: str) -> ResponseReturnValue:
    """One condition."""
    framework = framework_for(reference, actor())
    condition = _condition(framework, key)
    form = ConditionForm.of(condition)
    form.offer(framework.lots)
    if form.validate_on_submit() and form.carry_out(
        lambda: save_condition(framework=framework, question=form.question(key), actor=actor())
    ):
        return saved(reference, "Condition saved.", QUESTIONS)
    return shown("condition", form, framework, condition=condition)


@bp.route("/<reference>/questions/<key>/remove", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
def condition_remove(reference: str, key: str) -> ResponseReturnValue:
    """Take a condition away."""
    framework = framework_for(reference, actor())
    condition = _condition(framework, key)
    form = ConfirmForm()
    if form.validate_on_submit() and form.carry_out(
        lambda: remove_condition(framework=framework, key=key, actor=actor())
    ):
        return saved(reference, "Condition removed.", QUESTIONS)
    consequence = "Providers will not be asked it."
    return shown("remove", form, framework, what=f"“{condition.prompt}”", consequence=consequence, back=QUESTIONS)


def _criterion(framework: Framework, criterion_id: uuid.UUID) -> FrameworkCriterion:
    found = next((criterion for criterion in framework.criteria if criterion.id == criterion_id), None)
    if found is None:
        raise NotFound("That criterion is not there any more.")
    return found


def _condition(framework: Framework, key: str) -> Question:
    found = next((question for question in conditions_of(framework) if question.key == key), None)
    if found is None:
        raise NotFound("That condition is not there any more.")
    return found
