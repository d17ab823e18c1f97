"""That an officer has looked whether a bidder may be awarded anything: who was looked at, and on which list."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.audit.subjects import OnIttChain
from portal.bidding.models import Bid
from portal.core.columns import Id, Model
from portal.judging.behind import Behind, held_behind
from portal.judging.debarment_models import DebarmentList


class BidderCheck(OnIttChain, Model):
    """One check of those behind a bid. The newest counts; none is ever changed.

    What was found is no part of it: that is raised as a ground (`portal/judging/asking.py`), and the award waits for
    its judgement by two people.
    """

    __tablename__ = "bidder_check"
    __table_args__ = (
        Index("ix_bidder_check_bid_id", "bid_id", "checked_at"),
        CheckConstraint("jsonb_array_length(looked_at) > 0", name="looked_at_somebody"),
        CheckConstraint("information_seen IS NOT FALSE OR btrim(note) <> ''", name="unseen_with_a_reason"),
    )

    id: Mapped[Id]
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id"), index=True)
    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"))
    list_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("debarment_list.id"))
    """The debarment list that was the newest here; None where none was here, or the law has none."""
    looked_online: Mapped[bool]
    """Whether the officer looked at the list on GOV.UK, as has to be done where none is here, or an old one."""
    looked_at: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """Everybody who was looked for: `Behind.as_held`."""
    information_seen: Mapped[bool | None]
    """Whether core supplier information was seen on Find a Tender; None where the law has none (PR24 reg 6)."""
    note: Mapped[str]
    """Why somebody on the list is somebody else, or why no information was seen; else what the officer wants to say."""
    checked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    checked_at: Mapped[datetime]

    bid: Mapped[Bid] = relationship()
    debarment: Mapped[DebarmentList | None] = relationship()

    @property
    def behind(self) -> list[Behind]:
        """Everybody who was looked for."""
        return held_behind(self.looked_at)
