"""The price formulas: which share of its marks a price earns.

A formula is one class here and nothing anywhere else: its parameters, what it compares, its share, and every word
that pages and explanations have for it. Each is written as it is published (docs/scoring.md section 3). The Cabinet
Office's Bid Evaluation Guidance Note (May 2021) discusses relative and benchmark scoring in its sections 7.2 and 7.3.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, Self

from tender_scoring.errors import Code, InvalidCase
from tender_scoring.fields import decimal_text, get_array, get_mapping, get_number, get_text, pointer, shown
from tender_scoring.rounding import exact


@dataclass(frozen=True, slots=True)
class PriceField:
    """The prices that formulas compare: of the bids standing after minimums and ceilings, in pounds."""

    lowest: Fraction
    highest: Fraction
    mean: Fraction

    @classmethod
    def of(cls, prices: Iterable[Fraction | int], unit: int = 1) -> PriceField:
        """Return the field of at least one price, given in so many parts of a pound.

        >>> PriceField.of([8000, 10000], 100).mean
        Fraction(90, 1)
        """
        known = list(prices)
        whole = Fraction(sum(known))
        return cls(Fraction(min(known)) / unit, Fraction(max(known)) / unit, whole / (unit * len(known)))

    def figure(self, name: str) -> Fraction:
        """Return one of COMPARED."""
        figure: Fraction = getattr(self, name)
        return figure


COMPARED = ("lowest", "highest", "mean")
"""What of the other prices a formula can look at, in the order in which steps show it."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A figure that is published with a formula: its key, its label, and a sentence about it.

    It is one amount in pounds or, where it has `columns`, rows of percentages, one for each column.
    """

    key: str
    label: str
    hint: str
    columns: tuple[str, ...] = ()


class PriceFormula(ABC):
    """One published formula with its parameters.

    `compares` names what of the other prices it looks at. Only a formula that looks at none can never let a bid that
    does not matter change the order of two others. `title` and `sentence` are for bidders, `note` says beside a step
    what was done, and `sum` writes it out with the step's inputs.

    >>> LowestRelative().share(Fraction(100), PriceField.of([Fraction(80), Fraction(100)]))
    Fraction(4, 5)
    """

    __slots__ = ()

    name: ClassVar[str]
    title: ClassVar[str]
    sentence: ClassVar[str]
    note: ClassVar[str]
    sum: ClassVar[str]
    compares: ClassVar[tuple[str, ...]] = ()
    parameters: ClassVar[tuple[Parameter, ...]] = ()

    @classmethod
    def read(cls, entries: Mapping[str, Any], where: str) -> Self:
        """Return the formula with the parameters that a document states, or refuse them."""
        return cls()

    @abstractmethod
    def share(self, price: Fraction, field: PriceField) -> Fraction:
        """Return the share of the marks, 0 to 1, that a standing bid's price earns."""

    @property
    def ruled_out_above(self) -> Fraction | None:
        """The published price above which a bid is eliminated; one equal to it stays."""
        return None

    @property
    def full_marks_at(self) -> Fraction | None:
        """The published price at which all marks are earned: a lower one earns no more."""
        return None

    def stated(self) -> dict[str, Any]:
        """Return the parameters as the method states them."""
        return {}

    def figures(self) -> dict[str, Fraction]:
        """Return the parameters as the inputs of a step, by name."""
        return {}

    def examples(self, value: Fraction) -> list[int]:
        """Return prices (pounds) that show how the marks fall, for a contract of an estimated value."""
        return [_hundreds(value * percent / 100) for percent in (70, 80, 90, 100)]

    @classmethod
    def written(cls, inputs: Mapping[str, str]) -> str:
        """Return the sum of a step, its inputs written into it."""
        return cls.sum.format_map({name.removeprefix("/"): value for name, value in inputs.items()})

    @classmethod
    def input_words(cls, name: str) -> str | None:
        """Return what a page calls an input of a step that is a parameter, or None for another input."""
        known = {parameter.key: parameter.label for parameter in cls.parameters}
        return f"{known[name].lower()} in pounds" if name in known else None

    def eliminates(self, price: Fraction) -> bool:
        """Tell whether a price is too high to stand."""
        return self.ruled_out_above is not None and price > self.ruled_out_above

    def to_dict(self) -> dict[str, Any]:
        """Return the formula as the method states it."""
        return {"formula": self.name, **self.stated()}


@dataclass(frozen=True, slots=True)
class Benchmark(PriceFormula):
    """All marks at the floor, none at the ceiling, whatever others ask."""

    floor: Fraction
    ceiling: Fraction

    name = "benchmark"
    title = "Against a published floor and ceiling"
    sentence = (
        "A price at the floor or below earns all the marks, a price at the ceiling earns none, and prices between "
        "them earn marks in a straight line; a price above the ceiling rules the bid out."
    )
    note = "all marks at the floor or below, none at the ceiling, in a straight line between"
    sum = "{worth} x min(1, ({ceiling} - {price}) / ({ceiling} - {floor}))"
    parameters = (
        Parameter("floor", "Floor", "This price or less earns all the marks."),
        Parameter("ceiling", "Ceiling", "A price above this is ruled out."),
    )

    @classmethod
    def read(cls, entries: Mapping[str, Any], where: str) -> Self:
        """Return the formula, or refuse a floor that is not below the ceiling."""
        floor, ceiling = (get_number(entries[key], pointer(where, key)) for key in ("floor", "ceiling"))
        if not 0 <= floor < ceiling:
            message = "The floor is at least 0 and below the ceiling."
            raise InvalidCase(Code.PRICE_PARAMETERS, message, where)
        return cls(floor, ceiling)

    def share(self, price: Fraction, field: PriceField) -> Fraction:
        """(C - p) / (C - F), at most 1."""
        return min(Fraction(1), (self.ceiling - price) / (self.ceiling - self.floor))

    @property
    def ruled_out_above(self) -> Fraction:
        """The ceiling."""
        return self.ceiling

    @property
    def full_marks_at(self) -> Fraction:
        """The floor."""
        return self.floor

    def stated(self) -> dict[str, Any]:
        """Floor and ceiling."""
        return {"floor": decimal_text(self.floor), "ceiling": decimal_text(self.ceiling)}

    def figures(self) -> dict[str, Fraction]:
        """Floor and ceiling."""
        return {"floor": self.floor, "ceiling": self.ceiling}

    def examples(self, value: Fraction) -> list[int]:
        """The floor (or a quarter of the ceiling), half way, the ceiling, and above it."""
        low, top = self.floor or self.ceiling / 4, int(self.ceiling)
        return [_hundreds(low), _hundreds((low + self.ceiling) / 2), top, top + 1000]


@dataclass(frozen=True, slots=True)
class LowestRelative(PriceFormula):
    """In proportion to the lowest price."""

    name = "lowest_relative"
    title = "Lowest price divided by price"
    sentence = "The lowest price earns all the marks; a price twice as high earns half of them."
    note = "the lowest price divided by this price, of the marks there are"
    sum = "{worth} x {lowest_price} / {price}"
    compares = ("lowest",)

    def share(self, price: Fraction, field: PriceField) -> Fraction:
        """m / p."""
        return field.lowest / price


@dataclass(frozen=True, slots=True)
class PercentageDeviation(PriceFormula):
    """One percent of the marks for each percent above the lowest price."""

    name = "percentage_deviation"
    title = "Per cent above the lowest"
    sentence = "The lowest price earns all the marks; every 1% above it takes off 1% of them, down to none at double."
    note = "the marks less the percentage that the price is above the lowest"
    sum = "{worth} x max(0, 1 - ({price} - {lowest_price}) / {lowest_price})"
    compares = ("lowest",)

    def share(self, price: Fraction, field: PriceField) -> Fraction:
        """1 - (p - m) / m, at least 0."""
        return max(Fraction(0), 2 - price / field.lowest)


@dataclass(frozen=True, slots=True)
class MinMax(PriceFormula):
    """All marks for the lowest price, none for the highest."""

    name = "min_max"
    title = "Between lowest and highest"
    sentence = (
        "The lowest price earns all the marks, the highest earns none, and prices between them earn marks in a "
        "straight line."
    )
    note = "the distance from the highest price, divided by the range of prices"
    sum = "{worth} x ({highest_price} - {price}) / ({highest_price} - {lowest_price}), or {worth} if all are equal"
    compares = ("lowest", "highest")

    def share(self, price: Fraction, field: PriceField) -> Fraction:
        """(max - p) / (max - m), or 1 where there is no range."""
        spread = field.highest - field.lowest
        return (field.highest - price) / spread if spread else Fraction(1)


@dataclass(frozen=True, slots=True)
class MeanRelative(PriceFormula):
    """Half of the marks at the mean price, one percent of them for each percent from it."""

    name = "mean_relative"
    title = "Against the average price"
    sentence = "A price at the average earns half the marks; every 1% below or above it adds or takes off 1% of them."
    note = "the distance from the mean price"
    sum = "{worth} x (50 - 100 x ({price} - {mean_price}) / {mean_price}, within 0 and 100) / 100"
    compares = ("mean",)

    def share(self, price: Fraction, field: PriceField) -> Fraction:
        """(50 - 100 (p - u) / u) / 100, which is 3/2 - p / u, within 0 and 1."""
        return min(max(Fraction(3, 2) - price / field.mean, Fraction(0)), Fraction(1))


@dataclass(frozen=True, slots=True)
class Banded(PriceFormula):
    """The marks of the band that the price falls in: (percent over the lowest, percent of the marks)."""

    bands: tuple[tuple[Fraction, Fraction], ...]

    name = "banded"
    title = "In bands above the lowest"
    sentence = (
        "A price earns the share of the marks that its band gives: the bands say how far above the lowest price it "
        "may be."
    )
    note = "the marks of the band that the price falls in"
    sum = "{worth} x the band of ({price} - {lowest_price}) / {lowest_price} [{bands}; beyond: 0]"
    compares = ("lowest",)
    parameters = (
        Parameter(
            "bands",
            "Band",
            "Start with the prices closest to the lowest.",
            ("Up to, above the lowest price", "Share of the marks"),
        ),
    )

    @classmethod
    def read(cls, entries: Mapping[str, Any], where: str) -> Self:
        """Return the formula, or refuse bands whose limits do not rise or whose marks do."""
        bands: list[tuple[Fraction, Fraction]] = []
        place = pointer(where, "bands")
        for index, pair in enumerate(get_array(entries["bands"], place)):
            bands.append(_read_band(pair, pointer(place, index), bands[-1] if bands else None))
        if not bands:
            raise InvalidCase(Code.PRICE_PARAMETERS, "At least one band is needed.", place)
        return cls(tuple(bands))

    def share(self, price: Fraction, field: PriceField) -> Fraction:
        """The marks of the first band whose limit 100 (p - m) / m does not exceed, or none."""
        over = 100 * (price - field.lowest) / field.lowest
        return next((marks / 100 for limit, marks in self.bands if over <= limit), Fraction(0))

    def stated(self) -> dict[str, Any]:
        """The bands as pairs."""
        return {"bands": [[decimal_text(limit), decimal_text(marks)] for limit, marks in self.bands]}

    def figures(self) -> dict[str, Fraction]:
        """Each band's marks by its limit."""
        return {f"band up to {exact(limit)} percent": marks for limit, marks in self.bands}

    @classmethod
    def written(cls, inputs: Mapping[str, str]) -> str:
        """The sum, with every band in it."""
        found = [f"{name[5:]} over: {value} percent" for name, value in inputs.items() if name.startswith("band ")]
        return super(Banded, cls).written({**inputs, "bands": ", ".join(found)})

    @classmethod
    def input_words(cls, name: str) -> str | None:
        """A band by its limit."""
        if not name.startswith("band "):
            return None
        return f"% of the marks up to {decimal_text(Fraction(name.split()[3]))}% above the lowest"


def _read_band(pair: Any, where: str, before: tuple[Fraction, Fraction] | None) -> tuple[Fraction, Fraction]:
    if len(get_array(pair, where)) != 2:
        raise InvalidCase(Code.PRICE_PARAMETERS, "A band is a limit and its marks.", where)
    limit, marks = (get_number(item, pointer(where, side)) for side, item in enumerate(pair))
    if limit < 0 or not 0 <= marks <= 100:
        raise InvalidCase(Code.PRICE_PARAMETERS, "A limit is at least 0, marks are 0 to 100 percent.", where)
    if before is not None and (limit <= before[0] or marks > before[1]):
        raise InvalidCase(Code.PRICE_PARAMETERS, "Limits rise and marks do not rise.", where)
    return limit, marks


def _hundreds(price: Fraction) -> int:
    return 100 * max(1, round(price / 100))


DEFAULT = Benchmark
"""What is offered first: it alone does not compare bids."""
FORMULAS: dict[str, type[PriceFormula]] = {
    formula.name: formula for formula in (DEFAULT, LowestRelative, PercentageDeviation, MinMax, MeanRelative, Banded)
}


def read_formula(value: Any, where: str) -> PriceFormula:
    """Return the formula of a price criterion, or refuse it."""
    entries = get_mapping(value, where)
    if "formula" not in entries:
        raise InvalidCase(Code.MISSING_KEY, "The key 'formula' is missing.", where)
    name = get_text(entries["formula"], pointer(where, "formula"))
    if name not in FORMULAS:
        message = f"{shown(name)} is none of {', '.join(FORMULAS)}."
        raise InvalidCase(Code.PRICE_FORMULA, message, pointer(where, "formula"))
    wanted = [parameter.key for parameter in FORMULAS[name].parameters]
    if set(entries) - {"formula"} != set(wanted):
        needs = " and ".join(wanted) or "no parameter"
        raise InvalidCase(Code.PRICE_PARAMETERS, f"{name} takes {needs}, nothing else.", where)
    return FORMULAS[name].read(entries, where)
