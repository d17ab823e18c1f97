"""How far an invitation has come, also of one that has ended without a contract."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy.orm import Mapped, mapped_column

from portal.tendering.states import BEFORE_CONTRACT, ENDED, OUTCOME_KNOWN, IttStatus
from tender_scoring.method import DRAWN_LOT


class Reach:
    """When an invitation came how far, beside its status, and how it ended."""

    status: Mapped[IttStatus]
    published_at: Mapped[datetime | None] = mapped_column()
    closes_at: Mapped[datetime | None] = mapped_column()
    closing_noted_at: Mapped[datetime | None] = mapped_column()
    """When the ledger noted that it had closed; whether it has is never read here but from `closes_at`."""
    opened_at: Mapped[datetime | None] = mapped_column()
    method: Mapped[dict[str, Any] | None]
    ended_at: Mapped[datetime | None] = mapped_column()
    """When it was cancelled, or its last lot ended without an award."""
    ended_from: Mapped[str | None] = mapped_column()
    """The status that it had when it ended."""
    opening_key_destroyed_at: Mapped[datetime | None] = mapped_column()
    """Cancelled while the bids were sealed: from then on nobody can ever open them."""
    endings: ClassVar[Any]  # its `Ending`s, oldest first: `ending_models.py` puts them here

    def has_closed(self, instant: datetime) -> bool:
        """Whether no bid can arrive any more at `instant`: the closing instant itself is late."""
        return self.closes_at is not None and instant >= self.closes_at

    def is_open(self, instant: datetime) -> bool:
        """Whether bids can arrive at `instant`: published, neither closed nor cancelled."""
        return self.status is IttStatus.PUBLISHED and not self.has_closed(instant)

    @property
    def has_ended(self) -> bool:
        """Whether it is over without a contract."""
        return self.status in ENDED

    @property
    def has_outcome(self) -> bool:
        """Whether it has been decided who is chosen, or that nobody is."""
        return self.status in OUTCOME_KNOWN

    @property
    def can_end(self) -> bool:
        """Whether it is published, and has neither ended nor its contract."""
        return self.status in BEFORE_CONTRACT

    @property
    def reached(self) -> IttStatus:
        """How far it has come: of one that has ended, how far it had."""
        return IttStatus(self.ended_from) if self.ended_from else self.status

    @property
    def draws_lots(self) -> bool:
        """Whether its method ends with a drawn lot; those that were frozen before there was such a rule do not."""
        return self.method is None or DRAWN_LOT in self.method["tie_break"]

    @property
    def outcomes(self) -> list[Any]:
        """The `Ending`s that two people have decided: of all, or lot by lot."""
        return [ending for ending in self.endings if ending.status.is_decided]
