"""Looking through what a child wrote: names, contacts, signs that somebody is harmed, foul words.

A pure function over a text and a list of words that the product keeps (`words.txt`); nothing leaves the machine. It
rather finds too much: an adult looks once more at a harmless sentence, and no child waits for a mark. What it cannot
find is in docs/safeguarding.md. Every step is linear in the text, whatever somebody types.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import zip_longest

from portal.core.lifecycle import Named
from portal.safeguarding.word_list import List, Word, words_of


class Sign(Named):
    """What is found in a text, in the order in which it matters."""

    DISCLOSURE = "disclosure"
    CONTACT = "contact"
    NAME = "name"
    PROFANITY = "profanity"


LEAST_DIGITS = 7
"""Of a telephone number without its area."""
SELF_MADE = 3
"""So many single letters in a row are one word, spelled out."""

_TOKEN = re.compile(r"[\w'’@$!*#]+")
_SENTENCE_ENDS = re.compile(r"[.!?:;\n\"“”(\[•-]\s*$")
_CONTACTS = re.compile(
    r"[\w.+-]{1,64}@[\w-]{1,63}|https?:|\bwww\b|(?<!\w)@\w{2,}"
    r"|\b[\w-]{1,63}\.(?:com|co|uk|org|net|io|gg|tv|info|link|ly)\b|\b[a-z]{1,2}\d[a-z\d]?\s*\d[a-z]{2}\b"
    r"|\b\d{1,4}[a-z]?\s+(?:\w{1,20}\s+){1,3}(?:road|rd|street|st|avenue|ave|lane|crescent|close|drive)\b",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"\d+|[^\W\d_]+|[^\w\s]+")
_SPELLED = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "oh", "o", "nought")
_TIMES = {"double": 2, "triple": 3, "treble": 3}
_TITLES = frozenset({"mr", "mrs", "ms", "mister", "dr"})


def screen(text: str) -> frozenset[Sign]:
    """Return what a text holds that others must not simply read; nothing of most texts."""
    plain = unicodedata.normalize("NFKC", "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Mn")))
    tokens = list(_tokens(plain))
    said = [token for token, _ in tokens]
    ways = [list(map(Word.of, said)), list(map(Word.of, _contracted(said)))]
    phrased = (Sign.DISCLOSURE, Sign.CONTACT, Sign.PROFANITY)
    found = {sign for sign in phrased for words in ways if words_of(List(sign.value)).is_in(words)}
    if _CONTACTS.search(plain) or _has_number(plain):
        found.add(Sign.CONTACT)
    if _is_hidden(tokens):
        found.add(Sign.PROFANITY)
    if _names_somebody(tokens):
        found.add(Sign.NAME)
    return frozenset(found)


def _contracted(said: list[str]) -> Iterator[str]:
    """The words as they are spoken: "do not" and "cannot" are "dont" and "cant", as the list has them."""
    for token, after in zip_longest(said, said[1:], fillvalue=""):
        folded = token.casefold()
        if folded == "not":
            continue
        if after.casefold() == "not":
            yield "cant" if folded == "can" else f"{folded}nt"
        else:
            yield "cant" if folded == "cannot" else token


def _tokens(text: str) -> Iterator[tuple[str, bool]]:
    """Each word, and whether it begins a sentence; letters spelled out are one word."""
    spelled = ""
    for match in _TOKEN.finditer(text):
        token = match.group().rstrip("!'’").lstrip("'’")
        if len(token) == 1 and token.isalpha() and token not in "aAI":
            spelled += token
            continue
        yield from _spelled_out(spelled)
        spelled = ""
        if token:
            begins = match.start() == 0 or bool(_SENTENCE_ENDS.search(text, max(0, match.start() - 8), match.start()))
            yield token, begins
    yield from _spelled_out(spelled)


def _spelled_out(letters: str) -> Iterator[tuple[str, bool]]:
    if len(letters) >= SELF_MADE:
        yield letters, True
    else:
        yield from ((letter, True) for letter in letters)


def _is_hidden(tokens: list[tuple[str, bool]]) -> bool:
    """Whether a word hides letters behind signs, such as "f**k"."""
    return any(re.search(r"[^\W\d_][*#]+[^\W\d_]", token) for token, _ in tokens)


def _has_number(text: str) -> bool:
    """Whether digits, as figures or as words, follow one another as in a telephone number."""
    digits, times = 0, 1
    for part in _DIGITS.findall(text.casefold()):
        if part.isdigit():
            digits, times = digits + len(part) * times, 1
        elif part in _SPELLED:
            digits, times = digits + times, 1
        elif part in _TIMES:
            times = _TIMES[part]
        elif part[0].isalpha():
            digits, times = 0, 1
        if digits >= LEAST_DIGITS:
            return True
    return False


def _names_somebody(tokens: list[tuple[str, bool]]) -> bool:
    names, ordinary = words_of(List.NAMES), words_of(List.ORDINARY)
    before = ""
    for token, begins in tokens:
        # Written small in the middle of a sentence as well: children do.
        bare = token.removesuffix("'s").removesuffix("’s")
        word = Word.of(bare)
        if names.begins_with(word) or before in _TITLES:
            return True
        is_name_like = len(bare) > 1 and bare[0].isupper() and bare[1:].islower()
        if is_name_like and not begins and not ordinary.begins_with(word):
            return True
        before = token.casefold()
    return False
