"""Opening the bids: two authorised people, after the deadline by the database's clock, at most 15 minutes apart."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import SystemRandom
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.accounts.granting import missing_administrator
from portal.accounts.models import HeldRole
from portal.audit.kinds import EventKind
from portal.audit.models import ChainHead
from portal.audit.queries import is_demonstration
from portal.audit.recording import record
from portal.bidding.envelopes import content_of, evidence_of, unseal
from portal.bidding.models import Bid, BidOpening, BidVersion, DisregardedBid, OpenedBid
from portal.bidding.received import differences
from portal.bidding.setting_aside import Fate, check_memberships, why_set_aside
from portal.bidding.states import BidStatus, OpeningStatus
from portal.core import clock
from portal.core.columns import db
from portal.core.errors import NotAllowed, PortalError, SealBroken, SecondFactorNeeded, WrongState
from portal.core.permissions import FRESH_FACTOR, Actor, Verb
from portal.core.seals import KeyFolder, unwrap_at_opening
from portal.core.taking import take
from portal.tendering.amending.queries import changes_by_version, overtaking
from portal.tendering.models import InvitationToTender, Panel
from portal.tendering.states import ITT, EnvelopeKind, IttStatus

APART = timedelta(minutes=15)
Fates = dict[uuid.UUID, Fate]


class OpeningRefused(WrongState):
    """The bids stay sealed; `reason` is a stable word for the record."""

    code = "opening_refused"

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True)
class Opened:
    """What a call to `open_bids` did: the first person's agreement, or the opening itself."""

    opening: BidOpening
    done: bool


def open_bids(*, itt: InvitationToTender, actor: Actor, keys: KeyFolder, factor_at: datetime | None) -> Opened:
    """Open the bids of an invitation, or record the first person's agreement to open them.

    The first opener's call makes a BidOpening that waits for a second person and records OPENING_STARTED. The
    second one's, at most 15 minutes later, opens: every last submitted version of the bids that were not
    withdrawn is decrypted with the invitation's private key and compared with its commitment; an OpenedBid is
    written for each, labelled in random order ("Provider 1"); one that is broken is quarantined with the
    evidence and the rest opens. Of a call-off, the bid of whoever was no active member when bidding closed is set
    aside unopened, with the reason (PA2023 s.34(3)). A bid that was not confirmed after an addendum is opened like
    every other, marked as answered before it. The ITT becomes OPENED even when there is no bid; records
    BIDS_OPENED, which ties the bids' own chains into the ITT's. Panels can work from then on.

    `factor_at`: when the person last showed a second factor. Raises `NotFound` for other authorities,
    `NotAllowed` for people who are not openers, `SecondFactorNeeded` when the factor is older than five
    minutes, `OpeningRefused` before the deadline by the database's clock under the ITT's row lock, where the bids to
    open are not those that the ledger says were received (each is named), while a bidder's
    application to a dynamic market is undecided (PA2023 s.34(4)), for a member of one of its panels, and for the
    same person twice. The caller records a refusal (PCR 2015 reg 22(16)(b), (e), (g)).
    """
    take(itt, Verb.OPEN_BIDS, actor=actor)
    at = clock.database_time()
    _require_may_open(itt, actor, at, factor_at)
    _require_everything_received(itt)
    fates = _require_decided(itt, at)
    waiting = _waiting(itt, at)
    if waiting is None:
        return Opened(_agree_first(itt, actor, at), done=False)
    if waiting.is_own(actor):
        raise OpeningRefused(
            "You have agreed already. A second person with the role of opener has to do the same.",
            "same_person",
        )
    if _sits_on_panel(itt, waiting.proposed_by_id):
        raise OpeningRefused("The first person has meanwhile joined a panel for these bids.", "panel_member")
    return Opened(_open(itt, actor, keys, waiting, at, fates), done=True)


def record_refused_opening(*, itt: InvitationToTender, actor: Actor, refusal: PortalError) -> None:
    """Record OPENING_REFUSED for an attempt, after its own transaction was rolled back."""
    record(EventKind.OPENING_REFUSED, itt, actor=actor, reason=getattr(refusal, "reason", refusal.code))


def _require_may_open(itt: InvitationToTender, actor: Actor, at: datetime, factor_at: datetime | None) -> None:
    if not itt.has_closed(at):
        raise OpeningRefused(
            "The closing time has not come yet, so the bids stay sealed. This attempt is on record.",
            "too_early",
        )
    missing = missing_administrator(itt.authority)
    if missing:
        raise OpeningRefused(missing, "one_administrator")
    if factor_at is None or at - factor_at > FRESH_FACTOR:
        raise SecondFactorNeeded("Show a code from your authenticator app first.")
    if _sits_on_panel(itt, *actor.people):
        raise OpeningRefused("You are on a panel that scores these bids, so you cannot open them.", "panel_member")


def _require_everything_received(itt: InvitationToTender) -> None:
    """Stop where a bid has vanished, or appeared, past the ledger: nothing opens until that is explained."""
    found = differences(itt.id)
    if found:
        named = "; ".join(f"{bid.reference or bid.bid_id}: {bid.finding}" for bid in found)
        raise OpeningRefused(
            f"The bids to open are not those that were received. {named}. Nothing is opened until this is explained: "
            "ask whoever looks after the installation to run “portal reconcile”.",
            "list_differs",
        )


def _require_decided(itt: InvitationToTender, at: datetime) -> Fates:
    """What becomes of each bidder's bid; an open invitation asks nothing, so everybody's is opened."""
    if itt.framework_lot_id is None:
        return {}
    checked = check_memberships(itt, at)
    if checked.undecided:
        one = checked.undecided == 1
        raise OpeningRefused(
            f"{checked.undecided} {'application of a bidder is' if one else 'applications of bidders are'} undecided. "
            f"Decide {'it' if one else 'them'} first, or record why exceptional complexity makes that impossible "
            "(PA2023 s.34(4)-(5)).",
            "undecided_applications",
        )
    return checked.fates


def _sits_on_panel(itt: InvitationToTender, *people: uuid.UUID | None) -> bool:
    """Whether any of the people holds a role on a panel of the invitation."""
    found = db.session.scalar(
        select(HeldRole.id)
        .join(Panel, Panel.id == HeldRole.panel_id)
        .where(HeldRole.user_id.in_(people), HeldRole.ended_at.is_(None), Panel.itt_id == itt.id)
        .limit(1)
    )
    return found is not None


def _waiting(itt: InvitationToTender, at: datetime) -> BidOpening | None:
    """The first agreement that is still in time; older ones stay on record and count for nothing."""
    return db.session.scalars(
        select(BidOpening)
        .where(
            BidOpening.itt_id == itt.id,
            BidOpening.status == OpeningStatus.AWAITING_SECOND,
            BidOpening.proposed_at >= at - APART,
        )
        .order_by(BidOpening.proposed_at.desc())
        .limit(1)
    ).one_or_none()


def _agree_first(itt: InvitationToTender, actor: Actor, at: datetime) -> BidOpening:
    if actor.user_id is None:
        raise NotAllowed("Two people open bids, not the portal by itself.")
    opening = BidOpening(itt_id=itt.id, proposed_by_id=actor.user_id, proposed_at=at)
    db.session.add(opening)
    record(EventKind.OPENING_STARTED, itt, actor=actor, at=at.isoformat())
    return opening


def _open(
    itt: InvitationToTender, actor: Actor, keys: KeyFolder, opening: BidOpening, at: datetime, fates: Fates
) -> BidOpening:
    private_key = keys.opening_key(itt.id, demonstration=is_demonstration())
    opening.status = OpeningStatus.DONE
    opening.decide(actor, now=at)
    itt.status = ITT.move(itt.status, IttStatus.OPENED)
    itt.opened_at = at
    received = _submitted_versions(itt)
    set_aside = [version for version in received if fates.get(version.bid.provider_id, Fate.OPEN) is not Fate.OPEN]
    submitted = [version for version in received if version not in set_aside]
    labels = _labels({version.bid.provider_id for version in submitted})
    revealed = [_reveal(version, private_key, labels[version.bid.provider_id]) for version in submitted]
    since = changes_by_version(itt.id)
    for opened, version in zip(revealed, submitted, strict=True):
        opened.opening_id = opening.id
        opened.answered_before = overtaking(since, version.method_version, version.bid.lot_id)
        db.session.add(opened)
    for version in set_aside:
        reason = why_set_aside(itt, fates[version.bid.provider_id])
        db.session.add(DisregardedBid(bid_id=version.bid_id, opening_id=opening.id, reason=reason))
    record(
        EventKind.BIDS_OPENED,
        itt,
        actor=actor,
        opening=opening.id,
        openers=[opening.proposed_by_id, actor.user_id],
        opened=sum(bid.is_sound for bid in revealed),
        quarantined=sum(not bid.is_sound for bid in revealed),
        bids=_evidence(submitted, revealed),
        **_set_aside_data(set_aside),
    )
    return opening


def _set_aside_data(versions: list[BidVersion]) -> dict[str, Any]:
    """What the event of an opening says about bids that stayed sealed: nothing where there are none."""
    if not versions:
        return {}
    chains = _chain_heads(versions)
    return {
        "set_aside": len(versions),
        "set_aside_bids": [_sealed_evidence(version, chains) for version in versions],
    }


def _submitted_versions(itt: InvitationToTender) -> list[BidVersion]:
    """The last submitted version of every bid that was not withdrawn."""
    return list(
        db.session.scalars(
            select(BidVersion)
            .join(Bid, (Bid.id == BidVersion.bid_id) & (Bid.version == BidVersion.number))
            .where(Bid.itt_id == itt.id, Bid.status == BidStatus.SUBMITTED)
            .order_by(Bid.id)
            .options(joinedload(BidVersion.bid), selectinload(BidVersion.envelopes))
        )
    )


def _labels(providers: set[uuid.UUID]) -> dict[uuid.UUID, str]:
    """A number for each provider, the same in every lot, in random order: it says nothing about who or when."""
    order = sorted(providers)
    SystemRandom().shuffle(order)
    return {provider: f"Provider {number}" for number, provider in enumerate(order, start=1)}


def _reveal(version: BidVersion, private_key: bytes, label: str) -> OpenedBid:
    """One bid as it opens, or quarantined with what is wrong with it."""
    opened = OpenedBid(bid_id=version.bid_id, version_id=version.id, label=label)
    try:
        keys = {each.kind: unwrap_at_opening(each.key_for_opening, private_key) for each in version.envelopes}
        parts = unseal(version.bid, version, keys)
        price = _price_of(content_of(parts).price)
    except SealBroken as broken:
        opened.quarantine_reason = broken.message
        return opened
    said = {kind: part.content for kind, part in parts.items()}
    opened.compliance, opened.quality = said.get(EnvelopeKind.COMPLIANCE), said[EnvelopeKind.QUALITY]
    opened.priced = {name: each for name, each in said[EnvelopeKind.PRICE].items() if name != "price"}
    opened.price = price
    return opened


def _price_of(said: str | None) -> Decimal:
    try:
        return Decimal(said or "")
    except ArithmeticError as broken:
        raise SealBroken("The sealed price cannot be read.") from broken


def _evidence(submitted: list[BidVersion], revealed: list[OpenedBid]) -> list[dict[str, Any]]:
    """What the ITT's chain keeps of every bid: commitment, digests of what was sealed, head of its own chain."""
    heads = _chain_heads(submitted)
    return [
        {
            **_sealed_evidence(version, heads),
            "quarantined": not opened.is_sound,
            "answered_before": opened.answered_before,
        }
        for version, opened in zip(submitted, revealed, strict=True)
    ]


def _chain_heads(versions: list[BidVersion]) -> dict[str, ChainHead]:
    chains = [str(version.bid_id) for version in versions]
    return {head.chain: head for head in db.session.scalars(select(ChainHead).where(ChainHead.chain.in_(chains)))}


def _sealed_evidence(version: BidVersion, heads: dict[str, ChainHead]) -> dict[str, Any]:
    head = heads.get(str(version.bid_id))
    return {
        "bid": str(version.bid_id),
        "version": version.number,
        "method": version.method_version,
        **evidence_of(version),
        "chain_position": head.seq if head is not None else None,
        "chain_hash": head.hash.hex() if head is not None else None,
    }
