"""A worked example of an invitation's price formula, by the very code that will score the bids."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from portal.tendering.models import InvitationToTender
from portal.tendering.tree import price_criterion
from portal.tendering.weighing import effective
from tender_scoring.errors import InvalidCase
from tender_scoring.prices import PriceField, PriceFormula, read_formula

HUNDRED_POUNDS = 100


@dataclass(frozen=True)
class Priced:
    """One made-up bid: its price in pounds, and its marks, or None when the price rules it out."""

    price: int
    marks: Fraction | None


def example_of(itt: InvitationToTender) -> list[Priced]:
    """Score four made-up prices with the formula of the invitation; empty while there is no complete formula.

    Between floor and ceiling, and one above it, for `benchmark`; from 70% to 100% of the estimated value otherwise.
    """
    price = price_criterion(itt)
    if price is None:
        return []
    try:
        formula = read_formula(price.price_formula, "")
    except InvalidCase:
        return []
    marks = next(row.marks for row in effective(itt).rows if row.criterion is price)
    prices = _prices(formula, int(itt.estimated_value or 100_000))
    standing = PriceField.of(Fraction(each) for each in prices if not formula.eliminates(Fraction(each)))
    return [
        Priced(
            each,
            None if formula.eliminates(Fraction(each)) else marks * formula.share(Fraction(each), standing),
        )
        for each in prices
    ]


def _prices(formula: PriceFormula, value: int) -> list[int]:
    if formula.ceiling is None:
        return [_round(Fraction(value * percent, 100)) for percent in (70, 80, 90, 100)]
    floor, ceiling = formula.floor, formula.ceiling
    lowest = floor if floor > 0 else (ceiling + floor) / 4
    return [
        *(_round(lowest + (ceiling - lowest) * Fraction(part, 2)) for part in (0, 1)),
        int(ceiling),
        int(ceiling) + 1000,
    ]


def _round(price: Fraction) -> int:
    return max(1, round(price / HUNDRED_POUNDS)) * HUNDRED_POUNDS
