"""Questions that an addendum changes: prepared from what stands, proposed with it, in force when it is published."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from portal.core.columns import db
from portal.core.errors import InvalidInput, NotFound, WrongState
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.tendering.amending.models import Addendum, MethodChange
from portal.tendering.amending.states import ChangedPart
from portal.tendering.asking import MOST_QUESTIONS, describe
from portal.tendering.checking import question_faults
from portal.tendering.method_versions import MethodVersion, keep_version
from portal.tendering.models import AwardCriterion, InvitationToTender, Question
from portal.tendering.naming import new_key
from portal.tendering.queries import whole
from portal.tendering.question_kinds.registry import KINDS
from portal.tendering.states import QuestionKind

NAMES = frozenset({"id", "itt_id", "key"})
"""Columns that say which question it is: they never change."""
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
    earlier = next((each for each in prepared_changes(held.id) if each.key == key), None)
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
        new, kind, criterion = Question(**_values(columns_of(question))), question.kind, question.criterion
    elif earlier is not None:
        new = question_of(earlier)
        kind, criterion = new.kind, next((each for each in held.criteria if each.id == new.criterion_id), None)
    else:
        new = _further(held)
    describe(held, new, prompt, guidance, kind, settings, criterion, required)
    after = columns_of(new)
    if after == before:
        raise InvalidInput(SAME, field="prompt")
    named = key or new_key(
        prompt, {*(each.key for each in held.questions), *_prepared_keys(held)}, otherwise="question"
    )
    return _prepare(held, named, before, after)


def prepare_withdrawal(*, itt: InvitationToTender, key: str, actor: Actor) -> MethodChange:
    """Prepare to ask a published question no more; raises `NotFound`, and `WrongState` for a price schedule."""
    held = take(itt, Verb.PROPOSE_ADDENDUM, *whole(), actor=actor)
    question = published_question(held, key)
    if question.asked.kind.sets_price:
        raise WrongState("A price schedule cannot be taken back once it is published: every bid has its price by it.")
    return _prepare(held, key, columns_of(question), None)


def drop_prepared(*, change: MethodChange, actor: Actor) -> None:
    """Let go a prepared change: what is published stays. Raises `NotFound` once it belongs to an addendum."""
    take(change.itt, Verb.PROPOSE_ADDENDUM, actor=actor)
    db.session.refresh(change)
    if change.addendum_id is not None:
        raise NotFound("This change is proposed already: it is decided with its addendum.")
    db.session.delete(change)


def propose_prepared(addendum: Addendum) -> list[MethodChange]:
    """Make everything that is prepared part of the addendum.

    Raises `InvalidInput` (field "questions") where an earlier addendum has changed a question, or panels would
    have nothing to score.
    """
    prepared = list(
        db.session.scalars(
            select(MethodChange)
            .where(MethodChange.itt_id == addendum.itt_id, MethodChange.addendum_id.is_(None))
            .order_by(MethodChange.part, MethodChange.key)
        )
    )
    standing = {question.key: question for question in addendum.itt.questions}
    for change in prepared:
        question = standing.get(change.key)
        now = columns_of(question) if question is not None else None
        if change.before != now:
            raise InvalidInput(
                "Another change of the same question was published meanwhile. Prepare it again from what stands now.",
                field="questions",
            )
        change.addendum = addendum
    new = {change.key: question_of(change) for change in prepared if change.after is not None}
    left = [each for each in addendum.itt.questions if each.key not in {change.key for change in prepared}]
    faults = list(question_faults(addendum.itt, [*left, *new.values()])) if prepared else []
    if faults:
        raise InvalidInput(" ".join(faults), field="questions")
    db.session.flush()
    return prepared


def put_in_force(addendum: Addendum, itt: InvitationToTender, at: datetime) -> MethodVersion | None:
    """Change the rows into what the addendum says, and keep the new version of method and questions with its hash.

    The addendum is published already in this transaction: the database asks for that.
    """
    db.session.flush()
    changes = addendum.method_changes
    if not changes:
        return None
    standing = {question.key: question for question in itt.questions}
    for change in changes:
        question = standing.get(change.key)
        if change.after is None:
            assert question is not None
            itt.questions.remove(question)
        elif question is None:
            itt.questions.append(Question(key=change.key, **_values(change.after)))
        else:
            for name, value in _values(change.after).items():
                setattr(question, name, value)
    itt.method_version += 1
    for lot in itt.lots:
        if any(change.concerns(lot.id) for change in changes):
            lot.method_version = itt.method_version
    db.session.flush()
    db.session.expire(itt, ["questions"])
    return keep_version(itt, at)


def prepared_changes(itt_id: uuid.UUID) -> Sequence[MethodChange]:
    """What is prepared and belongs to no addendum yet."""
    return db.session.scalars(
        select(MethodChange)
        .where(MethodChange.itt_id == itt_id, MethodChange.addendum_id.is_(None))
        .order_by(MethodChange.part, MethodChange.key)
    ).all()


def prepared_change(itt_id: uuid.UUID, key: str) -> MethodChange:
    """What is prepared of a question; raises `NotFound`."""
    found = next((each for each in prepared_changes(itt_id) if each.key == key), None)
    if found is None:
        raise NotFound("Nothing of this question is prepared any more.")
    return found


def columns_of(question: Question) -> dict[str, Any]:
    """The columns of a question's row as JSON, but for those that name it."""
    names = (column.key for column in Question.__table__.columns if column.key not in NAMES)
    return {name: _json(getattr(question, name)) for name in names}


def question_of(change: MethodChange) -> Question:
    """The question as it shall be, in no session; raises `NotFound` for one that is taken back."""
    if change.after is None:
        raise NotFound("This question is taken back.")
    return Question(key=change.key, **_values(change.after))


def _values(stated: Mapping[str, Any]) -> dict[str, Any]:
    """The columns again as the model has them."""
    return {
        **stated,
        "criterion_id": stated["criterion_id"] and uuid.UUID(stated["criterion_id"]),
        "lot_ids": [uuid.UUID(lot) for lot in stated["lot_ids"]],
        **{name: Question.__table__.c[name].type.python_type(stated[name]) for name in ("kind", "envelope")},
    }


def _json(value: Any) -> Any:
    if isinstance(value, list):
        return [_json(each) for each in value]
    if isinstance(value, StrEnum):
        return value.value
    return str(value) if isinstance(value, uuid.UUID) else value


def published_question(itt: InvitationToTender, key: str | None) -> Question:
    """A question as it is published; raises `NotFound`."""
    found = next((each for each in itt.questions if each.key == key), None)
    if found is None:
        raise NotFound("There is no such question.")
    return found


def _further(itt: InvitationToTender) -> Question:
    held = prepared_changes(itt.id)
    places = [question.position for question in itt.questions] + [each.after["position"] for each in held if each.after]
    return Question(position=max(places, default=0) + 1, lot_ids=[])


def _prepared_keys(itt: InvitationToTender) -> set[str]:
    return {each.key for each in prepared_changes(itt.id)}


def _prepare(
    itt: InvitationToTender, key: str, before: dict[str, Any] | None, after: dict[str, Any] | None
) -> MethodChange:
    mine = MethodChange.itt_id == itt.id, MethodChange.addendum_id.is_(None), MethodChange.key == key
    change = db.session.scalars(select(MethodChange).where(*mine)).one_or_none()
    if change is None:
        change = MethodChange(itt_id=itt.id, part=ChangedPart.QUESTION, key=key)
        db.session.add(change)
    change.before, change.after = before, after
    db.session.flush()
    return change
