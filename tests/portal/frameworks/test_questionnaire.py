"""The selection questionnaire: what is asked of whom, what judges itself, and what is no questionnaire."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import InvalidInput
from portal.frameworks.questionnaire import REPLY, AnswerKind, Judged, Question, number_in, read
from portal.frameworks.standard_questions import standard_questionnaire
from portal.regulation.kinds import Regime
from tests.factories.frameworks import tiny_questionnaire


def keys(lot: int, **answers: str) -> list[str]:
    return [question.key for part in tiny_questionnaire().asked(lot, answers) for question in part.questions]


def one(**question: Any) -> dict[str, Any]:
    return {"sections": [{"key": "s", "title": "S", "questions": [{"key": "a", "prompt": "A?"} | question]}]}


def test_questions_of_another_lot_are_not_asked() -> None:
    """Lot 2 is asked one question more than lot 1."""
    assert keys(1) == ["contact", "convicted", "insurance"]
    assert keys(2) == ["contact", "convicted", "insurance", "registered"]


def test_a_follow_up_is_asked_only_after_its_answer() -> None:
    """ "Yes" opens what has been put right; "no" and nothing do not."""
    assert keys(1, convicted="yes") == ["contact", "convicted", "put_right", "insurance"]
    assert keys(1, convicted="no") == keys(1)


def test_a_chain_of_follow_ups_falls_with_its_first_answer() -> None:
    """A question that hangs on one that is not asked is not asked itself, whatever was answered before."""
    stated = {
        "sections": [
            {
                "key": "s",
                "title": "S",
                "questions": [
                    {"key": "a", "prompt": "A?", "kind": "yes_no"},
                    {"key": "b", "prompt": "B?", "kind": "yes_no", "asked_if": ["a", "yes"]},
                    {"key": "c", "prompt": "C?", "asked_if": ["b", "yes"]},
                ],
            }
        ]
    }
    questionnaire = read(stated)
    asked = questionnaire.asked(1, {"a": "no", "b": "yes"})
    assert [question.key for question in asked[0].questions] == ["a"]


def test_what_is_written_is_read_back_the_same() -> None:
    """JSON and back, and the same hash; the standard ones too."""
    for questionnaire in (tiny_questionnaire(), *(standard_questionnaire(regime) for regime in Regime)):
        again = read(questionnaire.to_dict())
        assert (again, again.hash()) == (questionnaire, questionnaire.hash())


def test_a_different_word_is_a_different_hash() -> None:
    """The hash is over everything that is asked."""
    stated = tiny_questionnaire().to_dict()
    stated["sections"][0]["questions"][0]["help"] = "Somebody with time."
    assert read(stated).hash() != tiny_questionnaire().hash()


@pytest.mark.parametrize(
    ("kind", "passes", "choices", "good", "bad"),
    [
        (AnswerKind.YES_NO, "no", (), "no", "yes"),
        (AnswerKind.CHOICE, "Good", ("Good", "Other"), "Good", "Other"),
        (AnswerKind.NUMBER, "5000000", (), "£5,000,000", "4,999,999.99"),
        (AnswerKind.NUMBER, "5000000", (), "£ 5,000,000.00", "6e6"),
        (AnswerKind.NUMBER, "0", (), "0", "NaN"),
        (AnswerKind.NUMBER, "1", (), "1", "one"),
    ],
)
def test_a_rule_judges_by_itself(kind: AnswerKind, passes: str, choices: tuple[str, ...], good: str, bad: str) -> None:
    """The passing answer, or at least the number; what is no number fails."""
    question = Question("a", "A?", kind, judged=Judged.ITSELF, passes=passes, choices=choices)
    assert (question.passes_by_itself(good), question.passes_by_itself(bad)) == (True, False)


@given(st.decimals(min_value=0, max_value=10**12, places=2))
def test_a_number_is_read_however_it_is_written(amount: Decimal) -> None:
    """Pounds, commas and spaces do not matter."""
    assert number_in(f"£ {amount:,}") == number_in(str(amount)) == amount


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        ({"sections": [{"title": "S"}]}, "A section of the questionnaire has no key."),
        ({"sections": [{"key": "a/b", "title": "S"}]}, "The section S needs a key of small letters"),
        (one(prompt=1), "The key and the texts of a question must be text."),
        ({"sections": [{"key": "s"}]}, "A section of the questionnaire has no title."),
        (one(prompt=" "), "Every question of the questionnaire needs a key and a text."),
        (one(key="Not A Key"), "The key Not A Key cannot be used"),
        (one(key=REPLY), f"The key {REPLY} cannot be used"),
        (one(kind="essay"), "A question of the questionnaire cannot be read"),
        (one(unknown=1), "A question of the questionnaire cannot be read"),
        (one(kind="choice", choices=["only"]), "The question a needs at least two choices."),
        (one(kind="choice", choices=["same", "same"]), "The question a needs at least two choices."),
        (one(asked_if=["later", "yes"]), "The question a hangs on one that does not come before it."),
        (one(judged="itself", kind="yes_no"), "The question a judges itself, but no answer passes."),
        (one(judged="itself", kind="yes_no", passes="maybe"), "the answer that passes cannot be given"),
        (one(judged="itself", kind="number", passes="lots"), "the smallest number is not a number"),
        (one(judged="itself", passes="yes"), "a person has to read the answer"),
        (one(judged="itself", kind="evidence", passes="yes"), "a person has to read the answer"),
    ],
)
def test_what_is_no_questionnaire_is_refused(stated: dict[str, Any], message: str) -> None:
    """Each fault is named."""
    with pytest.raises(InvalidInput) as refused:
        read(stated)
    assert message in refused.value.message


def test_a_key_is_used_once() -> None:
    """Across sections, and for sections themselves."""
    section = {"key": "s", "title": "S", "questions": [{"key": "a", "prompt": "A?"}]}
    with pytest.raises(InvalidInput, match="Two questions of the questionnaire have the key a"):
        read({"sections": [section, {**section, "key": "t"}]})
    with pytest.raises(InvalidInput, match="Two sections of the questionnaire have the same key"):
        read({"sections": [section, {"key": "s", "title": "T"}]})
