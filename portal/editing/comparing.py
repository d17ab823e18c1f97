"""Two people at once: what a page had loaded decides what was edited on it, field by field.

A page carries a digest of each field as it was loaded. What comes back with the same digest was not edited, whatever
is stored by now; what is stored already is no conflict; and only what was changed here and elsewhere, to different
things, is one.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from difflib import SequenceMatcher
from enum import Enum

LONGEST_MARKED = 3_000
"""Words; beyond them two texts are shown without marks, because finding the differences would take seconds."""


def written(value: object) -> str:
    """A field's value as text, the same for what people take for the same (no answer, no text and an empty list)."""
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, date | datetime | time):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return "\n".join(written(part) for part in value)
    return str(value.value if isinstance(value, Enum) else value)


def digest_of(text: str) -> str:
    """A digest of a field's text, long enough that two texts of one field never share it by chance."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=9).hexdigest()


def write_loaded(fields: Mapping[str, str]) -> str:
    """The digests of fields ({name: text}) as the hidden value that a page carries."""
    return renew_loaded({}, fields)


def renew_loaded(carried: Mapping[str, str], fields: Mapping[str, str]) -> str:
    """The digests that a page carried, with those of some fields ({name: text}) renewed, as its hidden value."""
    return json.dumps({**carried, **{name: digest_of(text) for name, text in fields.items()}}, separators=(",", ":"))


def read_loaded(carried: str | None) -> dict[str, str]:
    """The digests that a page carried; nothing for what no page carries."""
    try:
        held = json.loads(carried or "{}")
    except ValueError:
        return {}
    return {str(name): str(digest) for name, digest in held.items()} if isinstance(held, dict) else {}


def is_edited(loaded: str | None, mine: str, stored: str) -> bool:
    """Whether `mine` is an edit: not what the page had loaded (a digest, None when it is not known) nor stored."""
    return mine != stored and digest_of(mine) != loaded


def is_conflict(loaded: str | None, mine: str, stored: str) -> bool:
    """Whether both sides changed what the page had loaded, to different things."""
    return is_edited(loaded, mine, stored) and loaded is not None and digest_of(stored) != loaded


def together(mine: str, theirs: str) -> str:
    """Both texts in one, to be edited; the longer one when it holds the other."""
    if mine in theirs or theirs in mine:
        return max(mine, theirs, key=len)
    return f"{mine}\n\n{theirs}"


def holds(text: str, earlier: str) -> bool:
    """Whether every word of an earlier text stands in the text, in its order, the last perhaps typed further.

    So what is saved while somebody types is one text, not fifty.
    """
    words = iter(text.split())
    *whole, last = earlier.split() or [""]
    return all(before in words for before in whole) and any(word.startswith(last) for word in [*words, ""])


def marked(text: str, other: str) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether the other text does not have it there."""
    mine, theirs = (re.findall(r"\s+|\S+", side) for side in (text, other))
    if max(len(mine), len(theirs)) > 2 * LONGEST_MARKED:
        return [(text, False)]
    found = SequenceMatcher(a=theirs, b=mine, autojunk=False).get_opcodes()
    return [("".join(mine[start:end]), tag != "equal") for tag, _, _, start, end in found if end > start]
