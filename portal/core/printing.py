"""Text as a document can print it: every character has a letter in the fonts that come along, or a name in brackets."""

from __future__ import annotations

import re
import unicodedata

# Inside what Libertinus Serif, New Computer Modern and DejaVu Sans Mono have between them (a test prints them all).
_SCRIPTS = (
    (0x20, 0x7E), (0xA0, 0x377), (0x384, 0x38A), (0x38E, 0x3A1), (0x3A3, 0x484), (0x48A, 0x4FF), (0x5D0, 0x5EA),
    (0x621, 0x63A), (0x640, 0x64A), (0x660, 0x669), (0x905, 0x939), (0x93E, 0x94D), (0x10D0, 0x10FA),
    (0x1E00, 0x1EFF), (0x2000, 0x200A), (0x2010, 0x2027), (0x202F, 0x2040), (0x2070, 0x2071), (0x2074, 0x208E),
    (0x20A0, 0x20BF), (0x2126, 0x2151), (0x2153, 0x2184), (0x2190, 0x23FF), (0x2460, 0x2606), (0x2701, 0x2704),
    (0x270C, 0x2714), (0x2717, 0x2726), (0x2776, 0x277F), (0x2122, 0x2122), (0x2116, 0x2116),
)  # fmt: skip
_LATIN = ((0x20, 0x7E), (0xA0, 0xAC), (0xAE, 0x17F), (0x2013, 0x2014), (0x2018, 0x201D), (0x20AC, 0x20AC))
_LONGEST_WORD = 40
_WORD = re.compile(rf"[^\s\u200b]{{{_LONGEST_WORD + 1},}}")
_HASH = re.compile(r"[0-9a-f]+")
_HASH_LINE = 64
"""Hexadecimal digits that a document prints on one line, so that they can be copied."""
_BREAKS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")


def printable(text: str, *, latin: bool = False) -> str:
    """The text with a name in brackets for each character that no font here has, and places to break long words.

    Line breaks stay. What is invisible goes: it would only hide what a reader sees. `latin`: of letters only those.
    """
    composed = unicodedata.normalize("NFC", _BREAKS.sub("\n", text)).replace("\t", " ")
    scripts = _LATIN if latin else _SCRIPTS
    named = "".join(c if c == "\n" or _has(c, scripts) else _name(c) for c in composed)
    return _WORD.sub(_broken, named)


def _has(character: str, scripts: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= ord(character) <= last for first, last in scripts) and character != "\xad"


def _name(character: str) -> str:
    """ "[grinning face]"; nothing for what is invisible, modifies its neighbour, or has no name."""
    if unicodedata.category(character)[0] in "CM":
        return ""
    return f"[{unicodedata.name(character, 'a character without a name').lower()}]"


def _broken(word: re.Match[str]) -> str:
    step = _HASH_LINE if _HASH.fullmatch(word[0]) else _LONGEST_WORD
    return "\u200b".join(word[0][at : at + step] for at in range(0, len(word[0]), step))
