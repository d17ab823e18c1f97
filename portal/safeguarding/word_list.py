"""The list of words that screening goes by (`words.txt`), as phrases that are found however children spell them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import groupby
from pathlib import Path

WORDS = Path(__file__).with_name("words.txt")
GAP = ".."
WIDEST_GAP = 3
"""Words that may stand in a gap."""
_AS_LETTERS = str.maketrans("013457@$!", "oieastasi")
"""What is typed for a letter."""


class List(StrEnum):
    """The headings of the file."""

    DISCLOSURE = "disclosure"
    PROFANITY = "profanity"
    CONTACT = "contact"
    NAMES = "names"
    ORDINARY = "ordinary"


@dataclass(frozen=True)
class Word:
    """A word as its letters, each once for a run of it, and how long each run is: "fuuuck" is "fuck" with a long u."""

    letters: str
    runs: tuple[int, ...]

    @classmethod
    def of(cls, token: str) -> Word:
        """The word that somebody typed, without case and apostrophes; a number stays one."""
        said = token.translate(_AS_LETTERS) if any(map(str.isalpha, token)) else token
        bare = "".join(filter(str.isalnum, said.casefold()))
        runs = [(letter, len(list(many))) for letter, many in groupby(bare)]
        return cls("".join(letter for letter, _ in runs), tuple(many for _, many in runs))

    def can_be(self, meant: Word) -> bool:
        """Whether it is the word that is meant, with letters repeated perhaps."""
        return self.letters == meant.letters and all(map(int.__ge__, self.runs, meant.runs))


Place = tuple[Word, ...] | None
"""Words of which any fits; None is a gap."""


class Phrases:
    """Phrases, found in a text by their first word."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._as_spelled: set[Word] = set()
        self._by_first: dict[str, list[tuple[Place, ...]]] = defaultdict(list)
        for line in lines:
            phrase = tuple(None if part == GAP else tuple(map(Word.of, part.split("/"))) for part in line.split())
            for first in phrase[0] or ():
                self._by_first[first.letters].append(((first,), *phrase[1:]))
                self._as_spelled.add(first)

    @property
    def length(self) -> int:
        """How many phrases there are, each counted with every word that it can begin with."""
        return sum(map(len, self._by_first.values()))

    def begins_with(self, word: Word) -> bool:
        """Whether one begins with this word as it is spelled: nobody stretches "Ben" to "been"."""
        return word in self._as_spelled

    def is_in(self, words: Sequence[Word]) -> bool:
        """Whether any of them stands in the words."""
        return any(
            _fits(phrase, words, place)
            for place, word in enumerate(words)
            for phrase in self._by_first.get(word.letters, ())
        )


def _fits(phrase: Sequence[Place], words: Sequence[Word], at: int) -> bool:
    """Whether the phrase begins at a place of the words."""
    if not phrase:
        return True
    first, rest = phrase[0], phrase[1:]
    if first is None:
        return any(_fits(rest, words, at + skipped) for skipped in range(WIDEST_GAP + 1))
    return at < len(words) and any(words[at].can_be(meant) for meant in first) and _fits(rest, words, at + 1)


@cache
def words_of(which: List) -> Phrases:
    """The phrases under one heading."""
    return Phrases(_lines()[which])


@cache
def _lines() -> dict[List, list[str]]:
    found: dict[List, list[str]] = {one: [] for one in List}
    under = List.DISCLOSURE
    for line in WORDS.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            under = List(line.strip("[]"))
        elif line.strip() and not line.startswith("#"):
            found[under].append(line)
    return found
