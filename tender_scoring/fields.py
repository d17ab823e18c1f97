"""Picking one field out of a document: its type, its format, its place when it is refused."""

import re
from collections.abc import Collection, Sequence
from fractions import Fraction
from typing import Any

from tender_scoring.errors import Code, InvalidCase

MAX_ID = 200
"""Characters in the id of a bid, criterion, panel, member or scale."""

_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")


def pointer(where: str, *keys: str | int) -> str:
    """Return the JSON Pointer of a place below `where` (RFC 6901).

    >>> pointer("/bids", "a/b~c", 0)
    '/bids/a~1b~0c/0'
    """
    return where + "".join("/" + str(key).replace("~", "~0").replace("/", "~1") for key in keys)


def shown(value: object) -> str:
    """Return a short quotation of an unwelcome value."""
    text = repr(value) if not isinstance(value, (dict, list)) else f"a {type(value).__name__}"
    return text if len(text) <= 60 else text[:57] + "..."


def get_object(value: Any, where: str, required: Collection[str], optional: Collection[str] = ()) -> dict[str, Any]:
    """Return an object that has every required key and no key outside the two lists."""
    entries = get_mapping(value, where)
    for key in entries:
        if key not in required and key not in optional:
            raise InvalidCase(Code.UNKNOWN_KEY, f"The key {shown(key)} has no meaning here.", pointer(where, key))
    for key in required:
        if key not in entries:
            raise InvalidCase(Code.MISSING_KEY, f"The key {key!r} is missing.", where)
    return entries


def get_mapping(value: Any, where: str) -> dict[str, Any]:
    """Return an object whose keys are ids."""
    if not isinstance(value, dict):
        raise InvalidCase(Code.WRONG_TYPE, f"An object is needed, not {shown(value)}.", where)
    for key in value:
        if not isinstance(key, str):
            raise InvalidCase(Code.WRONG_TYPE, f"A key is a text, not {shown(key)}.", where)
    return value


def get_array(value: Any, where: str) -> list[Any]:
    """Return a list."""
    if not isinstance(value, list):
        raise InvalidCase(Code.WRONG_TYPE, f"A list is needed, not {shown(value)}.", where)
    return value


def get_text(value: Any, where: str) -> str:
    """Return a text, possibly empty, that can be written as UTF-8."""
    if not isinstance(value, str):
        raise InvalidCase(Code.WRONG_TYPE, f"A text is needed, not {shown(value)}.", where)
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            message = "The text has half of a surrogate pair, which is not a character."
            raise InvalidCase(Code.TEXT, message, where) from None
    return value


def get_id(value: Any, where: str) -> str:
    """Return an id: a text that is not blank and has at most 200 characters."""
    text = get_text(value, where)
    if not text.strip() or len(text) > MAX_ID:
        raise InvalidCase(Code.TEXT, f"An id has 1 to {MAX_ID} characters and is not blank.", where)
    return text


def get_number(value: Any, where: str) -> Fraction:
    """Return an exact number from its text: up to 15 digits, a point, up to 9 digits.

    >>> get_number("-12.50", "")
    Fraction(-25, 2)
    """
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        message = f'A number is a text such as "12.5" (15 digits, 9 decimals at most), not {shown(value)}.'
        raise InvalidCase(Code.NUMBER_FORMAT, message, where)
    return Fraction(value)


def get_whole(value: Any, where: str, lowest: int, highest: int) -> int:
    """Return a bare integer between two bounds."""
    if type(value) is not int:  # a bool is an int, and is not meant here
        raise InvalidCase(Code.NUMBER_FORMAT, f"A whole number is needed, not {shown(value)}.", where)
    if not lowest <= value <= highest:
        raise InvalidCase(Code.OUT_OF_RANGE, f"{value} is not between {lowest} and {highest}.", where)
    return value


def get_flag(value: Any, where: str) -> bool:
    """Return true or false."""
    if not isinstance(value, bool):
        raise InvalidCase(Code.WRONG_TYPE, f"true or false is needed, not {shown(value)}.", where)
    return value


def get_choice(value: Any, where: str, names: Sequence[str]) -> str:
    """Return one of a list of names."""
    text = get_text(value, where)
    if text not in names:
        raise InvalidCase(Code.UNKNOWN_VALUE, f"{shown(text)} is none of {', '.join(names)}.", where)
    return text


def decimal_text(value: Fraction) -> str:
    """Return a number of the format as its shortest decimal text.

    >>> decimal_text(Fraction("4.0")), decimal_text(Fraction("-0.50")), decimal_text(Fraction(120))
    ('4', '-0.5', '120')
    """
    scaled = value * 10**9
    if scaled.denominator != 1:
        raise ValueError(f"{value} has more than nine decimals")
    whole, rest = divmod(abs(scaled.numerator), 10**9)
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}.{rest:09d}".rstrip("0").rstrip(".")
