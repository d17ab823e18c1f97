"""A worked example of a lot's price formula, by the very code that will score the bids."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from portal.tendering.by_lot import formula_in
from portal.tendering.models import Lot
from portal.tendering.weighing import effective_in
from tender_scoring.errors import InvalidCase
from tender_scoring.prices import PriceField, read_formula


@dataclass(frozen=True)
class Priced:
    """One made-up bid: its price in pounds, and its marks, or None when the price rules it out."""

    price: int
    marks: Fraction | None


def example_of(lot: Lot) -> list[Priced]:
    """Score the formula's own example prices by it; empty while there is no complete formula."""
    stated = formula_in(lot)
    if stated is None:
        return []
    try:
        formula = read_formula(stated, "")
    except InvalidCase:
        return []
    marks = next(row.marks for row in effective_in(lot).rows if row.is_price)
    prices = formula.examples(Fraction(lot.worth or 100_000))
    standing = PriceField.of(Fraction(each) for each in prices if not formula.eliminates(Fraction(each)))
    return [
        Priced(
            each,
            None if formula.eliminates(Fraction(each)) else marks * formula.share(Fraction(each), standing),
        )
        for each in prices
    ]
