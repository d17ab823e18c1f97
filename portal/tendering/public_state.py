"""How far a published procurement is, in the words that everybody may read."""

from __future__ import annotations

from datetime import datetime

from portal.core.lifecycle import PublicState
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus

OPEN = PublicState("open", "Open for bids", "Bids can be made until the closing time.")
CLOSED = PublicState(
    "closed", "Closed", "Bidding has closed. No more bids can be made. The bids will be opened and judged."
)
JUDGED = PublicState("judged", "Being judged", "Bidding has closed. The panels are judging the bids.")
DECIDING = PublicState("deciding", "Decision to come", "The panels have scored the bids. A decision follows.")
AWARDED = PublicState("awarded", "Awarded", "The award is decided. Every bidder was told the scores and the reasons.")
CONTRACTED = PublicState("contracted", "Contract signed", "The contract is signed. It is in the register of contracts.")
CANCELLED = PublicState("cancelled", "Cancelled", "The buyer has cancelled this procurement.")
NOT_AWARDED = PublicState("not_awarded", "Ended without an award", "No contract comes of this procurement.")
_AFTER = {
    IttStatus.OPENED: JUDGED,
    IttStatus.MODERATED: DECIDING,
    IttStatus.AWARDED: AWARDED,
    IttStatus.CONTRACTED: CONTRACTED,
    IttStatus.CANCELLED: CANCELLED,
    IttStatus.NOT_AWARDED: NOT_AWARDED,
}


def public_state(itt: InvitationToTender, now: datetime) -> PublicState:
    """Tell the public state at `now`; "closed" is not a status of its own but the closing time having come."""
    if itt.status is IttStatus.PUBLISHED:
        return CLOSED if itt.has_closed(now) else OPEN
    return _AFTER[itt.status]
