"""Draw up the questions that bidders answer, in order, each feeding the criterion that its answer is scored under."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from portal.core.columns import db
from portal.core.errors import InvalidInput
from portal.core.parsing.text import require_text, tidy
from portal.core.permissions import Actor
from portal.tendering.by_lot import asked_in_vain
from portal.tendering.changing import begin_change, record_change
from portal.tendering.checking import Task
from portal.tendering.models import AwardCriterion, InvitationToTender, Lot, Question
from portal.tendering.naming import new_key
from portal.tendering.question_kinds.registry import KINDS
from portal.tendering.states import EnvelopeKind, QuestionKind
from portal.tendering.tree import CriterionKind, kind_of

MOST_QUESTIONS = 60


def add_question(
    *,
    itt: InvitationToTender,
    prompt: str,
    guidance: str,
    kind: QuestionKind,
    settings: Mapping[str, str],
    criterion: AwardCriterion | None,
    required: bool,
    actor: Actor,
) -> Question:
    """Add a question at the end; `criterion` is the scored one that its answer feeds (None: officers check it).

    `settings` is what the kind asks for, as it was typed. Raises `InvalidInput` beside `prompt`, `criterion` or a
    setting's name. Records ITT_CHANGED.
    """
    begin_change(itt, actor)
    if len(itt.questions) >= MOST_QUESTIONS:
        raise InvalidInput(f"An invitation has at most {MOST_QUESTIONS} questions.", field="prompt")
    question = Question(key=new_key(prompt, {other.key for other in itt.questions}, otherwise="question"))
    question.position = max((other.position for other in itt.questions), default=0) + 1
    describe(itt, question, prompt, guidance, kind, settings, criterion, required)
    itt.questions.append(question)
    db.session.flush()
    record_change(itt, actor, Task.QUESTIONS, question=question.key)
    return question


def change_question(
    *,
    itt: InvitationToTender,
    question: Question,
    prompt: str,
    guidance: str,
    kind: QuestionKind,
    settings: Mapping[str, str],
    criterion: AwardCriterion | None,
    required: bool,
    actor: Actor,
) -> None:
    """Change a question; its key and place stay. Raises as `add_question`. Records ITT_CHANGED."""
    begin_change(itt, actor)
    describe(itt, question, prompt, guidance, kind, settings, criterion, required)
    db.session.flush()
    record_change(itt, actor, Task.QUESTIONS, question=question.key)


def move_question_up(*, itt: InvitationToTender, question: Question, actor: Actor) -> None:
    """Let a question change places with the one before it; the first stays. Records ITT_CHANGED."""
    begin_change(itt, actor)
    ordered = sorted(itt.questions, key=lambda each: (each.position, each.key))
    place = ordered.index(question)
    if place:
        ordered[place - 1 : place + 1] = [question, ordered[place - 1]]
    for position, each in enumerate(ordered, 1):
        each.position = position
    db.session.flush()
    record_change(itt, actor, Task.QUESTIONS, question=question.key)


def ask_for_lots(*, itt: InvitationToTender, question: Question, lots: Sequence[Lot], actor: Actor) -> None:
    """Ask a question for some lots alone, or for all. Raises `InvalidInput` (field `lots`). Records ITT_CHANGED."""
    begin_change(itt, actor)
    if not lots:
        raise InvalidInput("Choose at least one lot.", field="lots")
    for lot in asked_in_vain(question, lots):
        raise InvalidInput(f"What it is judged by does not count in lot {lot.number}.", field="lots")
    if question.asked.kind.sets_price:
        for lot in [lot for lot in _priced_lots(itt, question) if lot in lots]:
            raise InvalidInput(f"Lot {lot.number} has a price schedule already, and a bid has one price.", field="lots")
    question.lot_ids = [] if len(lots) == len(itt.lots) else [lot.id for lot in lots]
    db.session.flush()
    record_change(itt, actor, Task.QUESTIONS, question=question.key, lots=[lot.number for lot in lots])


def remove_question(*, itt: InvitationToTender, question: Question, actor: Actor) -> None:
    """Remove a question. Records ITT_CHANGED."""
    begin_change(itt, actor)
    itt.questions.remove(question)
    db.session.flush()
    record_change(itt, actor, Task.QUESTIONS, removed=question.key)


def describe(
    itt: InvitationToTender,
    question: Question,
    prompt: str,
    guidance: str,
    kind: QuestionKind,
    settings: Mapping[str, str],
    criterion: AwardCriterion | None,
    required: bool,
) -> None:
    """Put what an officer said about a question into it; raises as `add_question`."""
    asked = require_text(prompt, "Write the question.", field="prompt")
    if criterion is not None and kind_of(criterion) is not CriterionKind.SCORED:
        raise InvalidInput(f"“{criterion.title}” is not scored itself. Choose a part of it.", field="criterion")
    if criterion is not None and KINDS[kind].envelope is EnvelopeKind.COMPLIANCE:
        raise InvalidInput("Officers check this, and no panel scores it.", field="criterion")
    if KINDS[kind].sets_price:
        _give_one_price(itt, question, criterion)
    question.settings = KINDS[kind].read_settings(settings)
    question.prompt, question.guidance, question.kind = asked, tidy(guidance), kind
    question.criterion, question.criterion_id = criterion, criterion.id if criterion is not None else None
    question.required = required or KINDS[kind].sets_price or KINDS[kind].is_condition
    # A panel scores what it reads with the quality; what no panel scores is for officers, and kept from panels.
    judged = EnvelopeKind.QUALITY if criterion is not None else EnvelopeKind.COMPLIANCE
    question.envelope = KINDS[kind].envelope or judged


def _give_one_price(itt: InvitationToTender, question: Question, criterion: AwardCriterion | None) -> None:
    """A bid has one price, and no panel scores it: a schedule is asked for those of its lots that have none yet."""
    if criterion is not None:
        raise InvalidInput("No panel scores a price schedule: its total earns the marks for price.", field="criterion")
    priced = _priced_lots(itt, question)
    lots = [lot for lot in itt.lots if question.is_asked_for(lot.id) and lot not in priced]
    if not lots:
        beyond = " For a schedule of its own in a lot, ask the first one for the other lots." if itt.lots[1:] else ""
        raise InvalidInput(f"There is a price schedule already, and a bid has one price.{beyond}", field="prompt")
    question.lot_ids = [] if len(lots) == len(itt.lots) else [lot.id for lot in lots]


def _priced_lots(itt: InvitationToTender, question: Question) -> list[Lot]:
    """The lots for which another question sets the price."""
    others = [other for other in itt.questions if other is not question and other.asked.kind.sets_price]
    return [lot for lot in itt.lots if any(other.is_asked_for(lot.id) for other in others)]
