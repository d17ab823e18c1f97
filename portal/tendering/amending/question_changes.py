"""Questions that an addendum changes: words, help, limits and duty, further ones, and ones that are asked no more."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from portal.core.errors import InvalidInput, NotFound, WrongState
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.tendering.amending.models import MethodChange
from portal.tendering.amending.prepared import columns_of, hold, prepared_change, prepared_changes
from portal.tendering.amending.states import ChangedPart
from portal.tendering.asking import MOST_QUESTIONS, describe
from portal.tendering.checking import question_faults
from portal.tendering.models import AwardCriterion, InvitationToTender, Question
from portal.tendering.naming import new_key
from portal.tendering.queries import whole
from portal.tendering.question_kinds.registry import KINDS
from portal.tendering.states import QuestionKind

SAME = "Nothing of this question is different from what is published."


def prepare_question(
    *,
    itt: InvitationToTender,
    key: str | None,
    prompt: str,
    guidance: str,
    kind: QuestionKind,
    settings: Mapping[str, str],
    criterion: AwardCriterion | None,
    required: bool,
    actor: Actor,
) -> MethodChange:
    """Prepare another wording, limit or duty of a published question, or (`key` None) a further question.

    Nothing changes, and nobody outside hears of it, before an addendum with it is published. How a question is
    answered, who judges it and for which lots it is asked stay: another question would be asked. Raises `InvalidInput`
    beside the field that `add_question` names, or "prompt" where nothing is different, and `WrongState` for a price
    schedule, whose rates bidders have worked out.
    """
    held = take(itt, Verb.PROPOSE_ADDENDUM, *whole(), actor=actor)
    earlier = prepared_change(held.id, ChangedPart.QUESTION, key) if key is not None else None
    is_new = key is None or (earlier is not None and earlier.before is None)
    question = None if is_new else published_question(held, key)
    if question is None and len(held.questions) >= MOST_QUESTIONS:
        raise InvalidInput(f"An invitation has at most {MOST_QUESTIONS} questions.", field="prompt")
    if KINDS[kind].sets_price or (question is not None and question.asked.kind.sets_price):
        raise WrongState(
            "A price schedule cannot be changed once it is published: bidders have worked out rates for it."
        )
    before = columns_of(question) if question is not None else None
    if question is not None:
        new, kind, criterion = Question(**values_of(columns_of(question))), question.kind, question.criterion
    elif earlier is not None:
        new = question_of(earlier)
        kind, criterion = new.kind, next((each for each in held.criteria if each.id == new.criterion_id), None)
    else:
        new = _further(held)
    describe(held, new, prompt, guidance, kind, settings, criterion, required)
    after = columns_of(new)
    if after == before:
        raise InvalidInput(SAME, field="prompt")
    taken = {each.key for each in held.questions} | {each.key for each in prepared_changes(held.id)}
    return hold(held, ChangedPart.QUESTION, key or new_key(prompt, taken, otherwise="question"), before, after)


def prepare_withdrawal(*, itt: InvitationToTender, key: str, actor: Actor) -> MethodChange:
    """Prepare to ask a published question no more; raises `NotFound`, and `WrongState` for a price schedule."""
    held = take(itt, Verb.PROPOSE_ADDENDUM, *whole(), actor=actor)
    question = published_question(held, key)
    if question.asked.kind.sets_price:
        raise WrongState("A price schedule cannot be taken back once it is published: every bid has its price by it.")
    return hold(held, ChangedPart.QUESTION, key, columns_of(question), None)


def question_of(change: MethodChange) -> Question:
    """The question as it shall be, in no session; raises `NotFound` for one that is taken back."""
    if change.after is None:
        raise NotFound("This question is taken back.")
    return Question(key=change.key, **values_of(change.after))


def values_of(stated: Mapping[str, Any]) -> dict[str, Any]:
    """The columns again as the model has them."""
    return {
        **stated,
        "criterion_id": stated["criterion_id"] and uuid.UUID(stated["criterion_id"]),
        "lot_ids": [uuid.UUID(lot) for lot in stated["lot_ids"]],
        **{name: Question.__table__.c[name].type.python_type(stated[name]) for name in ("kind", "envelope")},
    }


def published_question(itt: InvitationToTender, key: str | None) -> Question:
    """A question as it is published; raises `NotFound`."""
    found = next((each for each in itt.questions if each.key == key), None)
    if found is None:
        raise NotFound("There is no such question.")
    return found


def _further(itt: InvitationToTender) -> Question:
    held = prepared_changes(itt.id)
    new = [each.after["position"] for each in held if each.after is not None and each.part.is_question]
    places = [question.position for question in itt.questions] + new
    return Question(position=max(places, default=0) + 1, lot_ids=[])


def require_questions(itt: InvitationToTender, changes: Sequence[MethodChange]) -> None:
    """Refuse changes after which panels would have nothing to score (`InvalidInput`, field "prepared")."""
    asked = {each.key: each for each in itt.questions}
    for change in _of_questions(changes):
        asked.pop(change.key, None)
        if change.after is not None:
            asked[change.key] = question_of(change)
    faults = list(question_faults(itt, list(asked.values()))) if _of_questions(changes) else []
    if faults:
        raise InvalidInput(" ".join(faults), field="prepared")


def change_questions(itt: InvitationToTender, changes: Sequence[MethodChange]) -> None:
    """Change the rows of the questions into what an addendum says."""
    standing = {question.key: question for question in itt.questions}
    for change in _of_questions(changes):
        question = standing.get(change.key)
        if change.after is None:
            assert question is not None
            itt.questions.remove(question)
        elif question is None:
            itt.questions.append(question_of(change))
        else:
            for name, value in values_of(change.after).items():
                setattr(question, name, value)


def _of_questions(changes: Sequence[MethodChange]) -> list[MethodChange]:
    return [change for change in changes if change.part.is_question]
