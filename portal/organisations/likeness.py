"""Names that may mean the same organisation, each with the reason in words. Whether they do, a person says.

Lists of contracts write one charity in four ways: "Action For Children", "Action for Children", "Action For Children
Contract 2012", and together with another organisation in one cell. `likeness` says what is alike about two names;
`Names` finds like ones among many without comparing each with each. Registering, changing a name and importing ask
the same questions here.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from portal.core.parsing.text import has_text
from portal.organisations.names import name_key, other_scripts

T = TypeVar("T")

_YEAR = r"(?:19|20)[0-9]{2}(?:\s*[-/]\s*[0-9]{2,4})?"
# What a list adds after a name: "Contract 2012", "(2011/12)".
_ADDED = re.compile(rf"[\s,;:(\[-]+(?:(?:contract|agreement|grant)s?\b\W*(?:{_YEAR})?|{_YEAR})\W*$", re.IGNORECASE)
_FIGURES = re.compile(r"[0-9]+")
# As the keys write them: l and 1 read as i.
_LEGAL_FORMS = frozenset({"ltd", "cic", "pic", "iip", "cio"})
SHORTEST_SLIP = 7
"""Letters of a name below which one letter's difference is no sign of a slip: too many short names are that close."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name taken apart."""

    text: str
    key: str
    """As the eye reads it (`names.name_key`)."""
    words: tuple[str, ...]
    """The words of the key, without a legal form and what a list added."""
    letters: str
    """The same in one piece, without figures."""
    figures: tuple[str, ...]
    """Figures tell names apart: "Home 1" is no slip for "Home 2"."""

    @staticmethod
    @lru_cache(maxsize=20_000)
    def of(text: str) -> Name:
        """Take a name apart; names come back again and again, so what was found is kept for a while."""
        plain = unicodedata.normalize("NFKC", text)
        bare = _without_additions(plain)
        words = name_key(bare).split()
        while len(words) > 1 and words[-1] in _LEGAL_FORMS:
            words.pop()
        letters = "".join(word for word in name_key(_FIGURES.sub(" ", bare)).split() if word not in _LEGAL_FORMS)
        return Name(text, name_key(text), tuple(words), letters, tuple(_FIGURES.findall(bare)))


def likeness(one: Name, other: Name, *, parts: bool = True) -> str | None:
    """What is alike about two names, as the end of a sentence ("... only capitals ... differ"); None for nothing.

    A name that holds the other whole is alike only where `parts` are.
    """
    if not one.words or not other.words:
        return None
    if one.key == other.key:
        return _alike_to_the_eye(one, other)
    if one.words == other.words:
        return "the names are the same but for what was added, such as a year, “contract” or a legal form"
    shorter, longer = sorted((one, other), key=lambda name: len(name.words))
    if parts and len(shorter.words) > 1 and shorter.words in _runs(longer.words):
        return f"one name holds the other: “{longer.text}” may be a joint name, or a part of “{shorter.text}”"
    if one.letters and one.letters == other.letters and one.figures == other.figures:
        return "only spaces and what was added differ"
    if sorted(one.words) == sorted(other.words):
        return "the names are the same words in another order"
    if one.figures == other.figures and _one_slip(one.letters, other.letters):
        return "the names differ in one letter"
    return None


def like_names(name: str, others: Iterable[tuple[str, T]], *, parts: bool = True) -> list[tuple[T, str]]:
    """What the names that are like one stand for, each with the reason, in their order."""
    asked = Name.of(name)
    return [(what, reason) for other, what in others if (reason := likeness(asked, Name.of(other), parts=parts))]


def looks_the_same(one: str, other: str) -> bool:
    """Whether two names look the same but for spaces, punctuation and a legal form."""
    first, second = Name.of(one), Name.of(other)
    return first.key == second.key or (first.letters, first.figures) == (second.letters, second.figures)


def foreign_letters(name: str) -> str | None:
    """The question that a name asks by itself: it is written in letters that may be taken for others. None for none."""
    if scripts := other_scripts(name):
        return (
            f"The name is written with {' and '.join(scripts)} letters. Type it as its register has it, or say that "
            "it is right."
        )
    return None


class Names(Generic[T]):
    """Many names, each standing for something, in which like ones are found quickly."""

    def __init__(self) -> None:
        self._entries: list[tuple[Name, T]] = []
        self._places: defaultdict[object, list[int]] = defaultdict(list)

    def add(self, name: Name, what: T) -> None:
        """Put a name in."""
        place = len(self._entries)
        self._entries.append((name, what))
        for mark in {
            ("key", name.key),
            ("whole", name.words),
            ("order", *sorted(name.words)),
            ("letters", name.letters, name.figures),
            *(("run", run) for run in _runs(name.words)),
            *_slips(name),
        }:
            self._places[mark].append(place)

    def like(self, name: Name) -> Iterator[tuple[T, str]]:
        """What the like names stand for, each with the reason, in the order in which they were put in."""
        marks = {
            ("key", name.key),
            ("whole", name.words),
            ("run", name.words),
            ("order", *sorted(name.words)),
            ("letters", name.letters, name.figures),
            *(("whole", run) for run in _runs(name.words)),
            *_slips(name),
        }
        found: set[int] = set()
        for mark in marks:
            found.update(self._places.get(mark, ()))
        for place in sorted(found):
            other, what = self._entries[place]
            if reason := likeness(name, other):
                yield what, reason


def _without_additions(text: str) -> str:
    while (bare := _ADDED.sub("", text)) != text and has_text(bare):
        text = bare
    return text


def _alike_to_the_eye(one: Name, other: Name) -> str:
    if one.text == other.text:
        return "the names are the same"
    for name in (one, other):
        if scripts := other_scripts(name.text):
            return f"“{name.text}” is written with {' and '.join(scripts)} letters that look like others"
    return "only capitals, spaces, punctuation, accents or letters that look alike differ"


def _runs(words: tuple[str, ...]) -> set[tuple[str, ...]]:
    """Every two or more words that stand together, the whole among them; of very long names the first ten words."""
    words = words[:10]
    return {words[start:end] for start in range(len(words)) for end in range(start + 2, len(words) + 1)}


def _slips(name: Name) -> set[tuple[object, ...]]:
    """Marks of which two names that differ in one letter share at least one: each letter left out in turn."""
    letters = name.letters
    if not SHORTEST_SLIP <= len(letters) <= 80:
        return set()
    shortened = {letters[:place] + letters[place + 1 :] for place in range(len(letters))}
    return {("slip", name.figures, text) for text in (letters, *shortened)}


def _one_slip(one: str, other: str) -> bool:
    """Whether one letter more, less or different, or two neighbours changed about, makes one of the other."""
    if min(len(one), len(other)) < SHORTEST_SLIP or abs(len(one) - len(other)) > 1:
        return False
    same = next((place for place, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None)
    if same is None:
        return True
    rest, others = one[same:], other[same:]
    swapped = len(rest) > 1 and len(others) > 1 and (rest[1], rest[0], rest[2:]) == (others[0], others[1], others[2:])
    return rest[1:] == others or rest == others[1:] or rest[1:] == others[1:] or swapped
