"""Text that people type or paste: what of it can be seen decides whether it is empty, how long it is, how many words.

Many characters take a place and show nothing (U+200B), or show a gap and are no white space to a program (U+2800).
Whoever reads the text sees none of them, so neither does the portal. The rules are published in
docs/what-can-be-typed.md.
"""

from __future__ import annotations

import re
import unicodedata

from portal.core.errors import InvalidInput

LEAST_REASON = 20
"""The fewest characters that can be a reason, where a rule asks for one."""
LEAST_JUSTIFICATION = 40
"""The fewest where the law lets something be done only for a reason that is written down."""
LEAST_WORDS = 3

# Letters and symbols by their category that are drawn as nothing or as a gap: the Hangul fillers, and the
# blank Braille pattern.
_BLANK = "\u115f\u1160\u2800\u3164\uffa0"
# The word counter in static/fairlot.js has the same gaps; a test compares the two.
GAPS = r"\s\u001c-\u001f\u0085\u115f\u1160\u180e\u200b\u2060\u2800\u3164\ufeff\uffa0"
_RUN = re.compile(f"[^{GAPS}]+")
_GAP = re.compile(f"[{GAPS}]")
# Stripped, not searched for: a search for gaps at the end begins again at each of a million gaps in the middle.
_ENDS = "".join(character for character in map(chr, range(0x10000)) if _GAP.match(character))
_SPACES = re.compile(f"[{GAPS}]+")
_BREAK = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_UNKEPT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def is_visible(character: str) -> bool:
    """Whether a character shows by itself: a letter, figure, punctuation or symbol that is not drawn blank."""
    return unicodedata.category(character)[0] in "LNPS" and character not in _BLANK


def has_text(text: str | None) -> bool:
    """Whether there is anything in the text that a reader can see."""
    return any(is_visible(character) for character in text or "")


def tidy(text: str | None) -> str:
    """The text as it is stored: every kind of line break is one, and no control characters or gaps at its ends.

    Nothing else is changed; a text in which nothing can be seen is "".
    """
    kept = _UNKEPT.sub("", _BREAK.sub("\n", text or ""))
    return kept.strip(_ENDS) if has_text(kept) else ""


def one_line(text: str | None) -> str:
    """A name, title or figure as it looks: composed, single spaces, nothing that cannot be seen or turns the text."""
    if text is not None and text.isascii() and text.isprintable():
        return " ".join(text.split())
    kept = "".join(c for c in text or "" if c.isspace() or unicodedata.category(c)[0] != "C")
    return unicodedata.normalize("NFC", _SPACES.sub(" ", kept).strip()) if has_text(kept) else ""


def squeeze(text: str | None) -> str:
    """A code or number without spaces and whatever else cannot be seen: it is compared as it looks."""
    return "".join(character for character in text or "" if is_visible(character))


def length(text: str) -> int:
    """How long a text is as browsers count: UTF-16 code units, a line break as one.

    HTML's `maxlength` counts the API value so: https://html.spec.whatwg.org/#attr-fe-maxlength.
    """
    return len(text.replace("\r\n", "\n").encode("utf-16-le", "surrogatepass")) // 2


def words_in(text: str) -> int:
    """How many words a text has: runs without a gap in which something can be seen, as the page counts them."""
    return sum(has_text(run) for run in _RUN.findall(text))


def require_length(text: str, most: int, *, field: str | None) -> str:
    """The text; `InvalidInput` when it is longer than `most` characters."""
    if length(text) > most:
        raise InvalidInput(f"Use at most {most:,} characters.", field=field)
    return text


def require_text(typed: str | None, missing: str, *, field: str | None, most: int | None = None) -> str:
    """The tidied text. Raises `InvalidInput`: `missing` when nothing in it can be seen, or that it is too long."""
    text = tidy(typed)
    if not text:
        raise InvalidInput(missing, field=field)
    return text if most is None else require_length(text, most, field=field)


def require_reason(
    typed: str | None, ask: str, *, field: str | None, least: int = LEAST_REASON, most: int | None = None
) -> str:
    """The reason, tidied. `ask` says what to give and who reads it, such as "Say why: the bidder reads it".

    A reason is words: at least `least` characters that can be seen, and three different words that are more than one
    character repeated. Raises `InvalidInput`.
    """
    text = tidy(typed)
    shown = one_line("".join(c if is_visible(c) else " " for c in unicodedata.normalize("NFC", text)))
    words = {word for word in re.findall(r"\w+", shown.casefold()) if len(set(word)) > 1}
    if len(words) < LEAST_WORDS or len(shown) < least:
        raise InvalidInput(f"{ask}. Use words, and at least {least} characters.", field=field)
    return text if most is None else require_length(text, most, field=field)
