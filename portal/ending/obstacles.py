"""What stands in the way of ending a procurement, or a lot of it: one rule for page, proposal and decision."""

from __future__ import annotations

import uuid

from portal.core.errors import Conflict, PortalError, WrongState
from portal.ending.queries import has_a_contract, lots_being_judged, lots_in_award, proposed_or_ended
from portal.tendering.ending_models import Ending
from portal.tendering.models import InvitationToTender

PROPOSED = "That has been proposed already, and waits for an approver."
CONTRACT = "A contract has been concluded, so the procurement cannot be cancelled any more."
AWARD = "An award of this lot has been proposed or decided. It has to be refused first."
AT_WORK = "The panels are still at work on the bids for this lot. It can end once they have closed."


def obstacles(itt: InvitationToTender, *, to: Ending | None = None) -> dict[uuid.UUID | None, PortalError]:
    """What stands in the way of ending each lot, by its identifier, and of cancelling the whole, under None.

    What nothing stands in the way of is not among them. `to`: in the way of that proposal, which waits itself.
    """
    refusals: dict[uuid.UUID | None, PortalError] = {}
    # Of several the last one is told.
    refusals |= dict.fromkeys(lots_being_judged(itt), WrongState(AT_WORK))
    refusals |= dict.fromkeys(lots_in_award(itt.id), Conflict(AWARD))
    refusals |= {None: WrongState(CONTRACT)} if has_a_contract(itt.id) else {}
    refusals |= dict.fromkeys(proposed_or_ended(itt.id, apart_from=to), Conflict(PROPOSED))
    return refusals


def require_no_obstacle(itt: InvitationToTender, lot_id: uuid.UUID | None, *, to: Ending | None = None) -> None:
    """Raise what stands in the way, if anything does; the caller holds the row's lock."""
    refusal = obstacles(itt, to=to).get(lot_id)
    if refusal is not None:
        raise refusal
