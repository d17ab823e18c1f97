"""Reading what bidders and the buyer wrote to each other."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import Row, exists, func, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from portal.bidding.models import Bid, OpenedBid
from portal.core.columns import db
from portal.core.errors import NotFound
from portal.corresponding.models import Correspondence, CorrespondenceEntry
from portal.organisations.models import Provider
from portal.tendering.queries import Counts

_WHOLE = (
    joinedload(Correspondence.provider),
    joinedload(Correspondence.itt),
    selectinload(Correspondence.entries),
)


def correspondence_between(itt_id: uuid.UUID, provider_id: uuid.UUID) -> Correspondence | None:
    """What a provider and the buyer wrote to each other, or None."""
    return db.session.scalars(
        select(Correspondence)
        .where(Correspondence.itt_id == itt_id, Correspondence.provider_id == provider_id)
        .options(*_WHOLE)
    ).one_or_none()


def correspondences_of(itt_id: uuid.UUID) -> Sequence[Correspondence]:
    """Those of a procurement, by the providers' names."""
    return db.session.scalars(
        select(Correspondence)
        .join(Provider, Provider.id == Correspondence.provider_id)
        .where(Correspondence.itt_id == itt_id)
        .options(*_WHOLE)
        .order_by(Provider.name_fold, Correspondence.id)
    ).all()


def find_correspondence(itt_id: uuid.UUID, reference: str) -> Correspondence:
    """Find one by its reference; raises `NotFound`."""
    found = db.session.scalars(
        select(Correspondence)
        .where(Correspondence.itt_id == itt_id, Correspondence.reference == reference.upper())
        .options(*_WHOLE)
    ).one_or_none()
    if found is None:
        raise NotFound("There is no such correspondence.")
    return found


def opened_bidders(itt_id: uuid.UUID) -> Sequence[Row[uuid.UUID, str]]:
    """The providers whose bids are opened: identifier and name, by name."""
    return db.session.execute(
        select(Provider.id, Provider.name)
        .join(Bid, Bid.provider_id == Provider.id)
        .join(OpenedBid, OpenedBid.bid_id == Bid.id)
        .where(Bid.itt_id == itt_id)
        .group_by(Provider.id, Provider.name, Provider.name_fold)
        .order_by(Provider.name_fold, Provider.id)
    ).all()


def counts_unanswered(itt_ids: Sequence[uuid.UUID]) -> Counts:
    """In how many of each procurement's correspondences the bidder wrote last; none where there are none."""
    entry, later = CorrespondenceEntry, aliased(CorrespondenceEntry)
    answered = exists().where(later.correspondence_id == entry.correspondence_id, later.sent_at > entry.sent_at)
    return (
        select(Correspondence.itt_id, func.count())
        .join(entry, entry.correspondence_id == Correspondence.id)
        .where(Correspondence.itt_id.in_(itt_ids), ~entry.from_buyer, ~answered)
        .group_by(Correspondence.itt_id)
    )
