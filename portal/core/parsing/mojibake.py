"""Text that some program read in another encoding than it was written in, such as "St Maryâ€™s" for "St Mary’s".

UTF-8 writes a letter outside ASCII in two to four bytes; a program that takes each byte for a letter of Windows-1252
shows as many letters. What stood there can be said, and is shown to whoever has to correct it.
"""

from __future__ import annotations

import re

from portal.core.errors import InvalidInput

# A few bytes stand for nothing in Windows-1252; programs take them for control characters, as ISO 8859-1 does.
_LETTERS = {byte: bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(0x80, 0x100)}
_BYTES = {ord(letter): byte for byte, letter in _LETTERS.items()}


def _any_of(first: int, last: int) -> str:
    return "[" + "".join(re.escape(_LETTERS[byte]) for byte in range(first, last + 1)) + "]"


_NEXT = _any_of(0x80, 0xBF)
# UTF-8's shapes (RFC 3629 section 4): a first byte that says how many follow.
_MISREAD = re.compile(
    f"{_any_of(0xC2, 0xDF)}{_NEXT}|{_any_of(0xE0, 0xEF)}{_NEXT}{{2}}|{_any_of(0xF0, 0xF4)}{_NEXT}{{3}}"
)
# What is left of a misread mark or letter when its last one was invisible, or a space, and is gone.
_REMNANT = re.compile(r"â€|(?<![^\W_a-zà-ÿ])[ÂÃ](?=\s|$)")
_LOST = "\ufffd"


def require_readable(text: str, *, field: str | None) -> str:
    """The text; `InvalidInput` with what probably stood there, when a program read it in another encoding."""
    repaired = _MISREAD.sub(_as_written, text)
    if _LOST in repaired or _REMNANT.search(repaired):
        message = f"Letters were lost when “{text}” was copied or saved. Type it as it should read."
        raise InvalidInput(message, field=field)
    if repaired != text:
        message = f"“{text}” was read wrongly by a program on its way. Is it “{repaired}”? Type it as it should read."
        raise InvalidInput(message, field=field)
    return text


def _as_written(match: re.Match[str]) -> str:
    """What the letters were before they were misread; themselves, where nobody would have written that in a name."""
    found = match[0]
    try:
        written = bytes(_BYTES[ord(letter)] for letter in found).decode("utf-8")
    except UnicodeDecodeError:
        return found
    # Latin letters and signs, punctuation, currency and trade marks, arrows and emoji. “CAFÉ’S” has the shape of a
    # letter of the phonetic alphabet, and is right.
    return written if "\u00a0" <= written <= "\u024f" or "\u2010" <= written <= "\u22ff" or written >= _LOST else found
