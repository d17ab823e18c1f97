"""What notices say about lots."""

from __future__ import annotations

from portal.notices.canonical import Json, without_gaps
from portal.tendering.lots import WINNING_RULE
from portal.tendering.models import InvitationToTender, Lot


def lot_id(lot: Lot) -> str:
    """A lot's id within its process."""
    return str(lot.number)


def lot_details(itt: InvitationToTender) -> Json:
    """How many lots one bidder may have, with the rule for whoever comes first in more, or why there is one."""
    return without_gaps(
        {
            "maximumLotsBidPerSupplier": itt.max_lots_bid,
            "maximumLotsAwardedPerSupplier": itt.max_lots_awarded,
            "awardCriteriaDetails": WINNING_RULE if itt.max_lots_awarded is not None else None,
            "noLotsDivisionRationale": itt.no_lots_reason,
        }
    )
