"""Reading which bidders were checked, and which have still to be before their lot is awarded."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, exists, func, or_, select
from sqlalchemy.orm import joinedload

from portal.bidding.models import STANDS, Bid, OpenedBid
from portal.core.columns import db
from portal.judging.check_models import BidderCheck
from portal.judging.debarment_models import DebarmentList
from portal.regulation.assessing_law import ASSESSING
from portal.tendering.models import InvitationToTender, Lot

Checked = tuple[BidderCheck, bool]
"""The newest check of a bid, and whether it counts."""


def last_checks(itt_id: uuid.UUID) -> Mapping[uuid.UUID, Checked]:
    """The newest check of each bid that was checked."""
    found = (
        select(BidderCheck, _counts())
        .join(InvitationToTender, InvitationToTender.id == BidderCheck.itt_id)
        .where(BidderCheck.itt_id == itt_id)
        .options(joinedload(BidderCheck.debarment))
        .order_by(BidderCheck.checked_at, BidderCheck.id)
    )
    return {check.bid_id: (check, counts) for check, counts in db.session.execute(found)}


def unchecked_in_lot() -> ScalarSelect[Any]:
    """How many bids for a lot that stand have still to be checked; inside a query of lots and their invitations."""
    checked = exists().where(BidderCheck.bid_id == Bid.id, _counts()).correlate(Bid, InvitationToTender)
    standing = select(func.count()).select_from(Bid).join(OpenedBid, OpenedBid.bid_id == Bid.id)
    found = standing.where(Bid.lot_id == Lot.id, STANDS, ~checked)
    return found.correlate(Lot, InvitationToTender).scalar_subquery()


def _counts() -> ColumnElement[bool]:
    """A check counts until a later debarment list is brought in, where the law of its procurement has one.

    Who is on the list is excluded, or can be, when bids are assessed (PA2023 s.26, s.57), whenever it was looked at.
    """
    newest = select(DebarmentList.id).order_by(DebarmentList.read_on_date.desc()).limit(1).scalar_subquery()
    without = [regime for regime, law in ASSESSING.items() if not law.looking]
    return or_(InvitationToTender.regime.in_(without), BidderCheck.list_id.is_not_distinct_from(newest))
