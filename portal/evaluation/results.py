"""Results: what the scoring engine makes of the frozen inputs, stored once."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from sqlalchemy import cast, func, select
from sqlalchemy.dialects.postgresql import JSONPATH, distinct_on, insert
from sqlalchemy.orm import joinedload

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import WrongState
from portal.core.permissions import SYSTEM
from portal.core.taking import lock
from portal.evaluation.background import background_of
from portal.evaluation.blocked_models import BlockedResult
from portal.evaluation.models import Result
from portal.evaluation.scoring_input import case_for
from portal.evaluation.storing import hash_of, store_result, stored_case
from portal.tendering.models import InvitationToTender, Lot
from portal.tendering.states import AFTER_MODERATION
from tender_scoring import InvalidCase, case_from, diagnose, evaluate


def calculate_result(*, itt_id: uuid.UUID, now: datetime) -> list[Result]:
    """Calculate the result of each lot of an ITT whose panels have all closed.

    A pure function of the inputs: the engine executes the published method on the agreed scores and the
    prices, and the result is stored under the lot and the hash of the inputs. Calculating again with the same
    inputs returns the stored result and records nothing, so a task may run twice. Consequences: from now on
    the authority sees the prices. Records RESULT_CALCULATED for each new result, from which its diagnostics
    follow; RESULT_BLOCKED with the engine's reason for a lot that it refuses (once for the same inputs).
    Returns the results that there are: none while prices are sealed, for their opening asks again.
    Raises `NotFound`, and `WrongState` while a panel is open. Source: docs/scoring.md.
    """
    itt = lock(InvitationToTender, itt_id)
    if itt.has_ended:
        return []
    if itt.status not in AFTER_MODERATION:
        raise WrongState("The result waits until every panel has closed its moderation.")
    if itt.prices_are_sealed:
        return []
    calculated = [_calculate_lot(itt, lot, now=now) for lot in itt.lots]
    return [result for result in calculated if result is not None]


def _calculate_lot(itt: InvitationToTender, lot: Lot, *, now: datetime) -> Result | None:
    case = case_for(itt, lot)
    inputs_hash = hash_of(case)
    stored = db.session.scalars(
        select(Result).where(Result.lot_id == lot.id, Result.inputs_hash == inputs_hash, Result.superseded_at.is_(None))
    ).one_or_none()
    if stored is not None:
        return stored
    try:
        outcome = evaluate(case)
    except InvalidCase as refusal:
        _block(lot, inputs_hash, refusal, now=now)
        return None
    result = store_result(lot=lot, inputs_hash=inputs_hash, case=case, outcome=outcome, now=now)
    record(
        EventKind.RESULT_CALCULATED,
        result,
        actor=SYSTEM,
        lot=lot.id,
        inputs_sha256=inputs_hash,
        method_hash=outcome.method_hash,
        ranked=len(outcome.ranking),
        eliminated=len(outcome.eliminated),
    )
    return result


def diagnose_result(*, result_id: uuid.UUID, incumbents: Callable[[Result], Collection[str]] | None = None) -> None:
    """Work out from a stored result's own inputs how firm it is, and store that beside it.

    `incumbents` says which bids come of whom the buyer has a contract with; without it nothing is said of these.

    A task of its own, for a large result takes a second and an award can wait for it. A result that has its
    diagnostics stays as it is, so the task may run twice. Records RESULT_DIAGNOSED. Raises `NotFound`.
    """
    result = lock(Result, result_id)
    if result.diagnostics is not None:
        return
    background = background_of(result, None if incumbents is None else incumbents(result))
    result.diagnostics = diagnose(case_from(stored_case(result.id)), background=background).to_dict()
    record(
        EventKind.RESULT_DIAGNOSED,
        result,
        actor=SYSTEM,
        lot=result.lot_id,
        inputs_sha256=result.inputs_hash,
    )


def _block(lot: Lot, inputs_hash: str, refusal: InvalidCase, *, now: datetime) -> None:
    made = db.session.execute(
        insert(BlockedResult)
        .values(lot_id=lot.id, itt_id=lot.itt_id, inputs_hash=inputs_hash, code=refusal.code.value, blocked_at=now)
        .on_conflict_do_nothing()
        .returning(BlockedResult.lot_id)
    ).first()
    if made is not None:
        record(
            EventKind.RESULT_BLOCKED,
            lot,
            actor=SYSTEM,
            inputs_sha256=inputs_hash,
            code=refusal.code.value,
            where=refusal.where,
        )


def newest_results(itt_id: uuid.UUID) -> list[Result]:
    """The newest result of each lot, by the lot's number; neither inputs nor steps are read."""
    newest = (
        select(Result.id)
        .where(Result.itt_id == itt_id, Result.superseded_at.is_(None))
        .ext(distinct_on(Result.lot_id))
        .order_by(Result.lot_id, Result.calculated_at.desc(), Result.id)
    )
    return list(
        db.session.scalars(
            select(Result)
            .join(Result.lot)
            .where(Result.id.in_(newest))
            .options(joinedload(Result.lot))
            .order_by(Lot.number)
        )
    )


def steps_of_bid(result_id: uuid.UUID, bid: str) -> list[dict[str, Any]]:
    """The steps of one bid, in the order of the method; the database picks them out of all the others."""
    # A step's id is a JSON Pointer that begins with the bid (RFC 6901 section 3).
    start = "/" + bid.replace("~", "~0").replace("/", "~1") + "/"
    found = db.session.execute(
        select(
            func.jsonb_path_query_array(
                Result.steps,
                cast("$[*] ? (@.id starts with $start)", JSONPATH),
                func.jsonb_build_object("start", start),
            )
        ).where(Result.id == result_id)
    ).scalar_one()
    return list(found)


def block_reason(itt_id: uuid.UUID) -> str | None:
    """Why the engine refused last, by its code, when there is no result; None when it has not refused."""
    return db.session.scalars(
        select(BlockedResult.code)
        .where(BlockedResult.itt_id == itt_id)
        .order_by(BlockedResult.blocked_at.desc(), BlockedResult.lot_id)
        .limit(1)
    ).one_or_none()
