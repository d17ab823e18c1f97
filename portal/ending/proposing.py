"""Proposing to end a procurement without a contract: nothing changes for anybody until a second person decides."""

from __future__ import annotations

from datetime import datetime

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.awarding.queries import decision_in_force, opened_bids_of_lot
from portal.core.columns import db
from portal.core.errors import Conflict, PortalError, WrongState
from portal.core.parsing.text import require_reason
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.ending.queries import ending_in_force, has_a_contract
from portal.tendering.ending_models import Ending
from portal.tendering.models import InvitationToTender, Lot
from portal.tendering.states import EndingKind, IttStatus

ASKED = "Say why, in words that bidders and the public can read"


def propose_cancellation(*, itt: InvitationToTender, actor: Actor, reason: str, now: datetime) -> Ending:
    """Propose to cancel the whole procurement, in whatever state before its contract (PA2023 s.55).

    Bidders go on as before until an approver has decided. Records ENDING_PROPOSED; approvers are told. Raises
    `WrongState` once there is a contract of a lot, `Conflict` when a cancellation waits already, `InvalidInput`
    (field "reason") for fewer than 20 characters.
    """
    take(itt, Verb.PROPOSE_CANCELLATION, actor=actor)
    return _propose(itt, None, EndingKind.CANCELLATION, actor, reason, now)


def propose_no_award(*, itt: InvitationToTender, lot: Lot, actor: Actor, reason: str, now: datetime) -> Ending:
    """Propose to end a lot without an award: nobody bid, no bid stands, a tie stays, or the reason says otherwise.

    Of a lot with bids only after the panels have closed, so that nobody ends what the panels are about to say.
    Records ENDING_PROPOSED; approvers are told. Raises `WrongState` before, `Conflict` where an award of the lot is
    proposed or the lot has its outcome, `InvalidInput` (field "reason") for fewer than 20 characters.
    """
    take(itt, Verb.PROPOSE_NO_AWARD, actor=actor)
    return _propose(itt, lot, EndingKind.NO_AWARD, actor, reason, now)


def obstacle(itt: InvitationToTender, lot: Lot | None) -> PortalError | None:
    """What stands in the way of proposing to end the lot, or, without one, to cancel the whole; None when nothing."""
    if ending_in_force(itt.id, lot) is not None:
        return Conflict("That has been proposed already, and waits for an approver.")
    if lot is None:
        ended = "A contract has been concluded, so the procurement cannot be cancelled any more."
        return WrongState(ended) if has_a_contract(itt.id) else None
    if decision_in_force(lot.id) is not None:
        return Conflict("An award of this lot has been proposed or decided. Refuse it first.")
    if itt.status is IttStatus.OPENED and opened_bids_of_lot(lot.id):
        return WrongState("The panels are still at work on the bids for this lot. It can end once they have closed.")
    return None


def _propose(
    itt: InvitationToTender, lot: Lot | None, kind: EndingKind, actor: Actor, reason: str, now: datetime
) -> Ending:
    in_the_way = obstacle(itt, lot)
    if in_the_way is not None:
        raise in_the_way
    ending = Ending(
        itt=itt,
        itt_id=itt.id,
        lot=lot,
        lot_id=lot.id if lot is not None else None,
        kind=kind,
        reason=require_reason(reason, ASKED, field="reason"),
        proposed_by_id=actor.user_id,
        proposed_at=now,
    )
    db.session.add(ending)
    db.session.flush()
    record(
        EventKind.ENDING_PROPOSED,
        ending,
        actor=actor,
        ending=kind.value,
        lot=lot.number if lot is not None else None,
    )
    return ending
