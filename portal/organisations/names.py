"""Names of organisations: how they are stored, and when two of them look alike.

Somebody could register "Demo Cаre" with a Cyrillic letter to be taken for "Demo Care". A name's key is what
the eye reads: letters that look alike are one letter, and marks that cannot be seen are gone.
"""

from __future__ import annotations

import re
import unicodedata

from portal.core.errors import InvalidInput
from portal.core.parsing.mojibake import require_readable
from portal.core.parsing.text import one_line, require_text

# Letters of other scripts whose small or capital form passes for a Latin one, and digits that pass for letters:
# Unicode's table of confusables (UTS 39, confusables.txt), as far as names in Britain need it. They are written
# as they stand after casefolding (Cherokee folds to capitals).
_LOOK_ALIKES: dict[int, str | int] = {
    **str.maketrans(
        "авсԁеёгһніїјкӏморԛѕтуүԝхзҽѵѡьҫ",
        "abcdeerhhiijkimopqstyywx3evwbc",
    ),
    **str.maketrans("αβεηικμνορτυχζγσϳ", "abehikmvoptuxzyoj"),  # Greek
    **str.maketrans("ագզհոռսցքօտ", "wqqhnnugfos"),  # Armenian
    **str.maketrans("ᎠᎡᎢᎩᎪᎫᎬᎳᎷᎻᎽᏀᏂᏃᏏᏙᏚᏞᏟᏢᏦᏴ", "drtyajewmhyghzbvsicpkb"),  # Cherokee
    **str.maketrans("ꓐꓑꓒꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ", "bpddtgkjczfmnisrvhwxyaeiou"),  # Lisu
    **str.maketrans("ıɩǀɡɑøłđħŧðŋĸ", "iiigaoidhtdnk"),  # Latin letters that Unicode does not take apart
    **str.maketrans("01l|", "oiii"),
    ord("ӕ"): "ae",
    ord("æ"): "ae",
    ord("œ"): "oe",
    ord("þ"): "th",
}
# Two letters that pass for one, as the same table has them for m and w.
_PAIRS = (("rn", "m"), ("vv", "w"))
_SPELLINGS = str.maketrans({"&": " and "} | dict.fromkeys("'’‘`ʹʺʻʼʽʾʿ′"))
_LEGAL_FORMS = {"limited": "ltd", "iimited": "ltd", "itd": "ltd"}
_NOT_A_WORD = re.compile(r"[\W_]+")


def read_name(typed: str, what: str, *, field: str, most: int) -> str:
    """A name as it may be stored; `what` it is of, such as "the setting’s name", goes into the refusals.

    Raises `InvalidInput` for none, one without a letter or figure, one that is too long, and one that a program read
    wrongly on its way.
    """
    name = one_line(require_readable(typed, field=field))
    if name and not name_key(name):
        raise InvalidInput(f"Enter {what} in letters.", field=field)
    return require_text(name, f"Enter {what}.", field=field, most=most)


def name_key(name: str) -> str:
    """The name as the eye reads it, for comparing: two names with the same key look alike."""
    name = name.replace("´", "")  # Taken apart it is a space and an accent.
    if name.isascii() and name.isprintable():
        plain = name.casefold()
    else:
        plain = unicodedata.normalize("NFKD", one_line(unicodedata.normalize("NFKC", name))).casefold()
        plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = plain.translate(_LOOK_ALIKES).translate(_SPELLINGS)
    for pair, letter in _PAIRS:
        plain = plain.replace(pair, letter)
    words = _NOT_A_WORD.sub(" ", plain).split()
    return " ".join(_LEGAL_FORMS.get(word, word) for word in words if word != "the")


def other_scripts(name: str) -> list[str]:
    """The scripts other than Latin that its letters belong to, such as ["Cyrillic"]."""
    found = {unicodedata.name(c, "UNKNOWN").split()[0].title() for c in name if c.isalpha()}
    return sorted(found - {"Latin", "Fullwidth", "Modifier", "Feminine", "Masculine"})
