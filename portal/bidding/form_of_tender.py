"""What a bidder declares by submitting: the same for every bid for an invitation, shown where it presses, sealed.

A contracting authority's usual form of tender: truth, no collusion, conflicts, no inducement, the time for which the
bid stands, and the authority of whoever presses.
"""

from __future__ import annotations

import hashlib

from portal.core.errors import Conflict
from portal.core.words import counted

_STATEMENTS = (
    "What this bid says is true and complete, as far as we know.",
    "We settled its prices and its content ourselves. We have not agreed them with anybody else who may bid, nor told "
    "them, nor tried to keep anybody from bidding.",
    "We have no conflict of interest in this procurement, other than what this bid says.",
    "We have not offered or given anybody anything to influence this procurement, and will not.",
    "We keep this bid open for acceptance for {days} from the closing time.",
    "Whoever presses the button may submit it for our organisation.",
)


def statements_for(validity_days: int | None) -> tuple[str, ...]:
    """What is declared with a bid for an invitation whose bids stand for so many days (None: for no stated time)."""
    return tuple(
        words.format(days=counted(validity_days or 0, "day"))
        for words in _STATEMENTS
        if "{days}" not in words or validity_days is not None
    )


def edition_for(validity_days: int | None) -> str:
    """What a page carries that shows these statements."""
    return hashlib.sha256("\n".join(statements_for(validity_days)).encode()).hexdigest()[:16]


class Undeclared(Conflict):
    """The page that the bid was sent from did not show what is declared with it."""

    code = "undeclared"

    def __init__(self) -> None:
        super().__init__(
            "Nothing is submitted yet. Read what you declare by submitting, at the end of this page, and press again."
        )


def declared_by(edition: str, validity_days: int | None) -> tuple[str, ...]:
    """What is declared by a bid from the page that carried this edition; `Undeclared` where it showed other words."""
    if edition != edition_for(validity_days):
        raise Undeclared
    return statements_for(validity_days)
