"""What the published price formula says about one bid's price, before anybody else's is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from portal.core.words import pounds
from portal.tendering.question_kinds.kind import Remark
from tender_scoring.prices import read_formula

PRICE = ""
"""The key of the price among the questions' keys."""


def price_remarks(formula: Mapping[str, Any] | None, price: str | None) -> Iterator[Remark]:
    """What a bidder should know about its price (pounds, as it is stored) under a formula in the engine's form."""
    if not formula or not price:
        return
    rule, asked = read_formula(dict(formula), ""), Fraction(Decimal(price))
    if rule.eliminates(asked):
        ceiling = _pounds(rule.ruled_out_above)
        yield Remark(PRICE, f"{pounds(price)} is above the ceiling of {ceiling}. A bid above it is ruled out.", True)
    if rule.full_marks_at is not None and asked < rule.full_marks_at:
        floor = _pounds(rule.full_marks_at)
        yield Remark(
            PRICE,
            f"{pounds(price)} is below the floor of {floor}. The floor earns all the marks for price; a lower price "
            "earns no more. Make sure that no figure is missing.",
        )


def _pounds(amount: Fraction | None) -> str:
    return pounds(None if amount is None else Decimal(amount.numerator) / Decimal(amount.denominator))
