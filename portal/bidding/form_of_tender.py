"""What a bidder declares by submitting: the same for every bid, shown on the page of the press, sealed with the bid.

A contracting authority's usual form of tender: truth, no collusion, conflicts, no inducement, the time for which the
bid stands, and the authority of whoever presses.
"""

from __future__ import annotations

import hashlib

from portal.core.errors import Conflict

VALID_DAYS = 90
"""Days from the closing time for which a bid can be accepted."""
STATEMENTS = (
    "What this bid says is true and complete, as far as we know.",
    "We settled its prices and its content ourselves. We have not agreed them with anybody else who may bid, nor told "
    "them, nor tried to keep anybody from bidding.",
    "We have no conflict of interest in this procurement, other than what this bid says.",
    "We have not offered or given anybody anything to influence this procurement, and will not.",
    f"We keep this bid open for acceptance for {VALID_DAYS} days from the closing time.",
    "Whoever presses the button may submit it for our organisation.",
)
EDITION = hashlib.sha256("\n".join(STATEMENTS).encode()).hexdigest()[:16]
"""What a page carries that shows these statements."""


class Undeclared(Conflict):
    """The page that the bid was sent from did not show what is declared with it."""

    code = "undeclared"

    def __init__(self) -> None:
        super().__init__(
            "Nothing is submitted yet. Read what you declare by submitting, at the end of this page, and press again."
        )


def require_declared(edition: str) -> None:
    """Refuse to seal a bid from a page that showed other statements, or none; raises `Undeclared`."""
    if edition != EDITION:
        raise Undeclared
