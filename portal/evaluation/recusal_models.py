"""Panel members who have stepped back from one lot: they judge the others."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from portal.bidding.models import Bid
from portal.core.columns import Model
from portal.evaluation.models import PanelMember


class LotRecusal(Model):
    """Somebody who judges nothing of a lot, on whichever panel: it ends with nobody's seat, and never."""

    __tablename__ = "lot_recusal"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    lot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lot.id", ondelete="CASCADE"), primary_key=True, index=True)
    recused_at: Mapped[datetime]


def has_left_lot_of(bid_id: Any) -> ColumnElement[bool]:
    """Whether the statement's `PanelMember` has stepped back from the lot of the bid in that column."""
    bid = aliased(Bid)
    return (
        select(LotRecusal.user_id)
        .join(bid, bid.lot_id == LotRecusal.lot_id)
        .where(LotRecusal.user_id == PanelMember.user_id, bid.id == bid_id)
        .correlate_except(LotRecusal, bid)
        .exists()
    )
