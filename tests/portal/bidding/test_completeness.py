"""What blocks a submission is listed exactly (D-17)."""

from __future__ import annotations

from typing import Any

from portal.bidding.completeness import gaps_of
from portal.bidding.contents import Content
from portal.core.drafts import Gap
from portal.tendering.question_kinds.kind import Asked
from portal.tendering.question_kinds.registry import asked_by


def question(key: str, limit: int | None = None, **details: Any) -> Asked:
    row = {"key": key, "kind": "text", "prompt": key.title(), "settings": {"word_limit": limit}, "required": True}
    return asked_by(row | {"envelope": "quality"} | details)


QUESTIONS = [
    question("plan", 3),
    question("extra", 2, required=False),
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
    """An empty file does not count, every word too many is counted."""
    content = Content(answers={"plan": "", "extra": "one two three four"}, files=[attached("annex", size=0)])
    assert gaps_of(QUESTIONS, content) == [
        Gap("plan", "Answer “Plan”."),
        Gap("extra", "Shorten your answer to “Extra”: it has 2 words too many."),
        Gap("policy", "Attach a file for “Policy”."),
        Gap("annex", "Attach a.pdf again: it is empty."),
        Gap("", "Give your price."),
    ]
