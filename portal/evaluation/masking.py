"""Taking words out of what a panel reads of a bid. Pure: the bid itself is never changed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from portal.evaluation.opened import Answer

HIDDEN = "[name hidden]"
"""What stands instead."""

_WORD = re.compile(r"[^\W_]+")
_GAP = r"[\W_]{0,3}"
"""Between two words of a name: a space, a hyphen or full stop of a file's name, or nothing."""


def can_be_found(words: str) -> bool:
    """Whether there are letters or figures enough to look for: two at the least."""
    return sum(map(len, _WORD.findall(words))) > 1


def masked(text: str, hidden: Collection[str]) -> str:
    """The text without the words, whatever their case and however they are spaced; whole words alone."""
    return "".join(HIDDEN if is_hidden else part for part, is_hidden in parts_of(text, hidden))


def parts_of(text: str, hidden: Collection[str]) -> list[tuple[str, bool]]:
    """The text in the parts that stay and those that are hidden, in their order."""
    pattern = _pattern(hidden)
    if pattern is None:
        return [(text, False)]
    parts, done, composed = [], 0, unicodedata.normalize("NFC", text)
    for found in pattern.finditer(composed):
        parts += [(composed[done : found.start()], False), (found.group(), True)]
        done = found.end()
    return [part for part in (*parts, (composed[done:], False)) if part[0]]


def times_in(texts: Collection[str], words: str) -> int:
    """How often the words stand in the texts."""
    return sum(is_hidden for text in texts for _, is_hidden in parts_of(text, [words]))


def masked_answers(answers: Sequence[Answer], hidden: Collection[str]) -> tuple[Answer, ...]:
    """The answers as a panel reads them: what was typed, why it is confidential, and what files are called."""
    return tuple(_masked_answer(answer, hidden) for answer in answers) if hidden else tuple(answers)


def masked_entry(entry: Mapping[str, Any], hidden: Collection[str]) -> Mapping[str, Any]:
    """A file's entry without the words in its name."""
    return {**entry, "name": masked(entry["name"], hidden)} if hidden else entry


def texts_of(answers: Sequence[Answer]) -> list[str]:
    """Whatever of the answers words are looked for in."""
    texts: list[str] = []
    for answer in answers:
        texts += [answer.shown.text, answer.shown.note, answer.confidential or ""]
        texts += [entry["name"] for entry in answer.files]
    return texts


def _masked_answer(answer: Answer, hidden: Collection[str]) -> Answer:
    shown = replace(answer.shown, text=masked(answer.shown.text, hidden), note=masked(answer.shown.note, hidden))
    files = tuple(masked_entry(entry, hidden) for entry in answer.files)
    confidential = masked(answer.confidential, hidden) if answer.confidential else answer.confidential
    masked_one = replace(answer, shown=shown, files=files, confidential=confidential)
    return masked_one if masked_one == answer else replace(masked_one, is_masked=True)


def _pattern(hidden: Collection[str]) -> re.Pattern[str] | None:
    # The longest first: of a name and its short form the whole name goes.
    names = sorted((unicodedata.normalize("NFC", words) for words in hidden), key=lambda name: (-len(name), name))
    found = [_GAP.join(map(re.escape, words)) for name in names if (words := _WORD.findall(name))]
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(found)})(?![^\W_])", re.IGNORECASE) if found else None
