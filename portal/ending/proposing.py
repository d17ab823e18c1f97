"""Proposing to end a procurement without a contract: nothing changes for anybody until a second person decides."""

from __future__ import annotations

from datetime import datetime

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.parsing.text import require_reason
from portal.core.permissions import Actor, Verb
from portal.core.taking import lock, take
from portal.ending.obstacles import require_no_obstacle
from portal.tendering.ending_models import Ending
from portal.tendering.models import InvitationToTender, Lot
from portal.tendering.states import ENDING, EndingKind, EndingStatus

ASKED = "Say why, in words that bidders and the public can read"


def propose_cancellation(*, itt: InvitationToTender, actor: Actor, reason: str, now: datetime) -> Ending:
    """Propose to cancel the whole procurement, in whatever state before its contract (PA2023 s.55).

    Bidders go on as before until an approver has decided. Records ENDING_PROPOSED; approvers are told. Raises
    `WrongState` once there is a contract of a lot, `Conflict` when a cancellation waits already, `InvalidInput`
    (field "reason") for fewer than 20 characters.
    """
    take(itt, Verb.PROPOSE_CANCELLATION, actor=actor)
    return _propose(itt, None, actor, reason, now)


def propose_no_award(*, itt: InvitationToTender, lot: Lot, actor: Actor, reason: str, now: datetime) -> Ending:
    """Propose to end a lot without an award: nobody bid, no bid stands, a tie stays, or the reason says otherwise.

    Of a lot with bids only after the panels have closed, so that nobody ends what the panels are about to say.
    Records ENDING_PROPOSED; approvers are told. Raises `WrongState` before, `Conflict` where an award of the lot is
    proposed or the lot has its outcome, `InvalidInput` (field "reason") for fewer than 20 characters.
    """
    take(itt, Verb.PROPOSE_NO_AWARD, actor=actor)
    return _propose(itt, lot, actor, reason, now)


def _propose(itt: InvitationToTender, lot: Lot | None, actor: Actor, reason: str, now: datetime) -> Ending:
    require_no_obstacle(itt, lot.id if lot is not None else None)
    ending = Ending(
        itt=itt,
        lot=lot,
        kind=EndingKind.CANCELLATION if lot is None else EndingKind.NO_AWARD,
        reason=require_reason(reason, ASKED, field="reason"),
        proposed_by_id=actor.user_id,
        proposed_at=now,
    )
    db.session.add(ending)
    db.session.flush()
    number = lot.number if lot is not None else None
    record(EventKind.ENDING_PROPOSED, ending, actor=actor, ending=ending.kind.value, lot=number)
    return ending


def withdraw_ending(*, ending: Ending, actor: Actor, now: datetime) -> None:
    """Take a proposal to end it back before its second person has decided: everything goes on.

    Records ENDING_WITHDRAWN. Raises `WrongState` once it is decided or has fallen away.
    """
    lock(InvitationToTender, ending.itt_id)
    take(ending, Verb.WITHDRAW, actor=actor)
    ending.status = ENDING.move(ending.status, EndingStatus.WITHDRAWN)
    ending.withdraw(actor, now=now)
    record(EventKind.ENDING_WITHDRAWN, ending, actor=actor)
