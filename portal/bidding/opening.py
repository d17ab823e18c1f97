"""Opening the bids: two authorised people, after the deadline by the database's clock, at most 15 minutes apart."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from random import SystemRandom
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from portal.audit.kinds import EventKind
from portal.audit.models import ChainHead
from portal.audit.queries import is_demonstration
from portal.audit.recording import record
from portal.bidding.envelopes import Parts, content_of, evidence_of, unseal
from portal.bidding.models import Bid, BidOpening, BidVersion, DisregardedBid, OpenedBid, OpenedPrice
from portal.bidding.openers import Opened, OpeningRefused, join_opening, require_closed, require_may_open
from portal.bidding.received import differences
from portal.bidding.setting_aside import Fate, check_memberships, why_set_aside
from portal.bidding.states import BidStatus, Opens
from portal.core import clock
from portal.core.columns import db
from portal.core.errors import SealBroken
from portal.core.permissions import Actor, Verb
from portal.core.seals import KeyFolder, unwrap_at_opening
from portal.core.taking import take
from portal.tendering.amending.queries import changes_by_version, overtaking
from portal.tendering.models import InvitationToTender
from portal.tendering.states import ITT, EnvelopeKind, IttStatus

Fates = dict[uuid.UUID, Fate]


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
    require_closed(itt, at)
    require_may_open(itt, actor, at, factor_at)
    _require_everything_received(itt)
    fates = _require_decided(itt, at)
    joined = join_opening(itt, Opens.BIDS, actor, at)
    if joined.done:
        _open(itt, actor, keys, joined.opening, at, fates)
    return joined


def open_envelopes(version: BidVersion, private_key: bytes, kinds: Collection[EnvelopeKind]) -> Parts:
    """Open a version's envelopes of these kinds with the invitation's key; raises `SealBroken`."""
    held = {each.kind: each.key_for_opening for each in version.envelopes if each.kind in kinds}
    keys = {kind: unwrap_at_opening(key, private_key) for kind, key in held.items()}
    return unseal(version.bid, version, keys)


def price_in(parts: Parts) -> Decimal:
    """The price that an opened version says, in pounds; raises `SealBroken`."""
    try:
        return Decimal(content_of(parts).price or "")
    except ArithmeticError as broken:
        raise SealBroken("The sealed price cannot be read.") from broken


def opened_price(opened: OpenedBid, parts: Parts, opening: BidOpening) -> OpenedPrice:
    """The row of a price as its envelope opened; raises `SealBroken`."""
    said = {name: each for name, each in parts[EnvelopeKind.PRICE].content.items() if name != "price"}
    return OpenedPrice(bid_id=opened.bid_id, opening_id=opening.id, price=price_in(parts), said=said)


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


def _open(
    itt: InvitationToTender, actor: Actor, keys: KeyFolder, opening: BidOpening, at: datetime, fates: Fates
) -> None:
    private_key = keys.opening_key(itt.id, demonstration=is_demonstration())
    itt.status = ITT.move(itt.status, IttStatus.OPENED)
    itt.opened_at = at
    received = _submitted_versions(itt)
    set_aside = [version for version in received if fates.get(version.bid.provider_id, Fate.OPEN) is not Fate.OPEN]
    submitted = [version for version in received if version not in set_aside]
    labels = _labels({version.bid.provider_id for version in submitted})
    revealed = [_reveal(version, private_key, labels[version.bid.provider_id], opening) for version in submitted]
    since = changes_by_version(itt.id)
    for opened, version in zip(revealed, submitted, strict=True):
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


def _reveal(version: BidVersion, private_key: bytes, label: str, opening: BidOpening) -> OpenedBid:
    """One bid as it opens, or quarantined with what is wrong with it; its price where prices are not opened apart."""
    opened = OpenedBid(bid_id=version.bid_id, version_id=version.id, opening_id=opening.id, label=label)
    closed = {EnvelopeKind.PRICE} if opening.itt.prices_apart else set()
    try:
        parts = open_envelopes(version, private_key, [kind for kind in EnvelopeKind if kind not in closed])
        if not closed:
            opened.opened_price = opened_price(opened, parts, opening)
    except SealBroken as broken:
        opened.quarantine_reason = broken.message
        return opened
    said = {kind: part.content for kind, part in parts.items()}
    opened.compliance, opened.quality = said.get(EnvelopeKind.COMPLIANCE), said[EnvelopeKind.QUALITY]
    return opened


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
