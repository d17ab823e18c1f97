"""What an invitation says about its lots as a whole: columns of its row."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

MOST_PLACES = 20
"""To how many bidders a lot can be awarded."""


class LotRules:
    """How many lots one bidder may have, or why there is one lot. Fixed by the publication."""

    max_lots_bid: Mapped[int | None]
    """For how many lots one bidder may bid; None: for all."""
    max_lots_awarded: Mapped[int | None]
    """How many lots one bidder may win; None: all. Which ones then, `lots.limit_words` says."""
    no_lots_reason: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """Why it is not divided into lots, where there is one (PA2023 s.18(2))."""
