"""What the engine's case does not hold of a lot: in which order members met its bids, and who the bidders are."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.bidding.models import STANDS, Bid, OpenedBid
from portal.core.columns import db
from portal.evaluation.models import PanelMember, Result
from portal.evaluation.reading_order import order_met
from portal.evaluation.scoring_input import bid_key, member_key
from portal.evaluation.states import MemberRole
from portal.tendering.models import Panel
from tender_scoring import Background


def background_of(result: Result, incumbents: Collection[str] | None) -> Background:
    """The background of a stored result, by the engine's keys; `incumbents`: bids, or None where nobody asked."""
    opened = db.session.scalars(
        select(OpenedBid)
        .join(OpenedBid.bid)
        .where(Bid.lot_id == result.lot_id, STANDS)
        .options(joinedload(OpenedBid.bid).joinedload(Bid.provider))
    ).all()
    keys = {bid.bid_id: bid_key(bid) for bid in opened}
    members = db.session.scalars(
        select(PanelMember.id)
        .join(Panel, Panel.id == PanelMember.panel_id)
        .where(Panel.itt_id == result.itt_id, PanelMember.role != MemberRole.FACILITATOR)
    ).all()
    return Background(
        met={member_key(member): [keys[bid] for bid in met] for member, met in order_met(members, keys).items()},
        incumbents=incumbents,
        small={bid_key(bid) for bid in opened if bid.bid.provider.is_sme},
    )
