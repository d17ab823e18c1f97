"""The moment of decision: the row locks, then the database's clock, then open or late.

Measured, any other order loses bids: a clock read before the lock lets an acknowledged bid commit after the
opener has read its list (docs/decisions/0003-deadlines.md).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select, text

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.audit.subjects import OnOwnChain
from portal.bidding.models import Bid, LateAttempt
from portal.bidding.states import BidStatus
from portal.core import clock
from portal.core.columns import db
from portal.core.errors import DeadlinePassed, InvalidInput, WrongState
from portal.core.permissions import Actor
from portal.core.words import counted
from portal.organisations.models import Provider
from portal.tendering.question_kinds.kind import Asked
from portal.tendering.question_kinds.registry import asked_by
from portal.tendering.states import AFTER_OPENING, IttStatus

# NO KEY UPDATE: an opening that holds the ITT's row refers to bids, and must not wait for one that waits for it.
# Whoever waited for the lock reads the locked rows afresh, and all others as they were before the wait: after an
# addendum the hash of the new version is then not there yet, and the statement is sent again, under the lock.
_ENTER = text(
    """
    SELECT bid.id, bid.reference, bid.itt_id, bid.lot_id, bid.provider_id, bid.status, bid.version,
    bid.draft_sealed,
           bid.draft_revision, bid.draft_saved_at, bid.draft_saved_by_id, bid.submitted_revision,
           itt.reference AS itt_reference,
           itt.title AS itt_title, itt.status AS itt_status, itt.closes_at, itt.seal_public_key, itt.max_lots_bid,
           itt.validity_days,
           itt.method_version, bid.submitted_method, lot.method_version AS lot_method,
           (SELECT v.hash FROM method_version v WHERE v.itt_id = itt.id AND v.number = itt.method_version)
               AS method_hash,
           lot.number AS lot_number, provider.name AS provider_name,
           (SELECT coalesce(jsonb_agg(jsonb_build_object('key', q.key, 'kind', q.kind, 'prompt', q.prompt,
                   'settings', q.settings, 'required', q.required, 'envelope', q.envelope)
                   ORDER BY q.position, q.key), '[]')
            FROM question q
            WHERE q.itt_id = itt.id AND (q.lot_ids = '{}' OR bid.lot_id = ANY (q.lot_ids))) AS questions,
           (SELECT coalesce(lot.price_formula, c.price_formula) FROM award_criterion c
            WHERE c.itt_id = itt.id AND c.price_formula IS NOT NULL
            AND coalesce((lot.weights ->> c.key)::numeric, c.weight) <> 0
            ORDER BY c.position LIMIT 1) AS price_formula
    FROM bid JOIN itt ON itt.id = bid.itt_id JOIN lot ON lot.id = bid.lot_id
    JOIN provider ON provider.id = bid.provider_id
    WHERE bid.id = :bid_id
    FOR SHARE OF itt
    FOR NO KEY UPDATE OF bid
    """
)


class Cancelled(WrongState):
    """The buyer has cancelled the procurement: nothing can be changed or submitted any more."""

    code = "cancelled"


class TooLate(DeadlinePassed):
    """The act reached the ITT's row at or after the closing instant."""

    def __init__(self, at: datetime, closes_at: datetime) -> None:
        super().__init__("The closing time has passed, so this was not accepted. Your draft is kept as it was.")
        self.at = at
        self.closes_at = closes_at


@dataclass(frozen=True)
class Entered(OnOwnChain):
    """A bid and its invitation as they are under the lock."""

    id: uuid.UUID
    reference: str
    itt_id: uuid.UUID
    lot_id: uuid.UUID
    provider_id: uuid.UUID
    status: BidStatus
    version: int
    draft_sealed: bytes | None
    draft_revision: int
    draft_saved_at: datetime | None
    draft_saved_by_id: uuid.UUID | None
    submitted_revision: int
    itt_reference: str
    itt_title: str
    itt_status: IttStatus
    closes_at: datetime
    seal_public_key: bytes
    max_lots_bid: int | None
    validity_days: int | None
    method_version: int
    method_hash: str
    submitted_method: int
    lot_method: int
    """The last version of method and questions that changed something for its lot."""
    lot_number: int
    provider_name: str
    questions: list[Asked]
    price_formula: dict[str, Any] | None
    at: datetime
    """The database's clock, read after the locks were granted."""

    ledger_object = "bid"

    @property
    def is_overtaken(self) -> bool:
        """Whether it was submitted before an addendum that changed something for its lot, and not confirmed since."""
        return self.status.is_submitted and self.submitted_method < self.lot_method

    @property
    def would_change_nothing(self) -> bool:
        """Whether submitting the draft would only repeat the version that counts; a withdrawn one does not count."""
        is_same = self.draft_revision == self.submitted_revision
        return self.status is BidStatus.SUBMITTED and is_same and not self.is_overtaken


def lock_bid(bid: Bid) -> Entered:
    """Lock the ITT's row (shared: bids do not wait for each other) and the bid's row; then read the clock.

    Whoever changes a bid or decides about its deadline comes through here. Nothing is refused yet:
    `require_open` does that, after whatever must be answered alike on both sides of the deadline (a repeated
    request).
    """
    row = _enter(bid)
    if row["method_hash"] is None:
        row = _enter(bid)
    at = clock.database_time()
    row.update(
        status=BidStatus(row["status"]),
        itt_status=IttStatus(row["itt_status"]),
        closes_at=row["closes_at"].astimezone(UTC),
        draft_sealed=None if row["draft_sealed"] is None else bytes(row["draft_sealed"]),
        seal_public_key=bytes(row["seal_public_key"]),
        questions=[asked_by(question) for question in row["questions"]],
    )
    return Entered(**row, at=at)


def _enter(bid: Bid) -> dict[str, Any]:
    return db.session.execute(_ENTER, {"bid_id": bid.id}).one()._asdict()


def require_open(entered: Entered) -> None:
    """Raise `TooLate` from the closing instant on (that instant itself is late), `Cancelled` after a cancellation."""
    if entered.itt_status is IttStatus.CANCELLED:
        raise Cancelled("This procurement was cancelled, so this was not accepted. Your draft is kept as it was.")
    if entered.at >= entered.closes_at or entered.itt_status in AFTER_OPENING:
        raise TooLate(entered.at, entered.closes_at)


def require_lots_left(bid: Bid | Entered, limit: int | None) -> None:
    """Refuse a bid beside as many as the bidder may make here; a bid that was withdrawn does not count.

    The provider's row is locked, so that two of its people cannot each make the last one. Raises `InvalidInput`
    (field "lots").
    """
    if limit is None:
        return
    db.session.execute(select(Provider.id).where(Provider.id == bid.provider_id).with_for_update(key_share=True))
    others = select(func.count()).where(
        Bid.itt_id == bid.itt_id,
        Bid.provider_id == bid.provider_id,
        Bid.status != BidStatus.WITHDRAWN,
        Bid.id != bid.id,
    )
    if db.session.execute(others).scalar_one() >= limit:
        raise InvalidInput(
            f"One bidder may bid for at most {counted(limit, 'lot')} here. Choose fewer, or first delete a draft or "
            "withdraw a bid that you have.",
            field="lots",
        )


def record_late_attempt(*, bid: Bid, actor: Actor, act: str, late: TooLate) -> None:
    """Record that an act came too late, after its own transaction was rolled back: the draft is as it was.

    Consequences: event BID_REFUSED_LATE with both instants, and for a submission a LateAttempt row, which is
    evidence that cannot be removed (PCR 2015 reg 22(16)(g)). `act`: "submit", "save", "attach" and so on.
    """
    if act == "submit":
        db.session.add(LateAttempt(bid_id=bid.id, at=late.at, closes_at=late.closes_at, attempted_by_id=actor.user_id))
    record(
        EventKind.BID_REFUSED_LATE,
        bid,
        actor=actor,
        act=act,
        at=late.at.isoformat(),
        closes_at=late.closes_at.isoformat(),
    )
