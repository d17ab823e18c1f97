"""The second look before an award: at the agreed scores of which one step would change who wins."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, exists, func, literal, select
from sqlalchemy.orm import aliased, joinedload

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import Conflict, WrongState
from portal.core.parsing.text import require_reason
from portal.core.permissions import Actor, Verb, policy
from portal.core.taking import take
from portal.evaluation.look_models import SecondLook
from portal.evaluation.models import Result
from portal.evaluation.queries import current_result
from portal.evaluation.states import LookConclusion
from portal.tendering.models import InvitationToTender, Lot

ASKED_SEEN = "Say what you looked at: which answers, reasons and scores"
ASKED_FINDING = "Say why the scores stay, or which one is to be corrected and why"
NOT_LOOKED = "not_looked"
FAULTS = {
    NOT_LOOKED: (
        "One step of a single agreed score would change who is chosen. Somebody has to look at such scores a second "
        "time, and to record what came of it."
    ),
    LookConclusion.CORRECTION.value: (
        "A second look asked for a correction. The award waits until the score is corrected, or until a further look "
        "records that it stays."
    ),
}
"""What keeps an award from being proposed, by what `look_wanted` says."""


def look_wanted() -> ColumnElement[str | None]:
    """Why the newest result of a `Lot` waits for a second look, by the keys of `FAULTS`; null where it does not.

    It waits where a single agreed score, moved by one step, makes the winners others than they are (of several places:
    gives one of them to somebody else), until somebody has looked; and whenever the last look asked for a correction.
    """
    result, newer = aliased(Result), aliased(Result)
    newest = select(newer.id).where(newer.lot_id == Lot.id, newer.superseded_at.is_(None))
    newest = newest.order_by(newer.calculated_at.desc()).limit(1).correlate(Lot)
    step = func.jsonb_array_elements(result.diagnostics["single_steps"]).table_valued("value")
    moved = step.c.value.op("->")("winners") != result.diagnostics["winners"]
    hinges = exists(select(literal(1)).select_from(step).where(moved).correlate(result))
    last = select(cast(SecondLook.conclusion, String)).where(SecondLook.result_id == result.id)
    last = last.order_by(SecondLook.looked_at.desc(), SecondLook.id).limit(1).correlate(result)
    concluded = last.scalar_subquery()
    said = case(
        (concluded == LookConclusion.CORRECTION.value, LookConclusion.CORRECTION.value),
        (concluded.is_(None) & hinges, NOT_LOOKED),
    )
    wanted: ColumnElement[str | None] = (
        select(said).where(result.id == newest.scalar_subquery()).correlate(Lot).scalar_subquery()
    )
    return wanted


def look_faults(lot: Lot) -> Iterator[str]:
    """What the second look leaves in the way of proposing an award of the lot, in words."""
    wanted = db.session.scalar(select(look_wanted()).where(Lot.id == lot.id))
    if wanted is not None:
        yield FAULTS[wanted]


def looks_of(result_id: uuid.UUID) -> Sequence[SecondLook]:
    """Every second look at a result, the last one first."""
    looks = select(SecondLook).where(SecondLook.result_id == result_id).options(joinedload(SecondLook.looked_by))
    return db.session.scalars(looks.order_by(SecondLook.looked_at.desc(), SecondLook.id)).all()


def see_firmness(*, itt: InvitationToTender, lot: Lot, actor: Actor) -> Result | None:
    """The lot's newest result for somebody who may know which single scores decide it; None where there is none.

    Records FIRMNESS_SEEN each time, once it is known how firm the result is. Raises `NotAllowed`, `NotFound`, and
    `WrongState` before the last panel has closed.
    """
    policy.require(actor, Verb.SEE_FIRMNESS, itt)
    result = current_result(lot.id)
    if result is not None and result.diagnostics is not None:
        record(EventKind.FIRMNESS_SEEN, result, actor=actor, lot=lot.number, inputs_sha256=result.inputs_hash)
    return result


def look_again(
    *,
    itt: InvitationToTender,
    lot: Lot,
    result_id: str,
    conclusion: LookConclusion,
    seen: str,
    finding: str,
    actor: Actor,
    now: datetime,
) -> SecondLook:
    """Record a second look at what decides the result with that identifier, before its award is proposed.

    Consequences: where it says that the scores stay, the award can be proposed; where it asks for a correction, it
    waits. Earlier looks are kept. Records LOOKED_AGAIN. Raises `Conflict` when the result has been calculated anew
    since, `WrongState` while it is not known how firm it is, `InvalidInput` (fields "seen", "finding") for fewer than
    20 characters.
    """
    take(itt, Verb.LOOK_AGAIN, actor=actor)
    result = current_result(lot.id)
    if result is None or str(result.id) != result_id:
        raise Conflict("The result has been calculated again since you opened the page. Look at the new one.")
    if result.diagnostics is None:
        raise WrongState("What decided the result is still being worked out. It takes a few seconds.")
    look = SecondLook(
        itt_id=itt.id,
        result=result,
        conclusion=conclusion,
        seen=require_reason(seen, ASKED_SEEN, field="seen"),
        finding=require_reason(finding, ASKED_FINDING, field="finding"),
        looked_by_id=actor.user_id,
        looked_at=now,
    )
    db.session.add(look)
    db.session.flush()
    told: dict[str, Any] = {"lot": lot.number, "inputs_sha256": result.inputs_hash, "conclusion": conclusion.value}
    record(EventKind.LOOKED_AGAIN, look, actor=actor, **told)
    return look
