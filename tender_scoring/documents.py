"""From bytes to plain Python values, within stated limits and without a float.

The JSON reader of the standard library turns `1.5` into a float, `NaN` into a value and two equal keys into
one. Here each of the first two becomes a NotExact, which every field refuses at its own place, and the third
is refused with the place of the object.
"""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from tender_scoring.errors import Code, InvalidCase
from tender_scoring.fields import pointer

MAX_BYTES = 64 * 1024 * 1024
"""Size of a case file. 454 bids x 25 criteria x 12 members with reasons of 300 characters are 60 MB."""
MAX_BRACKETS = 2_000_000
"""Opening brackets in a case file, texts included: bounds the objects built before anything is checked."""
_INTEGER_DIGITS = 18


@dataclass(frozen=True, slots=True)
class NotExact:
    """A JSON number that the format does not allow: a float, NaN, an Infinity, or more than 18 digits."""

    text: str

    def __repr__(self) -> str:
        return self.text


def parse(data: bytes) -> Any:
    """Return the value of a UTF-8 JSON document, or refuse it.

    >>> parse(b'{"a": 1.5}')
    {'a': 1.5}
    >>> type(parse(b'{"a": 1.5}')["a"]).__name__
    'NotExact'
    """
    if len(data) > MAX_BYTES:
        raise InvalidCase(Code.TOO_LARGE, f"The document is larger than {MAX_BYTES} bytes.")
    if data.count(b"{") + data.count(b"[") > MAX_BRACKETS:
        raise InvalidCase(Code.TOO_LARGE, f"The document has more than {MAX_BRACKETS} opening brackets.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidCase(Code.NOT_UTF8, f"Byte {error.start} is not UTF-8.") from None
    return _parse_text(text)


def _parse_text(text: str) -> Any:
    doubled: list[tuple[dict[str, Any], str]] = []

    def build(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        built = dict(pairs)
        if len(built) != len(pairs):
            doubled.append((built, next(key for key, times in Counter(k for k, _ in pairs).items() if times > 1)))
        return built

    try:
        value = json.loads(
            text, object_pairs_hook=build, parse_float=NotExact, parse_int=_integer, parse_constant=NotExact
        )
    except json.JSONDecodeError as error:
        message = f"Not JSON: {error.msg} at line {error.lineno} column {error.colno}."
        raise InvalidCase(Code.NOT_JSON, message) from None
    except RecursionError:
        raise InvalidCase(Code.TOO_DEEP, "The document is nested too deeply to be read.") from None
    if doubled:
        raise _refusal_of_doubled(value, doubled)
    return value


def _integer(digits: str) -> int | NotExact:
    # int() of thousands of digits takes quadratic time and, above 4,300, raises a ValueError of its own
    return int(digits) if len(digits) <= _INTEGER_DIGITS else NotExact(digits[:40] + "...")


def _refusal_of_doubled(value: Any, doubled: list[tuple[dict[str, Any], str]]) -> InvalidCase:
    """Find the place of one object with a doubled key (an inner one may have been lost to an outer one)."""
    keys = {id(built): key for built, key in doubled}
    stack: list[tuple[Any, str]] = [(value, "")]
    while stack:
        item, where = stack.pop()
        if isinstance(item, dict):
            if id(item) in keys:
                key = keys[id(item)]
                return InvalidCase(Code.DUPLICATE_KEY, f"The key {key[:60]!r} is given twice.", pointer(where, key))
            stack.extend((child, pointer(where, key)) for key, child in item.items())
        elif isinstance(item, list):
            stack.extend((child, pointer(where, index)) for index, child in enumerate(item))
    raise AssertionError("a doubled key is always reachable: its outermost object is kept")
