"""The lots of an invitation as one bidder has them: where each of its bids stands, and what it lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from portal.bidding.completeness import gaps_of
from portal.bidding.drafting import read_draft
from portal.bidding.models import Bid
from portal.bidding.progress import BidProgress, as_asked, bid_progress, questions_of
from portal.core.columns import db
from portal.core.drafts import Gap
from portal.core.permissions import Actor
from portal.core.seals import KeyFolder
from portal.tendering.models import Lot


@dataclass(frozen=True)
class OwnLot:
    """One lot: the bidder's bid for it, if there is one, and exactly what it still lacks."""

    lot: Lot
    bid: Bid | None
    progress: BidProgress | None
    gaps: Sequence[Gap]


def own_lots(bid: Bid, *, actor: Actor, keys: KeyFolder) -> list[OwnLot]:
    """Every lot of the bid's invitation with the same provider's bid for it; none where there is one lot."""
    rows = db.session.execute(
        select(Lot, Bid)
        .outerjoin(Bid, (Bid.lot_id == Lot.id) & (Bid.provider_id == bid.provider_id))
        .where(Lot.itt_id == bid.itt_id)
        .order_by(Lot.number)
    ).all()
    if len(rows) == 1:
        return []
    return [
        OwnLot(
            lot,
            own,
            bid_progress(own) if own else None,
            gaps_of(as_asked(questions_of(own)), read_draft(bid=own, actor=actor, keys=keys)) if own else [],
        )
        for lot, own in rows
    ]
