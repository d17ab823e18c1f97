"""What still keeps a draft from being submitted: the exact list, never just "incomplete"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from portal.bidding.contents import Content
from portal.core.drafts import Gap
from portal.core.parsing.text import has_text, words_in
from portal.core.words import counted
from portal.tendering.states import QuestionKind

PRICE = ""
"""The key of the price among the questions' keys."""


def gaps_of(questions: Sequence[Mapping[str, Any]], content: Content) -> list[Gap]:
    """List what blocks the submission, in the order of the questions.

    `questions`: {"key", "kind", "prompt", "word_limit", "required"}. Blank mandatory answers (nothing in
    them can be seen), answers over their word limit, mandatory files that are missing, files without content,
    no price.
    """
    gaps = []
    for question in questions:
        key, prompt = question["key"], question["prompt"]
        answer = content.answers.get(key, "")
        attached = content.files_of(key)
        takes_files = question["kind"] == QuestionKind.FILES.value
        if question["required"] and takes_files and not attached:
            gaps.append(Gap(key, f"Attach a file for “{prompt}”."))
        if question["required"] and not takes_files and not has_text(answer):
            gaps.append(Gap(key, f"Answer “{prompt}”."))
        over = words_over(answer, question["word_limit"])
        if over:
            gaps.append(Gap(key, f"Shorten your answer to “{prompt}”: it has {counted(over, 'word')} too many."))
        gaps += [Gap(key, f"Attach {entry['name']} again: it is empty.") for entry in attached if not entry["size"]]
    if content.price is None:
        gaps.append(Gap(PRICE, "Give your price."))
    return gaps


def words_over(answer: str, limit: int | None) -> int:
    """How many words an answer has above its limit; 0 within it or without one."""
    return max(0, words_in(answer) - limit) if limit else 0
