"""Where a framework's market is thin: of each call-off, how many were invited, bid, or said that it is not for them.

Figures, no names, and nothing of a call-off before its bids are opened: until then it would tell who is left to bid.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select

from portal.bidding.models import Bid
from portal.bidding.states import BidStatus
from portal.core.columns import db
from portal.core.words import counted, listed
from portal.frameworks.models import Framework, FrameworkLot
from portal.tendering.models import Invitation, InvitationToTender

NO_REASON = "no reason given"


@dataclass
class Gap:
    """One call-off whose bids are opened."""

    reference: str
    title: str
    lot: str
    closes_at: datetime
    invited: int
    bidders: int
    reasons: dict[str, int] = field(default_factory=dict)
    """Why invited providers said no, the commonest reason first: {reason: how many}."""

    @property
    def declined(self) -> int:
        """How many said no."""
        return sum(self.reasons.values())

    @property
    def silent(self) -> int:
        """How many neither bid nor said why not; one that declined and bid all the same counts as a bidder."""
        return max(0, self.invited - self.bidders - self.declined)

    @property
    def reasons_told(self) -> str:
        """The reasons in words."""
        return listed(f"{reason} ({number})" for reason, number in self.reasons.items())


def market_gaps(framework: Framework) -> list[Gap]:
    """Every opened call-off of the framework, the newest first, for who may see its applications. Two statements."""
    invited = select(func.count()).where(Invitation.itt_id == InvitationToTender.id).scalar_subquery()
    bidders = (
        select(func.count(Bid.provider_id.distinct()))
        .where(Bid.itt_id == InvitationToTender.id, Bid.status == BidStatus.SUBMITTED)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(InvitationToTender.id, InvitationToTender.reference, InvitationToTender.title)
        .add_columns(FrameworkLot.number, FrameworkLot.title.label("lot"), InvitationToTender.closes_at)
        .add_columns(invited.label("invited"), bidders.label("bidders"))
        .join(FrameworkLot, FrameworkLot.id == InvitationToTender.framework_lot_id)
        .where(FrameworkLot.framework_id == framework.id, InvitationToTender.opened_at.is_not(None))
        .order_by(InvitationToTender.closes_at.desc(), InvitationToTender.reference)
    ).all()
    reasons = _reasons([row.id for row in rows])
    return [
        Gap(
            row.reference,
            row.title,
            f"{row.number}: {row.lot}",
            row.closes_at,
            row.invited,
            row.bidders,
            reasons.get(row.id, {}),
        )
        for row in rows
    ]


def told(gaps: Sequence[Gap]) -> str:
    """What all of them come to, in a sentence."""
    empty, declined = sum(gap.bidders == 0 for gap in gaps), sum(gap.declined for gap in gaps)
    invitations = counted(sum(gap.invited for gap in gaps), "invitation")
    return (
        f"{counted(len(gaps), 'call-off')} opened; {empty:,} had no bid. Of {invitations}, {declined:,} were declined."
    )


def _reasons(itt_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[str, int]]:
    bid = select(Bid.id).where(
        Bid.itt_id == Invitation.itt_id,
        Bid.provider_id == Invitation.provider_id,
        Bid.status == BidStatus.SUBMITTED,
    )
    number = func.count()
    found = db.session.execute(
        select(Invitation.itt_id, Invitation.decline_reason, number.label("number"))
        .where(Invitation.itt_id.in_(itt_ids), Invitation.declined_at.is_not(None), ~bid.exists())
        .group_by(Invitation.itt_id, Invitation.decline_reason)
        .order_by(number.desc(), Invitation.decline_reason)
    )
    said: dict[uuid.UUID, dict[str, int]] = {}
    for row in found:
        said.setdefault(row.itt_id, {})[row.decline_reason or NO_REASON] = row.number
    return said
