"""When the prices of an invitation are opened: with the bids, or apart."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column


class PriceOpening:
    """Prices are read by nobody before every panel has closed; opened apart, they are sealed until then, too."""

    prices_apart: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Whether two people who score nothing open the prices, once every panel has closed."""
    prices_opened_at: Mapped[datetime | None] = mapped_column()
    """When they did; None where prices are opened with the bids."""

    @property
    def prices_are_sealed(self) -> bool:
        """Whether the prices of opened bids are still to be opened."""
        return self.prices_apart and self.prices_opened_at is None
