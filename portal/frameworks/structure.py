"""Lots with their bandings, placement types and areas; award criteria with ranges of weights; conditions of lots."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

from portal.core.columns import db
from portal.core.errors import InvalidInput, NotFound
from portal.core.parsing.text import has_text, one_line, require_text, tidy
from portal.core.permissions import Actor
from portal.frameworks import requirements
from portal.frameworks.changing import begin_change, record_change
from portal.frameworks.checking import Task
from portal.frameworks.models import Band, Framework, FrameworkCriterion, FrameworkLot
from portal.frameworks.questionnaire import (
    AnswerKind,
    Judged,
    Question,
    Section,
    SelectionQuestionnaire,
    number_in,
    read,
)
from portal.frameworks.standard_questions import CONDITIONS

Part = TypeVar("Part")


@dataclass(frozen=True)
class LotDetails:
    """A lot as it is described. `bands` are (title, description) in order; `largest_contract` is in pounds."""

    title: str
    definition: str
    cpv_codes: Sequence[str] = ()
    areas: Sequence[str] = ()
    placement_types: Sequence[str] = ()
    bands: Sequence[tuple[str, str]] = ()
    largest_contract: Decimal | None = None


@dataclass(frozen=True)
class CriterionDetails:
    """An award criterion with the lowest and the highest weight that a call-off may give it, in per cent."""

    title: str
    description: str = ""
    lowest_weight: Decimal | None = None
    highest_weight: Decimal | None = None
    by_young_people: bool = False


def add_lot(*, framework: Framework, details: LotDetails, actor: Actor) -> FrameworkLot:
    """Add a lot at the end, with the next number. The errors are those of `change_lot`; records FRAMEWORK_CHANGED."""
    begin_change(framework, actor)
    if len(framework.lots) >= requirements.MOST_LOTS:
        raise InvalidInput(f"There can be at most {requirements.MOST_LOTS} lots.", field="title")
    lot = FrameworkLot(number=len(framework.lots) + 1, title="", definition="")
    _describe(framework, lot, details)
    framework.lots.append(lot)
    record_change(framework, actor, Task.LOTS, lots=len(framework.lots))
    return lot


def change_lot(*, framework: Framework, lot: FrameworkLot, details: LotDetails, actor: Actor) -> None:
    """Describe a lot: objectively what belongs to it, codes, areas, placement types, bandings, the largest call-off.

    PCR2015 reg 34(3)-(4), (7). Raises `InvalidInput` beside `title`, `definition`, `cpv_codes`, `areas`,
    `placement_types`, `bands` or `largest_contract`, and what `begin_change` raises. Records FRAMEWORK_CHANGED.
    """
    begin_change(framework, actor)
    _describe(framework, _own(framework.lots, lot), details)
    record_change(framework, actor, Task.LOTS, lot=lot.number)


def remove_lot(*, framework: Framework, lot: FrameworkLot, actor: Actor) -> None:
    """Take a lot away: those after it move up, and the conditions follow their lots. Records FRAMEWORK_CHANGED.

    A condition that was for this lot alone goes with it.
    """
    begin_change(framework, actor)
    gone = _own(framework.lots, lot).number
    framework.lots.remove(lot)
    db.session.flush()
    for after in framework.lots:
        if after.number > gone:
            after.number -= 1
            # One after the other: two lots never have the same number, not even for a moment.
            db.session.flush()
    framework.questionnaire = _without_lot(read(framework.questionnaire), gone).to_dict()
    record_change(framework, actor, Task.LOTS, removed=gone, lots=len(framework.lots))


def add_criterion(*, framework: Framework, details: CriterionDetails, actor: Actor) -> FrameworkCriterion:
    """Add an award criterion that every call-off is decided by (PCR2015 reg 34(23); PA2023 s.46(8)).

    Raises `InvalidInput` beside `title`, `lowest_weight` or `highest_weight`. Records FRAMEWORK_CHANGED.
    """
    begin_change(framework, actor)
    last = max((criterion.position for criterion in framework.criteria), default=0)
    criterion = FrameworkCriterion(position=last + 1, title="")
    _define(framework, criterion, details)
    framework.criteria.append(criterion)
    record_change(framework, actor, Task.CRITERIA, criteria=len(framework.criteria))
    return criterion


def change_criterion(
    *, framework: Framework, criterion: FrameworkCriterion, details: CriterionDetails, actor: Actor
) -> None:
    """Change an award criterion. The errors are those of `add_criterion`. Records FRAMEWORK_CHANGED."""
    begin_change(framework, actor)
    _define(framework, _own(framework.criteria, criterion), details)
    record_change(framework, actor, Task.CRITERIA, criteria=len(framework.criteria))


def remove_criterion(*, framework: Framework, criterion: FrameworkCriterion, actor: Actor) -> None:
    """Take an award criterion away. Records FRAMEWORK_CHANGED."""
    begin_change(framework, actor)
    framework.criteria.remove(_own(framework.criteria, criterion))
    record_change(framework, actor, Task.CRITERIA, criteria=len(framework.criteria))


def save_condition(*, framework: Framework, question: Question, actor: Actor) -> Question:
    """Add a condition for joining, or put it in the place of the one with its key; an empty key means a new one.

    The standard questions are not changed. Raises `InvalidInput` beside `prompt`, `passes`, `choices` or `lots`,
    `NotFound` for a key that is no condition's. Records FRAMEWORK_CHANGED.
    """
    begin_change(framework, actor)
    _require_condition(framework, question)
    questionnaire = read(framework.questionnaire)
    conditions = list(_conditions(questionnaire))
    if question.key:
        conditions[_place(conditions, question.key)] = question
    else:
        question = replace(question, key=_new_key(conditions))
        conditions.append(question)
    framework.questionnaire = _with_conditions(questionnaire, conditions).to_dict()
    record_change(framework, actor, Task.QUESTIONS, condition=question.key)
    return question


def remove_condition(*, framework: Framework, key: str, actor: Actor) -> None:
    """Take one of the commissioner's own conditions away. Raises `NotFound`. Records FRAMEWORK_CHANGED."""
    begin_change(framework, actor)
    questionnaire = read(framework.questionnaire)
    conditions = list(_conditions(questionnaire))
    del conditions[_place(conditions, key)]
    framework.questionnaire = _with_conditions(questionnaire, conditions).to_dict()
    record_change(framework, actor, Task.QUESTIONS, removed=key)


def conditions_of(framework: Framework) -> tuple[Question, ...]:
    """The commissioner's own conditions."""
    return _conditions(read(framework.questionnaire))


def _describe(framework: Framework, lot: FrameworkLot, details: LotDetails) -> None:
    lot.title = require_text(one_line(details.title), "Give the lot a title.", field="title")
    missing = "Say what belongs to this lot, so that everybody would judge it alike."
    lot.definition = require_text(details.definition, missing, field="definition")
    wanted = list(details.cpv_codes) or list(framework.cpv_codes)
    lot.cpv_codes = requirements.require_codes_among(wanted, framework.cpv_codes)
    lot.areas = requirements.require_words(details.areas, "areas")
    lot.placement_types = requirements.require_words(details.placement_types, "placement_types")
    if details.largest_contract is not None:
        requirements.require_value(details.largest_contract, "largest_contract")
    lot.largest_contract = details.largest_contract
    titles = requirements.require_words([title for title, _ in details.bands], "bands")
    if len(titles) > requirements.MOST_BANDS:
        raise InvalidInput(f"There can be at most {requirements.MOST_BANDS} bandings.", field="bands")
    _set_bands(lot, [(one_line(title), tidy(text)) for title, text in details.bands if has_text(title)])


def _set_bands(lot: FrameworkLot, wanted: list[tuple[str, str]]) -> None:
    """Keep the rows of bandings that stay, so that nothing which names them loses its place."""
    known = {band.title: band for band in lot.bands}
    lot.bands = [known.get(title) or Band(title=title) for title, _ in wanted]
    for place, (band, (_, text)) in enumerate(zip(lot.bands, wanted, strict=True), start=1):
        band.position, band.description = place, text


def _define(framework: Framework, criterion: FrameworkCriterion, details: CriterionDetails) -> None:
    title = require_text(one_line(details.title), "Give the criterion a title.", field="title")
    others = {other.title.casefold() for other in framework.criteria if other is not criterion}
    if title.casefold() in others:
        raise InvalidInput("There is a criterion with that title already.", field="title")
    requirements.require_weights(details.lowest_weight, details.highest_weight)
    criterion.title, criterion.description = title, tidy(details.description)
    criterion.lowest_weight = details.lowest_weight or Decimal(0)
    criterion.highest_weight = details.highest_weight or Decimal(0)
    criterion.by_young_people = details.by_young_people


def _require_condition(framework: Framework, question: Question) -> None:
    require_text(question.prompt, "Write the question.", field="prompt")
    if question.kind is AnswerKind.CHOICE and len(question.choices) < 2:
        raise InvalidInput("Give at least two answers to choose from.", field="choices")
    if question.judged is Judged.ITSELF:
        require_text(question.passes, "Say which answer passes.", field="passes")
        allowed = {AnswerKind.YES_NO: ("yes", "no"), AnswerKind.CHOICE: question.choices}.get(question.kind)
        if question.kind in {AnswerKind.TEXT, AnswerKind.EVIDENCE}:
            raise InvalidInput("No rule can judge a text or a document: a person must.", field="judged")
        if question.kind is AnswerKind.NUMBER and number_in(question.passes) is None:
            raise InvalidInput("Give the smallest number that passes, such as 2.", field="passes")
        if allowed is not None and question.passes not in allowed:
            raise InvalidInput(f"The answer that passes must be one of: {', '.join(allowed)}.", field="passes")
    numbers = {lot.number for lot in framework.lots}
    if missing := [lot for lot in question.lots if lot not in numbers]:
        raise InvalidInput(f"There is no lot {missing[0]}.", field="lots")


def _conditions(questionnaire: SelectionQuestionnaire) -> tuple[Question, ...]:
    return next((section.questions for section in questionnaire.sections if section.key == CONDITIONS), ())


def _with_conditions(questionnaire: SelectionQuestionnaire, conditions: Iterable[Question]) -> SelectionQuestionnaire:
    own = next((section for section in questionnaire.sections if section.key == CONDITIONS), None)
    own = own or Section(CONDITIONS, "Conditions")
    kept = tuple(section for section in questionnaire.sections if section.key != CONDITIONS)
    return SelectionQuestionnaire((*kept, replace(own, questions=tuple(conditions))))


def _without_lot(questionnaire: SelectionQuestionnaire, gone: int) -> SelectionQuestionnaire:
    kept = []
    for question in _conditions(questionnaire):
        lots = tuple(lot - (lot > gone) for lot in question.lots if lot != gone)
        if lots or not question.lots:
            kept.append(replace(question, lots=lots))
    return _with_conditions(questionnaire, kept)


def _place(conditions: list[Question], key: str) -> int:
    for place, question in enumerate(conditions):
        if question.key == key:
            return place
    raise NotFound("That condition is not there any more.")


def _new_key(conditions: list[Question]) -> str:
    taken = {question.key for question in conditions}
    return next(key for number in range(1, len(taken) + 2) if (key := f"condition_{number}") not in taken)


def _own(parts: Sequence[Part], part: Part) -> Part:
    if part not in parts:
        raise NotFound("That part of the draft is not there any more.")
    return part
