"""Keeping a bid that comes after the closing time, and deciding about it: two people, a reason, before the opening.

Whether a late bid is considered is the authority's to decide and to explain (PCR 2015 reg 22(16)(g) wants the evidence;
neither act forbids it). What is kept is the draft as the closing time left it: nobody gains a minute of writing.
"""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.bidding.closing import Cancelled, Entered, TooLate, lock_bid, require_lots_left
from portal.bidding.completeness import gaps_of
from portal.bidding.contents import Content, read_sealed_draft
from portal.bidding.envelopes import Parts, evidence_of, keys_of_provider, seal_version, unseal
from portal.bidding.form_of_tender import declared_by
from portal.bidding.late_models import LateBid, as_envelopes
from portal.bidding.models import Bid
from portal.bidding.receipts import build_receipt, stored_part
from portal.bidding.states import BID, LATE, BidStatus, LateStatus
from portal.core import clock
from portal.core.approval import require_second_person
from portal.core.columns import db
from portal.core.drafts import Incomplete
from portal.core.errors import NotFound, WrongState
from portal.core.parsing.text import LEAST_JUSTIFICATION, require_reason
from portal.core.permissions import Actor, Verb, policy
from portal.core.seals import KeyFolder
from portal.core.taking import lock, take
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus

LONGEST_REASON = 2_000
"""Characters."""


def keep_late(*, bid: Bid, actor: Actor, keys: KeyFolder, declared: str) -> LateBid:
    """Seal the draft as it was at the closing time, and keep it in the late box; a second time gives the same.

    Consequences: a receipt that says it is late and no bid yet; the commissioners hear that something came, and nothing
    of whose it is; records BID_KEPT_LATE in the bid's own chain. Raises `WrongState` while bidding is open and where
    what was submitted in time is the same, `Incomplete`, `Undeclared`, `Cancelled`, and `TooLate` once the bids are
    opened.
    """
    policy.require(actor, Verb.KEEP_LATE, bid)
    entered = lock_bid(bid)
    kept = late_bid_of(bid)
    if kept is not None:
        return kept
    content = _late_content(entered, keys)
    statements = declared_by(declared, entered.validity_days)
    number = entered.version + 1
    sealed = seal_version(entered, Content(**vars(content) | {"declared": statements}), number, keys)
    closed = entered.closes_at.isoformat()
    told = {"itt": entered.itt_id, "version": number, "received_at": entered.at.isoformat(), "closes_at": closed}
    recorded = record(EventKind.BID_KEPT_LATE, entered, actor=actor, **told, **sealed.evidence)
    receipt = build_receipt(entered, sealed.parts, number, sealed.evidence, recorded, keys, late=True)
    late = LateBid(
        id=uuid.uuid4(),
        bid_id=entered.id,
        itt_id=entered.itt_id,
        number=number,
        received_at=entered.at,
        closes_at=entered.closes_at,
        submitted_by_id=actor.user_id,
        draft_revision=entered.draft_revision,
        receipt=stored_part(receipt),
        envelopes=as_envelopes(dict(sealed.columns)),
        **{name: sealed.columns[name] for name in ("seal_format", "method_version", "keys_for_draft", "commitment")},
    )
    db.session.add(late)
    return late


def late_bid_of(bid: Bid) -> LateBid | None:
    """What of a bid is in the late box; None for nothing."""
    return db.session.scalars(select(LateBid).where(LateBid.bid_id == bid.id)).one_or_none()


def read_late(*, bid: Bid, actor: Actor, keys: KeyFolder) -> tuple[LateBid, Parts]:
    """What the bidder's own people sent late, and what its envelopes say; raises `NotFound`."""
    policy.require(actor, Verb.READ, bid)
    late = late_bid_of(bid)
    if late is None:
        raise NotFound("Nothing of this bid is in the late box.")
    version = late.as_version()
    return late, unseal(bid, version, keys_of_provider(bid, version, keys))


def late_bids_of(itt: InvitationToTender) -> list[LateBid]:
    """What is in the late box of an invitation, the first that came first; whoever asks may see the opening."""
    found = select(LateBid).where(LateBid.itt_id == itt.id).order_by(LateBid.received_at, LateBid.id)
    return list(db.session.scalars(found))


def waiting_late_bids(itt: InvitationToTender) -> list[LateBid]:
    """Those about which nothing is decided yet."""
    return [late for late in late_bids_of(itt) if late.decided_at is None]


def propose_late(*, itt: InvitationToTender, late_id: uuid.UUID, admits: bool, reason: str, actor: Actor) -> LateBid:
    """Propose to admit or to refuse what came late; an approver decides.

    Records LATE_BID_PROPOSED in the invitation's chain. Raises `WrongState` once the bids are opened or it is decided,
    `InvalidInput` (field "reason") under 40 characters.
    """
    late = _take_late(itt, late_id, Verb.PROPOSE_LATE, actor)
    ask = "Say why, for who decides and for the bidder"
    why = require_reason(reason, ask, field="reason", least=LEAST_JUSTIFICATION, most=LONGEST_REASON)
    at = clock.database_time()
    late.status = LATE.move(late.status, LateStatus.PROPOSED)
    late.admits, late.reason = admits, why
    late.proposed_by_id, late.proposed_at = actor.user_id, at
    record(EventKind.LATE_BID_PROPOSED, late, actor=actor, admits=admits)
    return late


def decide_late(*, itt: InvitationToTender, late_id: uuid.UUID, agrees: bool, actor: Actor) -> LateBid:
    """Decide, as the second person, about what is proposed; without agreeing it waits for another proposal.

    Consequences of an admission: it is the bid's last version from now on and is opened with the others
    (BID_ADMITTED_LATE in the bid's chain); the bidder is told either way. Records LATE_BID_DECIDED. Raises `NotAllowed`
    for who proposed it, `WrongState` once the bids are opened.
    """
    late = _take_late(itt, late_id, Verb.DECIDE_LATE, actor)
    if late.status is not LateStatus.PROPOSED:
        raise WrongState("Nothing is proposed about it. A commissioner proposes, an approver decides.")
    require_second_person(actor, late.first_half)
    proposer = late.proposed_by_id
    at = clock.database_time()
    if agrees:
        late.status = LATE.move(late.status, LateStatus.ADMITTED if late.admits else LateStatus.REFUSED)
        late.decided_by_id, late.decided_at = actor.user_id, at
    else:
        late.status = LATE.move(late.status, LateStatus.KEPT)
        late.proposed_by_id = late.proposed_at = None
    db.session.flush()
    if late.status is LateStatus.ADMITTED:
        _admit(late, actor)
    record(EventKind.LATE_BID_DECIDED, late, actor=actor, outcome=late.status.value, proposer=proposer)
    return late


def _late_content(entered: Entered, keys: KeyFolder) -> Content:
    """The draft, where it is late and can be kept."""
    if entered.itt_status is IttStatus.CANCELLED:
        raise Cancelled("This procurement was cancelled, so nothing can be kept any more.")
    if entered.itt_status is not IttStatus.PUBLISHED:
        raise TooLate(entered.at, entered.closes_at)
    if entered.at < entered.closes_at:
        raise WrongState("Bidding is open. Submit your bid: it is received in time.")
    if entered.status is BidStatus.SUBMITTED and entered.draft_revision == entered.submitted_revision:
        raise WrongState("What you submitted in time is the same, and counts.")
    require_lots_left(entered, entered.max_lots_bid)
    content = read_sealed_draft(entered, entered.draft_sealed, entered.draft_revision, keys)
    gaps = gaps_of(entered.questions, content)
    if gaps:
        raise Incomplete(gaps)
    return content


def _take_late(itt: InvitationToTender, late_id: uuid.UUID, verb: Verb, actor: Actor) -> LateBid:
    """The invitation under the lock that its opening takes, then what is in the box."""
    take(itt, verb, actor=actor)
    late = lock(LateBid, late_id, joinedload(LateBid.bid))
    if late.itt_id != itt.id:
        raise NotFound("There is no such bid in the late box.")
    return late


def _admit(late: LateBid, actor: Actor) -> None:
    bid = lock(Bid, late.bid_id)
    if bid.version != late.number - 1:
        raise WrongState("Its bidder has submitted another version since. That one counts.")
    version = late.as_version()
    db.session.add(version)
    bid.version, bid.status = late.number, BID.move(bid.status, BidStatus.SUBMITTED)
    bid.submitted_revision, bid.submitted_method = late.draft_revision, late.method_version
    record(
        EventKind.BID_ADMITTED_LATE,
        bid,
        actor=actor,
        itt=late.itt_id,
        version=late.number,
        received_at=late.received_at.isoformat(),
        **evidence_of(version),
    )


def how_late(late: LateBid) -> str:
    """How long after the closing time it came, in words."""
    hours, rest = divmod(int((late.received_at - late.closes_at).total_seconds()), 3600)
    minutes, seconds = divmod(rest, 60)
    said = [(hours, "h"), (minutes, "min"), (seconds, "s")]
    return " ".join(f"{number} {unit}" for number, unit in said if number) or "less than 1 s"
