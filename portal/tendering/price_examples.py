"""A worked example of an invitation's price formula, by the very code that will score the bids."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from portal.tendering.models import InvitationToTender
from portal.tendering.tree import price_criterion
from portal.tendering.weighing import effective
from tender_scoring.errors import InvalidCase
from tender_scoring.prices import PriceField, read_formula


@dataclass(frozen=True)
class Priced:
    """One made-up bid: its price in pounds, and its marks, or None when the price rules it out."""

    price: int
    marks: Fraction | None


def example_of(itt: InvitationToTender) -> list[Priced]:
    """Score the formula's own example prices by it; empty while there is no complete formula."""
    price = price_criterion(itt)
    if price is None:
        return []
    try:
        formula = read_formula(price.price_formula, "")
    except InvalidCase:
        return []
    marks = next(row.marks for row in effective(itt).rows if row.criterion is price)
    prices = formula.examples(Fraction(itt.estimated_value or 100_000))
    standing = PriceField.of(Fraction(each) for each in prices if not formula.eliminates(Fraction(each)))
    return [
        Priced(
            each,
            None if formula.eliminates(Fraction(each)) else marks * formula.share(Fraction(each), standing),
        )
        for each in prices
    ]
