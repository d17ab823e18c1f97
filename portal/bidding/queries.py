"""Reading bids.

Before the opening only a bid's own people may learn that it exists: every function for an authority reads
openings, and those hold nothing before.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Row, select
from sqlalchemy.orm import contains_eager, defer, joinedload, load_only, selectinload

from portal.accounts.models import User
from portal.bidding.models import Bid, BidOpening, BidVersion, DisregardedBid, LateAttempt, OpenedBid, OpenedPrice
from portal.bidding.states import OpeningStatus, Opens
from portal.core.columns import db
from portal.core.errors import NotFound
from portal.core.permissions import Actor, Verb, policy
from portal.frameworks.models import FrameworkLot
from portal.organisations.models import Provider
from portal.tendering.models import InvitationToTender
from portal.tendering.states import AFTER_OPENING, AFTER_PUBLICATION

NOTHING_HERE = "There is no bid of yours with that reference."


def own_bid(reference: str, actor: Actor) -> Bid:
    """The bid of the actor's provider with that reference, with invitation, buyer and lot; raises `NotFound`."""
    itt = joinedload(Bid.itt).load_only(
        InvitationToTender.reference,
        InvitationToTender.title,
        InvitationToTender.status,
        InvitationToTender.closes_at,
        InvitationToTender.ended_at,
        InvitationToTender.ended_from,
        InvitationToTender.authority_id,
        InvitationToTender.framework_lot_id,
        InvitationToTender.term_months,
        InvitationToTender.validity_days,
        InvitationToTender.method_version,
    )
    return _own(reference, actor, itt.joinedload(InvitationToTender.authority), joinedload(Bid.lot))


def own_bid_alone(reference: str, actor: Actor) -> Bid:
    """The same without what it belongs to and without its draft: for acts that read it afresh under a lock."""
    return _own(reference, actor, defer(Bid.draft_sealed))


def bids_of_provider(provider_id: uuid.UUID, *, most: int | None = None) -> Sequence[Bid]:
    """The bids of a provider, all or the first `most`, the one that closes last first, with invitation, buyer, lot."""
    return db.session.scalars(
        select(Bid)
        .join(Bid.itt)
        .where(Bid.provider_id == provider_id)
        .order_by(InvitationToTender.closes_at.desc(), Bid.reference)
        .options(
            defer(Bid.draft_sealed),
            joinedload(Bid.itt)
            .load_only(
                InvitationToTender.reference,
                InvitationToTender.title,
                InvitationToTender.status,
                InvitationToTender.closes_at,
                InvitationToTender.opened_at,
                InvitationToTender.authority_id,
            )
            .joinedload(InvitationToTender.authority),
            joinedload(Bid.lot),
        )
        .limit(most)
    ).all()


def biddable_itt(reference: str) -> InvitationToTender:
    """A published invitation with its lots; raises `NotFound` for drafts and unknown references."""
    found = db.session.scalars(
        select(InvitationToTender)
        .where(
            InvitationToTender.reference == reference.upper(),
            InvitationToTender.status.in_(AFTER_PUBLICATION),
        )
        .options(
            joinedload(InvitationToTender.authority),
            joinedload(InvitationToTender.framework_lot).joinedload(FrameworkLot.framework),
            selectinload(InvitationToTender.lots),
        )
    ).one_or_none()
    if found is None:
        raise NotFound("There is no invitation to tender with that reference.")
    return found


def version_of(bid: Bid, number: int | None = None) -> BidVersion:
    """One submitted version, or the last one; raises `NotFound` when there is none."""
    wanted = bid.version if number is None else number
    found = db.session.scalars(
        select(BidVersion)
        .where(BidVersion.bid_id == bid.id, BidVersion.number == wanted)
        .options(selectinload(BidVersion.envelopes))
    ).one_or_none()
    if found is None:
        raise NotFound("Nothing has been submitted under that number.")
    return found


def versions_of(bid: Bid) -> Sequence[Row[int, datetime, User]]:
    """Number, instant and submitter of every submitted version, newest first."""
    return db.session.execute(
        select(BidVersion.number, BidVersion.received_at, User)
        .join(User, User.id == BidVersion.submitted_by_id)
        .where(BidVersion.bid_id == bid.id)
        .order_by(BidVersion.number.desc())
    ).all()


def own_itt(reference: str, actor: Actor) -> InvitationToTender:
    """An invitation of the actor's authority, for its opening; raises as the policy does."""
    found = db.session.scalars(
        select(InvitationToTender)
        .where(InvitationToTender.reference == reference.upper())
        .options(joinedload(InvitationToTender.authority))
    ).one_or_none()
    if found is None:
        raise NotFound("There is no invitation to tender with that reference.")
    policy.require(actor, Verb.SEE_OPENING, found)
    return found


def opening_of(itt_id: uuid.UUID) -> BidOpening | None:
    """The opening of an invitation once it is done, with its bids and their providers; else None."""
    return db.session.scalars(
        select(BidOpening)
        .where(BidOpening.itt_id == itt_id, BidOpening.what == Opens.BIDS, BidOpening.status == OpeningStatus.DONE)
        .options(
            selectinload(BidOpening.bids).options(
                load_only(OpenedBid.label, OpenedBid.quarantine_reason, OpenedBid.answered_before),
                joinedload(OpenedBid.bid).options(
                    load_only(Bid.reference, Bid.provider_id, Bid.lot_id, Bid.disregarded_at),
                    joinedload(Bid.provider).load_only(Provider.name, Provider.name_fold),
                    joinedload(Bid.lot),
                ),
                joinedload(OpenedBid.version).load_only(
                    BidVersion.number, BidVersion.received_at, BidVersion.commitment
                ),
            )
        )
    ).one_or_none()


def in_order(bids: Sequence[OpenedBid]) -> Sequence[OpenedBid]:
    """Opened bids by lot, and in it by their numbers for panels."""
    return sorted(bids, key=lambda found: (found.bid.lot.number, len(found.label), found.label))


def set_aside_of(opening: BidOpening) -> Sequence[DisregardedBid]:
    """The bids that an opening left sealed, with their providers and lots."""
    return db.session.scalars(
        select(DisregardedBid)
        .join(DisregardedBid.bid)
        .where(DisregardedBid.opening_id == opening.id)
        .order_by(Bid.reference)
        .options(
            contains_eager(DisregardedBid.bid).options(
                load_only(Bid.reference, Bid.provider_id, Bid.lot_id),
                joinedload(Bid.provider).load_only(Provider.name, Provider.name_fold),
                joinedload(Bid.lot),
            )
        )
    ).all()


def why_set_aside(bid: Bid) -> str | None:
    """Why the bid was not opened, for its own people; None when it was, or is still to be."""
    if bid.itt.framework_lot_id is None or bid.itt.reached not in AFTER_OPENING:
        return None
    found = db.session.get(DisregardedBid, bid.id)
    return found.reason if found is not None else None


def opening_of_prices(itt_id: uuid.UUID) -> BidOpening | None:
    """The opening of an invitation's prices by themselves, once it is done."""
    return db.session.scalars(
        select(BidOpening).where(
            BidOpening.itt_id == itt_id, BidOpening.what == Opens.PRICES, BidOpening.status == OpeningStatus.DONE
        )
    ).one_or_none()


def prices_that_are_broken(itt_id: uuid.UUID) -> Sequence[Row[str, str]]:
    """Label of the bid and what is wrong, for each price that did not open."""
    return db.session.execute(
        select(OpenedBid.label, OpenedPrice.broken)
        .join(OpenedPrice, OpenedPrice.bid_id == OpenedBid.bid_id)
        .join(OpenedBid.bid)
        .where(Bid.itt_id == itt_id, OpenedPrice.broken != "")
        .order_by(OpenedBid.label)
    ).all()


def agreement_waiting(itt_id: uuid.UUID, what: Opens) -> BidOpening | None:
    """The newest first agreement to open, whether it is still in time or not; None when nobody agreed yet."""
    return db.session.scalars(
        select(BidOpening)
        .where(
            BidOpening.itt_id == itt_id,
            BidOpening.what == what,
            BidOpening.status == OpeningStatus.AWAITING_SECOND,
        )
        .order_by(BidOpening.proposed_at.desc())
        .limit(1)
    ).one_or_none()


def late_attempts_of(opening: BidOpening) -> Sequence[Row[str, datetime]]:
    """Provider's name and instant of every submission that came too late: known once the bids are open."""
    if opening.status is not OpeningStatus.DONE:
        return []
    return db.session.execute(
        select(Provider.name, LateAttempt.at)
        .join(Bid, Bid.id == LateAttempt.bid_id)
        .join(Provider, Provider.id == Bid.provider_id)
        .where(Bid.itt_id == opening.itt_id)
        .order_by(LateAttempt.at)
    ).all()


def _own(reference: str, actor: Actor, *options: object) -> Bid:
    found = db.session.scalars(
        select(Bid).where(Bid.reference == reference.upper()).options(*options)  # type: ignore[arg-type]
    ).one_or_none()
    if found is None or not found.policy_roles(actor):
        raise NotFound(NOTHING_HERE)
    policy.require(actor, Verb.READ, found)
    return found
