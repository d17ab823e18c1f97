"""When a price is looked at because it may be abnormally low: rules as data.

No law names a figure. What is flagged is asked about and never rejected by itself (PA2023 s.19(3)(c), (4)-(5)): the
bidder is told, and has the opportunity to show that it will be able to perform the contract for that price.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median


@dataclass(frozen=True)
class LowPriceRule:
    """A price below a share of something else is flagged: what it is compared with, and from how many others on."""

    words: str
    share: Decimal
    others: int
    """How many other bids there must be; 0 where it is compared with the published estimate."""


BELOW_THE_OTHERS = LowPriceRule("more than 20% below the middle of the other bids", Decimal("0.80"), 2)
BELOW_THE_ESTIMATE = LowPriceRule("more than 40% below the published estimate", Decimal("0.60"), 0)

RULES = (BELOW_THE_OTHERS, BELOW_THE_ESTIMATE)
"""The portal's own, and said to be so wherever they are shown."""


def flags(price: Decimal, others: Sequence[Decimal], estimate: Decimal | None) -> list[str]:
    """Why a price (pounds) is looked at, in words; nothing where no rule flags it."""
    found = []
    if len(others) >= BELOW_THE_OTHERS.others and price < BELOW_THE_OTHERS.share * median(others):
        found.append(BELOW_THE_OTHERS.words)
    if estimate is not None and price < BELOW_THE_ESTIMATE.share * estimate:
        found.append(BELOW_THE_ESTIMATE.words)
    return found
