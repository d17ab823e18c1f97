"""Drawing a lot: two people each commit to a value that nobody else knows, then both reveal; the order follows.

Nobody can steer it: the first commits before the second, neither can change its value afterwards, and the hash of the
opening was fixed long before. How the order follows is `order_from`, which page, command and docs repeat.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime

from portal.audit.kinds import EventKind
from portal.audit.queries import hash_of_first
from portal.audit.recording import record
from portal.core.approval import Half, require_second_person
from portal.core.columns import db
from portal.core.errors import Conflict, InvalidInput, NotAllowed, WrongState
from portal.core.parsing.text import squeeze
from portal.core.permissions import Actor, Verb
from portal.core.taking import take
from portal.evaluation.draw_models import Draw, DrawPart
from portal.evaluation.draw_queries import abandoned_draws, draw_of, tied_bids
from portal.evaluation.states import DRAW, DrawStatus
from portal.regulation.local_time import local_date
from portal.regulation.queries import uk_calendar
from portal.regulation.working_days import Unit, last_day_from_day_after
from portal.tendering.models import InvitationToTender, Lot

WORKING_DAYS_TO_REVEAL = 3
_HASH = re.compile("[0-9a-f]{64}")


def hash_of_value(value: str) -> str:
    """SHA-256 (hexadecimal) of a value as UTF-8: what somebody commits to."""
    return hashlib.sha256(value.encode()).hexdigest()


def seed_from(values: Sequence[str], opening_hash: str) -> str:
    """SHA-256 (hexadecimal) of both values in the order of the commitments and the opening's hash, one a line."""
    return hash_of_value("\n".join([*values, opening_hash]))


def order_from(seed: str, bids: Sequence[str]) -> list[str]:
    """The bids by the SHA-256 (hexadecimal) of seed, colon and reference: the smallest is first."""
    return sorted(bids, key=lambda bid: hash_of_value(f"{seed}:{bid}"))


def commit_value(*, itt: InvitationToTender, lot: Lot, actor: Actor, commitment: str, now: datetime) -> DrawPart:
    """Commit to a secret value by its SHA-256, as the first or the second of two people.

    The first begins the draw, which parts every tie in the ranking of the lot. Records LOT_COMMITTED. Raises
    `WrongState` where nothing is tied or the published method draws no lot, `Conflict` for a third person and for
    somebody who has committed already, `NotAllowed` for whoever took part in a draw that was given up, `InvalidInput`
    (field "commitment") for what is no SHA-256, or the same as the other's.
    """
    take(itt, Verb.DRAW_LOT, actor=actor)
    draw = draw_of(lot.id) or _begin(itt, lot, now)
    if draw.status.is_done:
        raise Conflict("The lot has been drawn already.")
    if draw.part_of(actor.user_id) is not None:
        raise Conflict("You have committed already. A second person does so, and then you both reveal.")
    require_second_person(actor, *(Half(part.person_id, part.committed_at) for part in draw.parts))
    if len(draw.parts) == 2:
        raise Conflict("Two people have committed already. They reveal now.")
    if any(earlier.part_of(actor.user_id) is not None for earlier in abandoned_draws(lot.id)):
        raise NotAllowed("You took part in the draw that was given up. Two others draw this one.")
    stated = squeeze(commitment).lower()
    if not _HASH.fullmatch(stated):
        raise InvalidInput("Give the SHA-256 of your value: 64 digits and letters from a to f.", field="commitment")
    if any(part.commitment == stated for part in draw.parts):
        raise InvalidInput(
            "That is what the other person committed to. Choose a value of your own.", field="commitment"
        )
    part = DrawPart(number=len(draw.parts) + 1, person_id=actor.user_id, commitment=stated, committed_at=now)
    draw.parts.append(part)
    db.session.flush()
    record(EventKind.LOT_COMMITTED, draw, actor=actor, number=part.number, commitment=stated)
    return part


def reveal_value(*, draw: Draw, actor: Actor, value: str, now: datetime) -> Draw:
    """Reveal the value that was committed to; with the second one the lot is drawn.

    Records LOT_REVEALED, and LOT_DRAWN with seed and order, from which the result is calculated anew. Raises
    `WrongState` before both have committed and once it is over, `NotAllowed` for everybody else, `Conflict` for a
    second time, `InvalidInput` (field "value") for a value that is not the one.
    """
    take(draw.itt, Verb.DRAW_LOT, actor=actor)
    db.session.refresh(draw)
    part = draw.part_of(actor.user_id)
    if part is None:
        raise NotAllowed("Only the two people who committed reveal their values.")
    if not draw.status.is_open:
        raise WrongState("This draw is over.")
    if len(draw.parts) < 2:
        raise WrongState("Wait until a second person has committed: who reveals first would be at their mercy.")
    if part.value is not None:
        raise Conflict("You have revealed your value already. The other person still has to.")
    if hash_of_value(value) != part.commitment:
        raise InvalidInput("That is not the value that you committed to: its SHA-256 is another.", field="value")
    part.value, part.revealed_at = value, now
    db.session.flush()
    record(EventKind.LOT_REVEALED, draw, actor=actor, number=part.number, value=value)
    if len(draw.values) == 2:
        _finish(draw, actor)
    return draw


def abandon_draw(*, draw: Draw, actor: Actor, now: datetime) -> None:
    """Give up a draw in which somebody has not revealed for 3 working days; two others can then begin anew.

    Records LOT_ABANDONED with who did not reveal. Raises `WrongState` before and where it is over, `NotAllowed` for
    the two themselves.
    """
    take(draw.itt, Verb.DRAW_LOT, actor=actor)
    db.session.refresh(draw)
    if draw.part_of(actor.user_id) is not None:
        raise NotAllowed("Somebody who takes no part in the draw gives it up.")
    if not can_be_abandoned(draw, now):
        raise WrongState(f"The two people have {WORKING_DAYS_TO_REVEAL} working days to reveal.")
    draw.status = DRAW.move(draw.status, DrawStatus.ABANDONED)
    silent = [part.person_id for part in draw.parts if part.value is None]
    record(EventKind.LOT_ABANDONED, draw, actor=actor, did_not_reveal=silent)


def can_be_abandoned(draw: Draw, now: datetime) -> bool:
    """Whether both have committed, and somebody has let 3 working days pass since without revealing."""
    if not draw.status.is_open or len(draw.parts) < 2:
        return False
    committed = local_date(draw.parts[1].committed_at)
    until = last_day_from_day_after(committed, WORKING_DAYS_TO_REVEAL, Unit.WORKING_DAY, uk_calendar())
    return local_date(now) > until


def faults_of(draw: Draw) -> list[str]:
    """What does not agree with the rule or with the ledger; none in a draw that is sound."""
    faults = [
        f"Value {part.number} is not what was committed to."
        for part in draw.parts
        if part.value is not None and hash_of_value(part.value) != part.commitment
    ]
    if draw.opening_hash != opening_hash_of(draw.itt):
        faults.append("The hash of the opening is not the ledger’s.")
    if draw.seed is not None and draw.seed != seed_from(draw.values, draw.opening_hash):
        faults.append("The seed does not follow from the values and the opening.")
    if draw.seed is not None and draw.drawn != order_from(draw.seed, draw.bids):
        faults.append("The order does not follow from the seed.")
    return faults


def opening_hash_of(itt: InvitationToTender) -> str:
    """The hash of the ledger's entry of the opening."""
    return hash_of_first(EventKind.BIDS_OPENED, itt)


def _begin(itt: InvitationToTender, lot: Lot, now: datetime) -> Draw:
    if not itt.draws_lots:
        raise WrongState("The published method of this procurement draws no lot. Two people decide with a reason.")
    tied = tied_bids(lot.id)
    if not tied:
        raise WrongState("No bids are tied, so there is nothing to draw.")
    draw = Draw(itt=itt, itt_id=itt.id, lot=lot, lot_id=lot.id, bids=tied, opening_hash=opening_hash_of(itt))
    draw.status, draw.begun_at = DrawStatus.OPEN, now
    db.session.add(draw)
    db.session.flush()
    return draw


def _finish(draw: Draw, actor: Actor) -> None:
    draw.seed = seed_from(draw.values, draw.opening_hash)
    draw.drawn = order_from(draw.seed, draw.bids)
    draw.status = DRAW.move(draw.status, DrawStatus.DONE)
    record(EventKind.LOT_DRAWN, draw, actor=actor, seed=draw.seed, opening=draw.opening_hash, drawn=draw.drawn)
