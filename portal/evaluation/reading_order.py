"""In which order each member meets the bids: drawn for each with their appointment, the same each time.

No bid is always the first to be judged, and whoever looks for effects of the order knows who met which bid when.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence

from portal.bidding.models import OpenedBid
from portal.evaluation.leaves import leaves_by_bid
from portal.evaluation.models import PanelMember, PanelWork
from portal.evaluation.published_method import Leaf
from portal.evaluation.states import MemberRole


def in_order_of(member_id: uuid.UUID, bid_ids: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """The bids in the order in which the member meets them.

    Sorted by SHA-256 of the member's random identifier and the bid's: anybody who has both can draw it again, nobody
    can choose it, and a bid that falls out leaves the others where they were.
    """
    return sorted(bid_ids, key=lambda bid_id: hashlib.sha256(member_id.bytes + bid_id.bytes).digest())


def leaves_in_order(work: PanelWork, member: PanelMember) -> Mapping[OpenedBid, list[Leaf]]:
    """What the member scores of every bid that stands, in their order; by label for who gives no marks."""
    asked = leaves_by_bid(work, member)
    if member.role is MemberRole.FACILITATOR:
        return asked
    bids = {bid.bid_id: bid for bid in asked}
    return {bids[bid_id]: asked[bids[bid_id]] for bid_id in in_order_of(member.id, bids)}


def order_met(
    member_ids: Iterable[uuid.UUID], bid_ids: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, Sequence[uuid.UUID]]:
    """In which order each scoring member is led through the bids: bids by member, the first first; reads nothing.

    `bid_ids`: those that stand; of one lot alone it is the part of the order that is about that lot. It is the order
    that the pages give; what a member opened when is in the ledger (BID_FILE_VIEWED).
    """
    return {member_id: in_order_of(member_id, bid_ids) for member_id in member_ids}
