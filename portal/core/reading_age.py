"""The reading age of a text: the automated readability index, by letters, words and sentences, plus 5 years."""

from __future__ import annotations

import re
from collections.abc import Sequence

WORD = re.compile(r"[A-Za-z0-9’'£&-]+")
ADULTS, YOUNG = 14, 11
"""The ages that the pages and letters are written for."""


def sentences_in(lines: Sequence[str]) -> list[str]:
    """The sentences of at least five words that end as one does: no labels, figures or names of things."""
    parts = [part for line in lines for part in re.split(r"(?<=[.!?])\s+", " ".join(line.split()))]
    return [part for part in parts if len(WORD.findall(part)) >= 5 and part.rstrip("”’\"')")[-1:] in tuple(".!?")]


def reading_age(sentences: Sequence[str]) -> float:
    """The age in years at which somebody reads these sentences easily (Smith and Senter, 1967)."""
    words = [word for sentence in sentences for word in WORD.findall(sentence)]
    letters = sum(character.isalnum() for word in words for character in word)
    age: float = 4.71 * letters / len(words) + 0.5 * len(words) / len(sentences) - 21.43 + 5
    return age
