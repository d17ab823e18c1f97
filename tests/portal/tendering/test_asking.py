"""Drawing up the questions to bidders."""

from __future__ import annotations

from typing import Any

import pytest

from portal.core.errors import InvalidInput, WrongState
from portal.tendering.asking import add_question, change_question, move_question_up, remove_question
from portal.tendering.states import QuestionKind
from tests.factories.tendering import criterion_named, draft_itt, make_commissioner, published_itt


def described(**changes: Any) -> dict[str, Any]:
    """A question as the form describes it."""
    return {
        "prompt": "How will you begin?",
        "guidance": "The first three months.",
        "kind": QuestionKind.TEXT,
        "settings": {"word_limit": "250"},
        "criterion": None,
        "required": True,
    } | changes


def keys_of(itt: Any) -> list[str]:
    """The questions in their order."""
    return [question.key for question in sorted(itt.questions, key=lambda question: question.position)]


def test_questions_are_added_changed_and_removed(db_session: object) -> None:
    """A question feeds a criterion; one that asks for files has no word limit."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor)
    question = add_question(itt=itt, **described(criterion=criterion_named(itt, "outcomes")), actor=actor)
    assert (question.key, question.settings["word_limit"], keys_of(itt)[-1]) == (
        "how-will-you-begin",
        250,
        "how-will-you-begin",
    )
    change_question(
        itt=itt,
        question=question,
        **described(prompt="Plan", kind=QuestionKind.FILES, required=False),
        actor=actor,
    )
    assert (question.prompt, question.settings, question.criterion, question.required) == (
        "Plan",
        {},
        None,
        False,
    )
    remove_question(itt=itt, question=question, actor=actor)
    assert "how-will-you-begin" not in keys_of(itt)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"prompt": " "}, "prompt"),
        ({"settings": {"word_limit": ""}}, "word_limit"),
        ({"settings": {"word_limit": "0"}}, "word_limit"),
        ({"settings": {"word_limit": "5001"}}, "word_limit"),
        ({"criterion": "service"}, "criterion"),
        ({"criterion": "price"}, "criterion"),
    ],
)
def test_a_question_that_does_not_work_is_refused(db_session: object, changes: dict[str, Any], field: str) -> None:
    """It has words, a limit, and feeds a criterion that is scored."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor)
    if "criterion" in changes:
        changes = {"criterion": criterion_named(itt, changes["criterion"])}
    with pytest.raises(InvalidInput) as refused:
        add_question(itt=itt, **described(**changes), actor=actor)
    assert (refused.value.field, len(itt.questions)) == (field, 7)


def test_a_question_moves_up(db_session: object) -> None:
    """It changes places with the one before it; the first stays first."""
    actor = make_commissioner()
    itt = draft_itt(actor=actor)
    first, second = keys_of(itt)[:2]
    by_key = {question.key: question for question in itt.questions}
    move_question_up(itt=itt, question=by_key[second], actor=actor)
    assert keys_of(itt)[:2] == [second, first]
    move_question_up(itt=itt, question=by_key[second], actor=actor)
    assert keys_of(itt)[:2] == [second, first]


def test_published_questions_stay(db_session: object) -> None:
    """Nothing about a question changes after publication."""
    actor = make_commissioner()
    itt = published_itt(actor=actor)
    question = itt.questions[0]
    with pytest.raises(WrongState):
        add_question(itt=itt, **described(), actor=actor)
    with pytest.raises(WrongState):
        change_question(itt=itt, question=question, **described(), actor=actor)
    with pytest.raises(WrongState):
        move_question_up(itt=itt, question=question, actor=actor)
    with pytest.raises(WrongState):
        remove_question(itt=itt, question=question, actor=actor)
