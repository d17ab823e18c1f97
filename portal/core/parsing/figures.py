"""Figures that people type. What can be read in two ways is refused with both readings, never decided for them.

A comma is dropped only where it parts thousands. The rules are published in docs/what-can-be-typed.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from portal.core.errors import InvalidInput
from portal.core.parsing.text import one_line


@dataclass(frozen=True)
class Unit:
    """What the figures of a field are of: the signs and words that may be typed with them, and the places."""

    example: str
    before: str = ""
    after: str = ""
    """A sign, or a word that may stand in the singular too ("months")."""
    places: int = 4
    digits: int = 12
    """The most before the decimals, so that every column for such figures holds them."""

    @property
    def too_fine(self) -> str:
        """The refusal of a figure with too many decimal places."""
        return f"Use at most {self.places} decimal places." if self.places else self.example

    def write(self, value: Decimal) -> str:
        """The figure as the page repeats it, such as £118,000.50."""
        places = max(0, -int(value.normalize().as_tuple().exponent))
        pence = self.places if self.before and places else 0
        return f"{self.before}{value:,.{max(places, pence)}f}{self.after if self.after == '%' else ''}"


NUMBER = Unit("Type a number, such as 40 or 12.5.")
PERCENT = Unit("Type a percentage, such as 40 or 12.5.", after="%")
POUNDS = Unit("Type an amount in pounds, such as 240,000 or 118000.50.", before="£", places=2)
WHOLE = Unit("Type a whole number, such as 30.", places=0, digits=9)
MONTHS = Unit("Type a whole number of months, such as 30.", after="months", places=0, digits=9)
WORDS = Unit("Type a whole number of words, such as 500.", after="words", places=0, digits=9)
DAYS = Unit("Type a whole number of days, such as 30.", after="days", places=0, digits=9)

_PLAIN = re.compile(r"[0-9]+(\.[0-9]+)?")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}([, ])[0-9]{3}(\1[0-9]{3})*(\.[0-9]+)?")
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")
_SEPARATED = re.compile(r"[0-9]+([., ][0-9]+)+")


def read_figure(typed: str | None, unit: Unit = NUMBER, *, field: str | None = None) -> Decimal | None:
    """Read a figure; None when nothing was typed.

    Raises `InvalidInput` for anything that is no figure of the unit, with both readings where there are two.
    """
    seen = one_line(typed)
    if not seen:
        return None
    sign, text = ("-", seen[1:].lstrip()) if seen[0] in "-\u2212" else ("", seen)
    text = _without_unit(text, unit, field)
    if _PLAIN.fullmatch(text) is None and _GROUPED.fullmatch(text) is None:
        raise InvalidInput(_both_readings(seen, text, unit) or unit.example, field=field)
    bare = text.replace(",", "").replace(" ", "")
    whole, _, part = bare.partition(".")
    if unit.places < 3 and _THOUSANDS.fullmatch(text):
        raise InvalidInput(_two_readings(seen, Decimal(text), Decimal(whole + part), unit), field=field)
    if len(part.rstrip("0")) > unit.places or (part and not unit.places):
        raise InvalidInput(unit.too_fine, field=field)
    if len(whole.lstrip("0")) > unit.digits:
        raise InvalidInput(f"Type a figure of at most {unit.digits} digits.", field=field)
    return Decimal(sign + bare)


def read_whole(typed: str | None, unit: Unit = WHOLE, *, field: str | None = None) -> int | None:
    """Read a whole number; None when nothing was typed. Raises `InvalidInput` as `read_figure` does."""
    figure = read_figure(typed, unit, field=field)
    return None if figure is None else int(figure)


def _without_unit(text: str, unit: Unit, field: str | None) -> str:
    """The figure without the unit's own sign; a sign of another unit is named in the refusal."""
    if unit.before and text.startswith(unit.before):
        text = text[len(unit.before) :].lstrip()
    if len(unit.after) > 1:
        text = re.sub(f" ?({re.escape(unit.after)}|{re.escape(unit.after[:-1])}s?)$", "", text, flags=re.IGNORECASE)
    elif unit.after:
        text = text.removesuffix(unit.after).rstrip()
    for sign in "£%":
        if sign in text and sign not in (unit.before, unit.after):
            raise InvalidInput(f"Leave out the {sign}. {unit.example}", field=field)
    return text


def _both_readings(seen: str, text: str, unit: Unit) -> str | None:
    """The sentence for a figure whose last separator may be a decimal one or part thousands; None for no figure."""
    if _SEPARATED.fullmatch(text) is None or len(text) > 2 * unit.digits:
        return None
    head, last, tail = re.split(r"([., ])(?=[0-9]+$)", text)
    decimal = Decimal(f"{re.sub('[^0-9]', '', head)}.{tail}")
    bare = re.sub("[, ]", "", text)
    grouped = Decimal(bare if bare.count(".") < 2 else bare.replace(".", ""))
    return None if decimal == grouped or last == " " else _two_readings(seen, decimal, grouped, unit)


def _two_readings(seen: str, one: Decimal, other: Decimal, unit: Unit) -> str:
    return f"“{seen}” can be read as {unit.write(one)} or as {unit.write(other)}. {unit.example}"
