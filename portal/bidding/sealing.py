"""Submitting a bid: sealed envelopes, a commitment, a ledger entry and a signed receipt, in one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import JSONB

from portal.audit.kinds import EventKind
from portal.audit.recording import Recorded, record
from portal.bidding.closing import Entered, lock_bid, require_lots_left, require_open
from portal.bidding.completeness import gaps_of
from portal.bidding.contents import Content, read_sealed_draft, seal_draft
from portal.bidding.drafting import Put, keep_answers, last_saved, put_answers
from portal.bidding.envelopes import Parts, keys_of_provider, seal_version, unseal
from portal.bidding.form_of_tender import declared_by
from portal.bidding.models import Bid, BidVersion
from portal.bidding.receipts import build_receipt, stored_part
from portal.bidding.remarks import remarks_of, require_told
from portal.bidding.states import BID, BidStatus
from portal.core import clock
from portal.core.columns import db
from portal.core.drafts import Incomplete
from portal.core.errors import Conflict
from portal.core.permissions import Actor, Verb, policy
from portal.core.seals import KeyFolder
from portal.tendering.explaining import require_standing

# Version, envelopes and bid in one statement; the version is evidence, the bid points to it.
_STORE = text(
    """
    WITH made AS (
        INSERT INTO bid_version (id, bid_id, number, idempotency_key, received_at, submitted_by_id, seal_format,
            method_version, keys_for_draft, commitment, receipt)
        VALUES (:id, :bid_id, :number, :idempotency_key, :received_at, :submitted_by_id, :seal_format,
            :method_version, :keys_for_draft, :commitment, :receipt)
    ), enclosed AS (
        INSERT INTO sealed_envelope (version_id, kind, sealed, key_for_opening)
        SELECT :id, each.* FROM
            unnest(CAST(:envelopes AS text[]), CAST(:sealed AS bytea[]), CAST(:keys_for_opening AS bytea[])) AS each
    )
    UPDATE bid SET status = :status, version = :number, draft_sealed = :draft_sealed, draft_revision = :revision,
        draft_gaps = :gaps, draft_saved_at = :saved_at, draft_saved_by_id = :saved_by_id,
        submitted_revision = :submitted_revision, submitted_method = :method_version
    WHERE id = :bid_id
    """
).bindparams(bindparam("receipt", type_=JSONB))


class Overtaken(Conflict):
    """An addendum has changed what is asked, or how it is judged, since the page was opened that this was sent from."""

    code = "overtaken"

    def __init__(self) -> None:
        super().__init__(
            "Nothing is submitted yet: the questions were changed after you had opened this page. Read what changed, "
            "check your answers, then submit."
        )


@dataclass(frozen=True)
class Submitted:
    """What a submission gave: its version's number and instant, and whether it was a repetition of an earlier one."""

    version: int
    received_at: datetime
    repeated: bool


def submit_bid(
    *,
    bid: Bid,
    actor: Actor,
    keys: KeyFolder,
    idempotency_key: uuid.UUID,
    expected_revision: int,
    declared: str,
    answers: Mapping[str, str] | None = None,
    told: str = "",
    seen: int | None = None,
) -> Submitted:
    """Submit the bid: seal what the draft says as the next version, which replaces the last one for the opening.

    With `answers` it first saves them into the draft: "save and submit now". Consequences: BidVersion n+1
    with three envelopes, each under a key of its own that is wrapped to the invitation's public key; status
    SUBMITTED; records BID_SUBMITTED; the signed receipt carries the ledger's position, so it is made after that
    entry and before the commit. The same `idempotency_key` gives the same version again, before or after the
    deadline; an unchanged draft that was submitted already gives its version, unless an addendum has overtaken it.
    `seen` is the version of method and questions that the person saw; None for whoever sees none.

    Raises `Overtaken` when another one holds, `Incomplete` with the exact list of gaps, `Unsaid` when the bid would
    be ruled out by a published rule and the page had not `told` so (`as_told`), `Undeclared` when it did not show
    what is `declared` by submitting (`form_of_tender.edition_for`), `Conflict` when the draft is not the one that
    the person saw, `NotEntitled` for what the provider may not answer at this instant, `InvalidInput` (field
    "lots") for a withdrawn bid beside as many others as one bidder may make, `TooLate` when the database's clock,
    read under the ITT's row lock, has reached the closing instant (PCR 2015 reg 22(16)(a)); the draft then stays as
    it was and the caller records the late attempt.
    """
    policy.require(actor, Verb.SUBMIT, bid)
    entered = lock_bid(bid)
    repeated = already_made(entered, idempotency_key)
    if repeated is not None:
        return repeated
    require_may_submit(entered, seen)
    entered, content, put = _current_draft(entered, keys, answers or {}, expected_revision)
    if entered.would_change_nothing:
        return _last_version(entered)
    _require_complete(entered, content, told)
    statements = declared_by(declared, entered.validity_days)
    if answers:
        entered = replace(
            entered,
            draft_sealed=seal_draft(entered, content, entered.draft_revision, keys),
            draft_saved_at=entered.at,
            draft_saved_by_id=actor.user_id,
        )
    entered = replace(entered, submitted_revision=entered.draft_revision)
    whole = replace(content, declared=statements)
    made = seal_next(entered, whole, 0, actor=actor, keys=keys, idempotency_key=idempotency_key)
    keep_answers(entered, put, actor, keys)
    db.session.expire(bid)
    return made


def seal_next(
    entered: Entered,
    content: Content,
    gaps: int,
    *,
    actor: Actor,
    keys: KeyFolder,
    idempotency_key: uuid.UUID,
    **data: Any,
) -> Submitted:
    """Seal the content as the bid's next version, with its event and receipt; `gaps` are those of the draft.

    The draft, and which revision of it was submitted, are stored as `entered` has them.
    """
    status = BID.move(entered.status, BidStatus.SUBMITTED)
    number = entered.version + 1
    sealed = seal_version(entered, content, number, keys)
    recorded = _record_submission(entered, actor, number, {**sealed.evidence, **data})
    receipt = build_receipt(entered, sealed.parts, number, sealed.evidence, recorded, keys)
    db.session.execute(
        _STORE,
        {
            **sealed.columns,
            "id": uuid.uuid4(),
            "bid_id": entered.id,
            "number": number,
            "idempotency_key": idempotency_key,
            "received_at": entered.at,
            "submitted_by_id": actor.user_id,
            "receipt": stored_part(receipt),
            "status": status.value,
            "draft_sealed": entered.draft_sealed,
            "revision": entered.draft_revision,
            "gaps": gaps,
            "saved_at": entered.draft_saved_at,
            "saved_by_id": entered.draft_saved_by_id,
            "submitted_revision": entered.submitted_revision,
        },
    )
    return Submitted(number, entered.at, repeated=False)


def _require_complete(entered: Entered, content: Content, told: str) -> None:
    """Nothing is missing or wrong, and what would rule the bid out was told; raises `Incomplete` and `Unsaid`."""
    gaps = gaps_of(entered.questions, content)
    if gaps:
        raise Incomplete(gaps)
    require_told(remarks_of(entered.questions, content, entered.price_formula), told)


def withdraw_bid(*, bid: Bid, actor: Actor) -> None:
    """Withdraw the submitted bid: nothing of it will be opened unless it is submitted again before the deadline.

    Consequences: status WITHDRAWN, every version and the draft are kept; records BID_WITHDRAWN. Raises
    `TooLate` from the closing instant on: what was submitted then stays submitted.
    """
    policy.require(actor, Verb.WITHDRAW, bid)
    entered = lock_bid(bid)
    require_open(entered)
    bid.status = BID.move(entered.status, BidStatus.WITHDRAWN)
    record(EventKind.BID_WITHDRAWN, bid, actor=actor, itt=bid.itt_id, version=entered.version)


def read_version(*, bid: Bid, version: BidVersion, actor: Actor, keys: KeyFolder) -> Parts:
    """Read a submitted version back for its provider's people, by envelope, checked against its commitment.

    Raises `NotFound` for everybody else, `SealBroken` when something does not match.
    """
    policy.require(actor, Verb.READ, bid)
    return unseal(bid, version, keys_of_provider(bid, version, keys))


def require_may_submit(entered: Entered, seen: int | None) -> None:
    """Whether a version may be sealed now by somebody who saw that version of method and questions.

    Raises `TooLate`, `NotEntitled`, `InvalidInput` and `Overtaken` as `submit_bid` does.
    """
    require_open(entered)
    if seen not in (None, entered.method_version):
        raise Overtaken
    require_standing(entered.itt_id, entered.provider_id, entered.at)
    if entered.status is BidStatus.WITHDRAWN:
        require_lots_left(entered, entered.max_lots_bid)


def already_made(entered: Entered, idempotency_key: uuid.UUID) -> Submitted | None:
    """What the same request has made before."""
    if entered.version == 0:
        # Read under the bid's lock: without a version there is none to repeat, and the rush is first submissions.
        return None
    found = db.session.execute(
        select(BidVersion.number, BidVersion.received_at).where(
            BidVersion.bid_id == entered.id, BidVersion.idempotency_key == idempotency_key
        )
    ).one_or_none()
    return Submitted(found.number, found.received_at, repeated=True) if found else None


def _last_version(entered: Entered) -> Submitted:
    received_at = db.session.execute(
        select(BidVersion.received_at).where(BidVersion.bid_id == entered.id, BidVersion.number == entered.version)
    ).scalar_one()
    return Submitted(entered.version, received_at, repeated=True)


def _current_draft(
    entered: Entered, keys: KeyFolder, answers: Mapping[str, str], expected_revision: int
) -> tuple[Entered, Content, Put]:
    """The draft that the person saw, with the answers put in; raises `Conflict` when it is another one."""
    content = read_sealed_draft(entered, entered.draft_sealed, entered.draft_revision, keys)
    if entered.draft_revision != expected_revision:
        raise Conflict(_what_happened(entered))
    put = Put()
    put_answers(content, entered, answers, {}, put)
    if put.edited:
        entered = replace(entered, draft_revision=entered.draft_revision + 1)
    return entered, content, put


def _what_happened(entered: Entered) -> str:
    act = last_saved(entered)
    who = (
        f"{act[0]} changed or submitted this bid at {act[1].astimezone(clock.LONDON):%H:%M:%S}"
        if act
        else ("This bid was changed")
    )
    return f"{who}, after you had opened this page. Nothing was lost. Check the bid as it is now, then submit it."


def _record_submission(entered: Entered, actor: Actor, number: int, evidence: Mapping[str, Any]) -> Recorded:
    return record(
        EventKind.BID_SUBMITTED,
        entered,
        actor=actor,
        itt=entered.itt_id,
        lot=entered.lot_number,
        version=number,
        revision=entered.submitted_revision,
        received_at=entered.at.isoformat(),
        method=entered.method_version,
        **evidence,
    )
