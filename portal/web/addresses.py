"""Reading addresses: what no page was ever given as its address leads nowhere (404), whatever the route.

PostgreSQL can neither compare nor store some text, and no column holds a number of thirty digits. Such an address is
refused before any view sees it, so that no view has to remember it.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter, UnicodeConverter, ValidationError

LONGEST = 200
LARGEST = 2**31 - 1


class TextConverter(UnicodeConverter):
    """A part of a path: readable characters only, at most 200."""

    def to_python(self, value: str) -> str:
        """Refuse what no reference, key or name holds."""
        if len(value) > LONGEST or not value.isprintable():
            raise ValidationError
        return value


class NumberConverter(IntegerConverter):
    """A number in a path, as large as a column holds."""

    def __init__(self, map: Any, *args: Any, **options: Any) -> None:
        super().__init__(map, *args, **{"max": LARGEST, **options})


def bind(app: Flask) -> None:
    """Read every path by these converters, and every query for characters that no query can have."""
    app.url_map.converters.update(default=TextConverter, string=TextConverter, int=NumberConverter)
    app.before_request(_refuse_unreadable_queries)


def number_in_query(name: str, otherwise: int, *, largest: int = LARGEST) -> int:
    """The whole number that the address gives under that name, or `otherwise`.

    Answers 404 to what is not a number from 0 to `largest`.
    """
    given = request.args.get(name)
    if given is None:
        return otherwise
    # More digits than any number here has are not even converted: that takes time.
    if not (given.isascii() and given.isdigit() and len(given) < 20) or int(given) > largest:
        abort(404)
    return int(given)


def page_in_query() -> int:
    """The page that the address asks for, from 1."""
    return max(number_in_query("page", 1, largest=100_000), 1)


def _refuse_unreadable_queries() -> None:
    for name, value in request.args.items(multi=True):
        if "\x00" in name + value:
            abort(404)
