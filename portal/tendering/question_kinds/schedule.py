"""A price schedule: rows that the officer draws up, a rate for each from the bidder, the price worked out from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from portal.core.errors import InvalidInput
from portal.core.numbers import plain
from portal.core.parsing.figures import PERCENT, POUNDS, Unit, read_figure, read_whole
from portal.core.spelled import pounds_spelled
from portal.core.spreadsheet import pasted_cells
from portal.core.words import counted
from portal.tendering.question_kinds.figures import Figure
from portal.tendering.question_kinds.kind import HIGHEST_PRICE, Asked, Control, Kind, Setting, Settings, Shown, Table
from portal.tendering.question_kinds.schedule_rows import (
    NAMED,
    ROUNDING,
    Row,
    Totals,
    read_rows,
    refuse_rows,
    rows_of,
    totals_of,
)
from portal.tendering.states import EnvelopeKind, QuestionKind

MOST_YEARS = 10
SHOWN_ROWS = 100
"""More are not drawn on a page beside other things: they have pages of their own, and a file."""


class Rate(Figure):
    """What one row costs in one year: a part of a schedule, never a question by itself."""

    name = QuestionKind.PRICE_SCHEDULE
    title = "A rate"
    hint = ""
    missing = "Give your rate for “{prompt}”."

    def unit(self, settings: Settings) -> Unit:
        """Pounds."""
        return POUNDS

    def what(self, settings: Settings) -> str:
        """A rate."""
        return "A rate in pounds"


RATE = Rate()


class PriceSchedule(Kind):
    """Items, quantities and years. The rates are sealed with the price, which they come to."""

    name = QuestionKind.PRICE_SCHEDULE
    title = "With a price schedule"
    hint = (
        "Items and quantities that you give; bidders type a rate for each. The total becomes their price. Each lot can "
        "have one of its own."
    )
    envelope = EnvelopeKind.PRICE
    sets_price = True
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("years", "For how many years does a bidder give a rate?", "From 1 to 10.", suffix="years"),
        Setting("vat", "VAT that is added", "20, or 0 where the service is exempt.", suffix="%"),
        Setting(
            "rows",
            "Rows",
            "One a line, typed with commas or pasted from a spreadsheet: item, unit, quantity, yearly or once, counted "
            "or optional. The last two may be left out. Every bidder prices an optional row too; it is not counted. "
            "Type a unit as it follows a number, such as hours.",
            Control.BOX,
            lines=14,
        ),
    )

    def read_settings(self, typed: Mapping[str, str]) -> dict[str, Any]:
        """Years, VAT and rows."""
        years = read_whole(typed.get("years"), field="years")
        if not 1 <= (years or 0) <= MOST_YEARS:
            raise InvalidInput(f"Give from 1 to {MOST_YEARS} years.", field="years")
        vat = read_figure(typed.get("vat"), PERCENT, field="vat")
        if vat is None or not 0 <= vat <= 100:
            raise InvalidInput("Give the rate of VAT, such as 20; 0 where the service is exempt.", field="vat")
        rows = read_rows(typed.get("rows"), field="rows")
        return {"years": years, "vat": plain(vat), "rows": [row.document() for row in rows]}

    def typed_settings(self, settings: Settings) -> dict[str, str]:
        """The rows as lines with tabs."""
        return {
            "years": str(settings.get("years", "")),
            "vat": settings.get("vat", ""),
            "rows": "\n".join("\t".join(cells) for cells in self.lines(settings)),
        }

    @staticmethod
    def lines(settings: Settings) -> list[list[str]]:
        """The cells of each row as an officer types them."""
        return [
            [
                row.item,
                row.unit,
                plain(row.quantity),
                "once" if row.once else "yearly",
                "optional" if row.optional else "counted",
            ]
            for row in rows_of(settings.get("rows", ()))
        ]

    def rule(self, settings: Settings) -> str:
        """Rows, years, VAT, and how it is rounded."""
        vat = f"VAT of {settings['vat']}% is added" if Decimal(settings["vat"]) else "No VAT is added"
        return f"{self.brief(settings)}. {vat}. {ROUNDING.rstrip('.')}"

    def brief(self, settings: Settings) -> str:
        """Rows and years."""
        return f"A rate for each of {counted(len(settings['rows']), 'row')}, for {counted(settings['years'], 'year')}"

    def published(self, settings: Settings) -> Table | None:
        """The rows, where they are not too many for a page beside other things."""
        rows, many = rows_of(settings["rows"]), settings["years"] > 1
        lines = [(_name(row), _quantity(row, many=many)) for row in rows]
        return Table(("Row", "Quantity"), lines) if len(rows) <= SHOWN_ROWS else None

    def parts(self, asked: Asked) -> Sequence[Asked]:
        """A rate for each row and year."""
        years = asked.settings["years"]
        return [
            Asked(
                f"{asked.key}.{row.number}.{year}",
                f"Row {row.number}, {row.item}" + ("" if row.once or years == 1 else f", year {year}"),
                RATE,
                required=asked.required,
                envelope=asked.envelope,
            )
            for row in rows_of(asked.settings["rows"])
            for year in row.years(years)
        ]

    def read(self, text: str, asked: Asked) -> Any:
        """It has no text of its own: its parts have."""
        raise InvalidInput("Give a rate for each row.")

    def write(self, value: Any) -> str:
        """It has no text of its own."""
        return ""

    def gaps(self, asked: Asked, answers: Mapping[str, str], files: Sequence[Mapping[str, Any]]) -> Iterator[str]:
        """Each rate that cannot be read or is missing, by row; of many the first, and how many."""
        gaps = [gap for part in asked.parts for gap in part.gaps(answers, ())]
        yield from gaps[:NAMED]
        if len(gaps) > NAMED:
            yield f"Give {counted(len(gaps) - NAMED, 'more rate')} in “{asked.prompt}”."
        if not gaps and self.price(asked, answers) is None:
            most = pounds_exact(HIGHEST_PRICE)
            yield f"Look at your rates in “{asked.prompt}” again: they must come to more than £0 and at most {most}."

    def totals(self, asked: Asked, answers: Mapping[str, str]) -> Totals | None:
        """What the rates come to; None while one of them is missing or cannot be read."""
        rates = self.rates(asked, answers)
        rows, years = rows_of(asked.settings["rows"]), asked.settings["years"]
        if any((row.number, year) not in rates for row in rows for year in row.years(years)):
            return None
        return totals_of(rows, rates, years, Decimal(asked.settings["vat"]))

    def rates(self, asked: Asked, answers: Mapping[str, str]) -> dict[tuple[int, int], Decimal]:
        """The rates that can be read, by number of row and year."""
        found = {}
        for part in asked.parts:
            text = answers.get(part.key, "")
            try:
                rate = RATE.read(text, part) if text else None
            except InvalidInput:
                continue
            if rate is not None:
                _, row, year = part.key.rsplit(".", 2)
                found[int(row), int(year)] = rate
        return found

    def price(self, asked: Asked, answers: Mapping[str, str]) -> str | None:
        """The price that the rates come to, as a bid holds it."""
        totals = self.totals(asked, answers)
        holds = totals is not None and 0 < totals.price <= HIGHEST_PRICE
        return f"{totals.price:.2f}" if totals is not None and holds else None

    def shown(self, asked: Asked, answers: Mapping[str, str]) -> Shown:
        """Every row with its rates and total where there are not too many, and what they come to, in words as well."""
        rates, totals = self.rates(asked, answers), self.totals(asked, answers)
        rows, years = rows_of(asked.settings["rows"]), asked.settings["years"]
        if not rates:
            return Shown()
        if totals is None:
            return Shown(f"{len(rates):,} of {counted(len(asked.parts), 'rate')} given")
        table = _table(rows, rates, years) if len(rows) <= SHOWN_ROWS else None
        return Shown(in_words(totals, Decimal(asked.settings["vat"])), ROUNDING, table)


def schedule_in(questions: Iterable[Asked]) -> Asked | None:
    """The price schedule among the questions, or None where bidders give one figure."""
    return next((asked for asked in questions if asked.kind.sets_price), None)


def first_gap(asked: Asked, answers: Mapping[str, str]) -> int:
    """The number of the first row that lacks a rate, or has one that cannot be read; 1 where none does."""
    gaps = (part.key for part in asked.parts if any(part.gaps(answers, ())))
    return int(next(gaps, f"{asked.key}.1.1").rsplit(".", 2)[1])


def columns_of(asked: Asked) -> list[str]:
    """The headings of the schedule as a file."""
    years = asked.settings["years"]
    rates = [f"Rate in pounds, year {year}" for year in range(1, years + 1)] if years > 1 else ["Rate in pounds"]
    return ["Row", "Item", "Unit", "Quantity", "How often", "Counted", *rates]


def rows_with_rates(asked: Asked, answers: Mapping[str, str]) -> Iterator[list[str]]:
    """The schedule as the lines of a file, with the rates that were given; `read_rates` reads them back."""
    years = asked.settings["years"]
    for row, cells in zip(rows_of(asked.settings["rows"]), PriceSchedule.lines(asked.settings), strict=True):
        given = [answers.get(f"{asked.key}.{row.number}.{year}", "") for year in range(1, years + 1)]
        yield [str(row.number), *cells, *given]


def in_words(totals: Totals, vat: Decimal) -> str:
    """What a schedule comes to, a line each, the price written out."""
    years = [f"Year {year}: {pounds_exact(total)}" for year, total in enumerate(totals.years, 1)]
    lines = years if len(years) > 1 else []
    lines += [
        f"Total of what counts: {pounds_exact(totals.counted)}",
        f"VAT at {plain(vat)}%: {pounds_exact(totals.vat)}",
    ]
    if totals.optional:
        lines.append(f"Optional rows, not counted: {pounds_exact(totals.optional)}")
    lines.append(f"Price: {pounds_exact(totals.price)}: {pounds_spelled(totals.price)}")
    return "\n".join(lines)


def pounds_exact(amount: Decimal) -> str:
    """An amount with its pence, also where there are none: £118,000.00."""
    return f"£{amount:,.2f}"


def read_rates(asked: Asked, text: str, *, field: str) -> dict[str, str]:
    """Read rates pasted from a spreadsheet: the row's number first, its rates last; by key, as they are stored.

    Whatever stands between (the item, the unit) is left out, and so is a heading. Raises `InvalidInput` that names each
    row which is not in the schedule, is there twice, or has too few or unreadable rates.
    """
    rows = {row.number: row for row in rows_of(asked.settings["rows"])}
    parts = {part.key: part for part in asked.parts}
    found: dict[str, str] = {}
    faults, seen = [], set()
    for place, cells in enumerate(pasted_cells(text), 1):
        if not cells[0].isdecimal():
            if place > 1:
                faults.append(f"Line {place} does not begin with the number of a row.")
            continue
        number = int(cells[0])
        if number in seen or number not in rows:
            faults.append(f"Row {number} is {'there twice' if number in seen else 'not in the schedule'}.")
            continue
        seen.add(number)
        years = rows[number].years(asked.settings["years"])
        given = _rates_in(cells, asked.settings["years"])[: len(years)]
        for year, typed in zip(years, given, strict=False):
            part = parts[f"{asked.key}.{number}.{year}"]
            found[part.key] = part.stored(typed)
            fault = part.fault(found)
            faults += [f"Row {number}: {fault}"] if fault else []
        if len(given) < len(years):
            faults.append(f"Row {number} has {counted(len(given), 'rate')} for {counted(len(years), 'year')}.")
    refuse_rows(faults, field=field)
    return found


def _rates_in(cells: Sequence[str], years: int) -> Sequence[str]:
    """The last cells of a line: a rate for each year."""
    return cells[max(1, len(cells) - years) :]


def _name(row: Row) -> str:
    return f"{row.number}. {row.item}" + (" (optional)" if row.optional else "")


def _quantity(row: Row, *, many: bool) -> str:
    often = " once" if row.once else " a year" if many else ""
    return f"{row.quantity.normalize():,f} {row.unit}{often}"


def _table(rows: Sequence[Row], rates: Mapping[tuple[int, int], Decimal], years: int) -> Table:
    columns = [
        "Row",
        "Quantity",
        *(f"Rate, year {year}" if years > 1 else "Rate" for year in range(1, years + 1)),
        "Total",
    ]
    lines = []
    for row in rows:
        given = [rates[row.number, year] for year in row.years(years)]
        blank = ["–"] * (years - len(given))
        total = sum((row.line(rate) for rate in given), Decimal(0))
        lines.append(
            [
                _name(row),
                _quantity(row, many=years > 1),
                *map(pounds_exact, given),
                *blank,
                pounds_exact(total),
            ]
        )
    return Table(columns, lines)
