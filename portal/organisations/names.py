"""Names of organisations: how they are stored, and when two of them look alike.

Somebody could register "Demo Cаre" with a Cyrillic letter to be taken for "Demo Care". A name's key is what
the eye reads: letters that look alike are one letter, and marks that cannot be seen are gone.
"""

from __future__ import annotations

import re
import unicodedata

# Cyrillic and Greek letters, in lower case, whose capital or small form passes for a Latin one; and the
# digits that pass for letters. After Unicode's table of confusables (UTS 39), as far as names in Britain
# need it.
_LOOK_ALIKES = str.maketrans(
    "авсԁеёгһніїјкӏморԛѕтуүԝхзαβεηικμνορτυχζ01l|",
    "abcdeerhhiijkimopqstyywx3abehikmvoptuxzoiii",
)
_SPELLINGS = str.maketrans({"&": " and ", "'": None, "’": None})
_LEGAL_FORMS = {"limited": "ltd", "iimited": "ltd", "itd": "ltd"}
_SPACE = re.compile(r"\s+")
_NOT_A_WORD = re.compile(r"[^\w]+")


def clean_name(typed: str) -> str:
    """The name to store: composed, with single spaces, and nothing that cannot be seen or turns the text."""
    composed = unicodedata.normalize("NFC", typed)
    visible = (" " if c.isspace() else c for c in composed if c.isspace() or unicodedata.category(c)[0] != "C")
    return _SPACE.sub(" ", "".join(visible)).strip()


def name_key(name: str) -> str:
    """The name as the eye reads it, for comparing: two names with the same key look alike."""
    plain = unicodedata.normalize("NFKD", clean_name(unicodedata.normalize("NFKC", name))).casefold()
    plain = "".join(c for c in plain if not unicodedata.combining(c)).translate(_LOOK_ALIKES)
    words = _NOT_A_WORD.sub(" ", plain.translate(_SPELLINGS)).split()
    return " ".join(_LEGAL_FORMS.get(word, word) for word in words if word != "the")
