"""The six price formulas: which share of its marks a price earns.

Each is written as it is published (the scoring rules, docs/scoring.md section 3). Only `benchmark` does not
look at the other bids, so it is the only one under which a bid that does not matter cannot change the order
of two others. The Cabinet Office's Bid Evaluation Guidance Note (May 2021) discusses relative and benchmark
scoring in its sections 7.2 and 7.3.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tender_scoring.errors import Code, InvalidCase
from tender_scoring.fields import decimal_text, get_array, get_mapping, get_number, get_text, pointer, shown

FORMULAS = ("lowest_relative", "percentage_deviation", "min_max", "mean_relative", "benchmark", "banded")
_PARAMETERS = {"benchmark": {"floor", "ceiling"}, "banded": {"bands"}}


@dataclass(frozen=True, slots=True)
class PriceField:
    """The prices that a formula compares: of the bids standing after minimums and ceilings, in pounds."""

    lowest: Fraction
    highest: Fraction
    mean: Fraction

    @classmethod
    def of(cls, prices: Iterable[Fraction]) -> "PriceField":
        """Return the field of at least one price.

        >>> PriceField.of([Fraction(80), Fraction(100)]).mean
        Fraction(90, 1)
        """
        known = list(prices)
        return cls(min(known), max(known), sum(known, Fraction(0)) / len(known))


@dataclass(frozen=True, slots=True)
class PriceFormula:
    """One published formula with its parameters.

    `floor` and `ceiling` (pounds) belong to `benchmark`; `bands` (percent over the lowest, percent of the
    marks) to `banded`.

    >>> formula = PriceFormula("lowest_relative")
    >>> formula.share(Fraction(100), PriceField.of([Fraction(80), Fraction(100)]))
    Fraction(4, 5)
    """

    name: str
    floor: Fraction = Fraction(0)
    ceiling: Fraction | None = None
    bands: tuple[tuple[Fraction, Fraction], ...] = ()

    def eliminates(self, price: Fraction) -> bool:
        """Tell whether a price is above the published ceiling; a price equal to it stays, with no marks."""
        return self.ceiling is not None and price > self.ceiling

    def share(self, price: Fraction, field: PriceField) -> Fraction:
        """Return the share of the marks, 0 to 1, that a standing bid's price earns."""
        if self.name == "lowest_relative":
            return field.lowest / price
        if self.name == "percentage_deviation":
            return max(Fraction(0), 1 - (price - field.lowest) / field.lowest)
        if self.name == "min_max":
            spread = field.highest - field.lowest
            return (field.highest - price) / spread if spread else Fraction(1)
        if self.name == "mean_relative":
            return min(max(50 - 100 * (price - field.mean) / field.mean, Fraction(0)), Fraction(100)) / 100
        if self.ceiling is not None:
            return min(Fraction(1), (self.ceiling - price) / (self.ceiling - self.floor))
        return self._banded(100 * (price - field.lowest) / field.lowest)

    def _banded(self, percent_over: Fraction) -> Fraction:
        return next((marks / 100 for limit, marks in self.bands if percent_over <= limit), Fraction(0))

    def to_dict(self) -> dict[str, Any]:
        """Return the formula as the method states it."""
        if self.ceiling is not None:
            return {
                "formula": self.name,
                "floor": decimal_text(self.floor),
                "ceiling": decimal_text(self.ceiling),
            }
        if self.bands:
            bands = [[decimal_text(limit), decimal_text(marks)] for limit, marks in self.bands]
            return {"formula": self.name, "bands": bands}
        return {"formula": self.name}


def read_formula(value: Any, where: str) -> PriceFormula:
    """Return the formula of a price criterion, or refuse it."""
    entries = get_mapping(value, where)
    if "formula" not in entries:
        raise InvalidCase(Code.MISSING_KEY, "The key 'formula' is missing.", where)
    name = get_text(entries["formula"], pointer(where, "formula"))
    if name not in FORMULAS:
        message = f"{shown(name)} is none of {', '.join(FORMULAS)}."
        raise InvalidCase(Code.PRICE_FORMULA, message, pointer(where, "formula"))
    wanted = _PARAMETERS.get(name, set())
    given = set(entries) - {"formula"}
    if given != wanted:
        needs = " and ".join(sorted(wanted, reverse=True)) or "no parameter"
        raise InvalidCase(Code.PRICE_PARAMETERS, f"{name} takes {needs}, nothing else.", where)
    if name == "benchmark":
        return _read_benchmark(entries, where)
    if name == "banded":
        return PriceFormula(name, bands=_read_bands(entries["bands"], pointer(where, "bands")))
    return PriceFormula(name)


def _read_benchmark(entries: dict[str, Any], where: str) -> PriceFormula:
    floor = get_number(entries["floor"], pointer(where, "floor"))
    ceiling = get_number(entries["ceiling"], pointer(where, "ceiling"))
    if not 0 <= floor < ceiling:
        raise InvalidCase(Code.PRICE_PARAMETERS, "The floor is at least 0 and below the ceiling.", where)
    return PriceFormula("benchmark", floor, ceiling)


def _read_bands(value: Any, where: str) -> tuple[tuple[Fraction, Fraction], ...]:
    bands: list[tuple[Fraction, Fraction]] = []
    for index, pair in enumerate(get_array(value, where)):
        place = pointer(where, index)
        if len(get_array(pair, place)) != 2:
            raise InvalidCase(Code.PRICE_PARAMETERS, "A band is a limit and its marks.", place)
        limit, marks = (get_number(item, pointer(place, side)) for side, item in enumerate(pair))
        if limit < 0 or not 0 <= marks <= 100:
            raise InvalidCase(Code.PRICE_PARAMETERS, "A limit is at least 0, marks are 0 to 100 percent.", place)
        if bands and (limit <= bands[-1][0] or marks > bands[-1][1]):
            raise InvalidCase(Code.PRICE_PARAMETERS, "Limits rise and marks do not rise.", place)
        bands.append((limit, marks))
    if not bands:
        raise InvalidCase(Code.PRICE_PARAMETERS, "At least one band is needed.", where)
    return tuple(bands)
