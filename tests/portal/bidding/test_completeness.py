"""What blocks a submission is listed exactly (D-17)."""

from __future__ import annotations

from typing import Any

from portal.bidding.completeness import gaps_of, words_over
from portal.bidding.contents import Content
from portal.core.drafts import Gap


def question(key: str, **details: Any) -> dict[str, Any]:
    return {"key": key, "kind": "text", "prompt": key.title(), "word_limit": None, "required": True} | details


QUESTIONS = [
    question("plan", word_limit=3),
    question("extra", required=False, word_limit=2),
    question("policy", kind="files"),
    question("annex", kind="files", required=False),
]


def attached(question: str, size: int = 10) -> dict[str, Any]:
    return {"id": "1", "question": question, "name": "a.pdf", "size": size}


def test_a_whole_bid_has_no_gap() -> None:
    """Mandatory answers, files and the price are enough."""
    content = Content(answers={"plan": "one two three"}, files=[attached("policy")], price="1.00")
    assert gaps_of(QUESTIONS, content) == []


def test_everything_that_is_missing_is_listed_in_order() -> None:
    """What cannot be seen is blank, an empty file does not count, every word too many is counted."""
    content = Content(
        answers={"plan": " \n\u2800\u200b ", "extra": "one two three four"}, files=[attached("annex", size=0)]
    )
    assert gaps_of(QUESTIONS, content) == [
        Gap("plan", "Answer “Plan”."),
        Gap("extra", "Shorten your answer to “Extra”: it has 2 words too many."),
        Gap("policy", "Attach a file for “Policy”."),
        Gap("annex", "Attach a.pdf again: it is empty."),
        Gap("", "Give your price."),
    ]


def test_the_limit_itself_is_allowed() -> None:
    """Only words above the limit are too many."""
    assert [words_over("a b c", limit) for limit in (None, 2, 3, 4)] == [0, 1, 0, 0]
