"""Deciding that a procurement, or a lot of it, ends without a contract."""

from __future__ import annotations

from datetime import datetime

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.awarding.settling import end, settle
from portal.contracts.signing import complete
from portal.core.parsing.text import require_reason
from portal.core.permissions import Actor
from portal.ending.obstacles import require_no_obstacle
from portal.tendering.ending_models import Ending
from portal.tendering.second_person import take_to_decide
from portal.tendering.states import ENDING, EndingStatus, IttStatus

WHY = "Say in a sentence or two what you checked, or why you refuse"


def refuse_ending(*, ending: Ending, actor: Actor, note: str, now: datetime) -> None:
    """Refuse a proposal to end: everything goes on, and the proposal stays in the record.

    Records ENDING_REFUSED; commissioners are told. Raises as `decide_ending`.
    """
    take_to_decide(ending, actor)
    said = require_reason(note, WHY, field="note")
    ending.status = ENDING.move(ending.status, EndingStatus.REFUSED)
    ending.decide(actor, now=now, note=said)
    record(EventKind.ENDING_REFUSED, ending, actor=actor)


def decide_ending(*, ending: Ending, actor: Actor, note: str, now: datetime) -> None:
    """Decide as the second person that a procurement is cancelled, or that a lot ends without an award.

    From the commit on nothing can be submitted, opened, scored, awarded or signed; sealed bids stay sealed, and
    drafts stay readable to their writers. Under the lock of the ITT's row: a bid that is being submitted is received
    before, or refused after, and never half. The procurement becomes CANCELLED, or, with its last lot and no award,
    NOT_AWARDED; where every other lot has its contract, CONTRACTED. Records PROCUREMENT_CANCELLED or
    LOT_NOT_AWARDED, from which the letters to bidders, panels and
    officers and the termination notice follow (PA2023 s.55). Raises `NotAllowed` for the person who proposed,
    `WrongState` when it is not waiting (any more) or a contract has been concluded, `Conflict` where an award of the
    lot is proposed meanwhile, `InvalidInput` (field "note") for fewer than 20 characters.
    """
    take_to_decide(ending, actor)
    said = require_reason(note, WHY, field="note")
    itt = ending.itt
    require_no_obstacle(itt, ending.lot_id, to=ending)
    ending.status = ENDING.move(ending.status, EndingStatus.DECIDED)
    ending.decide(actor, now=now, note=said)
    reached = itt.status.value
    if ending.lot is None:
        end(itt, IttStatus.CANCELLED, now)
        record(EventKind.PROCUREMENT_CANCELLED, ending, actor=actor, was=reached)
        return
    settle(itt, now)
    complete(itt)
    record(EventKind.LOT_NOT_AWARDED, ending, actor=actor, was=reached, lot=ending.lot.number)
