"""The rows of a price schedule: read from what an officer typed or pasted from a spreadsheet, and what they come to.

The rounding rule is published with the schedule (ROUNDING): nothing passes through a float.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from portal.core.errors import InvalidInput
from portal.core.parsing.figures import Unit, read_figure
from portal.core.parsing.text import length
from portal.core.spreadsheet import pasted_cells
from portal.core.words import counted

MOST_ROWS = 5_000
LONGEST = 200
QUANTITY = Unit("Type a quantity, such as 40 or 12.5.", places=4, digits=9)
HOW_OFTEN = {"": False, "yearly": False, "every year": False, "once": True}
COUNTS = {"": False, "counted": False, "optional": True}
NAMED = 5
"""Faults that are told one by one; of more only how many."""
PENNY = Decimal("0.01")
ROUNDING = (
    "Each line is its quantity times its rate, rounded to the nearest penny (half a penny up). Totals add the rounded "
    "lines. VAT is worked out once, on the total of the lines that count, and rounded likewise."
)


@dataclass(frozen=True)
class Row:
    """One line of a schedule: what of, how many in a year (or once), whether its total counts."""

    number: int
    item: str
    unit: str
    quantity: Decimal
    once: bool = False
    optional: bool = False

    def years(self, years: int) -> range:
        """The years for which it is priced, from 1."""
        return range(1, 2 if self.once else years + 1)

    def line(self, rate: Decimal) -> Decimal:
        """Quantity times rate, in whole pence."""
        return penny(self.quantity * rate)

    def document(self) -> list[Any]:
        """As it is stored."""
        return [self.item, self.unit, format(self.quantity.normalize(), "f"), self.once, self.optional]


@dataclass(frozen=True)
class Totals:
    """What a schedule comes to, in pounds: of each year, of all that counts, with VAT; what is optional beside it."""

    years: tuple[Decimal, ...]
    counted: Decimal
    vat: Decimal
    optional: Decimal

    @property
    def price(self) -> Decimal:
        """The price that is compared: what counts, with VAT."""
        return self.counted + self.vat


def penny(amount: Decimal) -> Decimal:
    """The amount in whole pence, half a penny up."""
    return amount.quantize(PENNY, ROUND_HALF_UP)


def rows_of(stored: Iterable[Sequence[Any]]) -> list[Row]:
    """The rows as they are stored."""
    return [
        Row(number, item, unit, Decimal(quantity), bool(once), bool(optional))
        for number, (item, unit, quantity, once, optional) in enumerate(stored, 1)
    ]


def totals_of(rows: Sequence[Row], rates: Mapping[tuple[int, int], Decimal], years: int, vat: Decimal) -> Totals:
    """Add up a whole schedule; `rates` by number of row and year, `vat` in per cent."""
    by_year, optional = [Decimal(0)] * years, Decimal(0)
    for row in rows:
        for year in row.years(years):
            line = row.line(rates[row.number, year])
            if row.optional:
                optional += line
            else:
                by_year[year - 1] += line
    total = sum(by_year, Decimal(0))
    return Totals(tuple(by_year), total, penny(total * vat / 100), optional)


def read_rows(text: str | None, *, field: str) -> list[Row]:
    """Read pasted lines of item, unit, quantity, how often, whether it counts. Every fault names its row.

    A heading is left out. Raises `InvalidInput` for no rows, more than 5,000, a cell that is missing or cannot be read,
    and the same item twice.
    """
    lines = pasted_cells(text)
    if lines and len(lines[0]) > 2 and lines[0][2].lower() == "quantity":
        del lines[0]
    if not lines:
        raise InvalidInput("Give at least one row.", field=field)
    if len(lines) > MOST_ROWS:
        raise InvalidInput(f"A schedule has at most {MOST_ROWS:,} rows; this one has {len(lines):,}.", field=field)
    rows: list[Row] = []
    faults: list[str] = []
    seen: dict[tuple[str, str], int] = {}
    for number, cells in enumerate(lines, 1):
        try:
            row = _read_row(number, [*cells, *[""] * (5 - len(cells))])
        except InvalidInput as wrong:
            faults.append(f"Row {number}: {wrong.message}")
            continue
        first = seen.setdefault((row.item.casefold(), row.unit.casefold()), number)
        if first != number:
            faults.append(f"Row {number}: “{row.item}” is in row {first} already.")
        rows.append(row)
    refuse_rows(faults, field=field)
    return rows


def refuse_rows(faults: Sequence[str], *, field: str) -> None:
    """Refuse rows with their faults, the first ones told; raises `InvalidInput` where there are any."""
    more = len(faults) - NAMED
    if faults:
        told = " ".join(faults[:NAMED]) + (f" And {counted(more, 'more row')} with faults." if more > 0 else "")
        raise InvalidInput(told, field=field)


def _read_row(number: int, cells: Sequence[str]) -> Row:
    item, unit, typed, often, counts = cells[:5]
    if any(cells[5:]):
        raise InvalidInput("there are more than 5 cells.")
    if not item or not unit:
        raise InvalidInput("give an item and a unit.")
    if max(length(item), length(unit)) > LONGEST:
        raise InvalidInput(f"use at most {LONGEST} characters a cell.")
    quantity = read_figure(typed, QUANTITY)
    if quantity is None or quantity <= 0:
        raise InvalidInput("give a quantity of more than 0.")
    if often.lower() not in HOW_OFTEN:
        raise InvalidInput(f"“{often}” is neither “yearly” nor “once”.")
    if counts.lower() not in COUNTS:
        raise InvalidInput(f"“{counts}” is neither “counted” nor “optional”.")
    return Row(number, item, unit, quantity, HOW_OFTEN[often.lower()], COUNTS[counts.lower()])
