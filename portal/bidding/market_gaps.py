"""Where the market is thin: of each invitation, how many were invited, bid, or said that it is not for them.

Figures, no names, and nothing of an invitation before its bids are opened: until then it would tell who is left to bid.
A reason that fewer than three gave is told without its number, because who was invited and who bid are known then.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select

from portal.bidding.models import Bid
from portal.bidding.states import BidStatus
from portal.core.columns import db
from portal.core.words import counted, listed
from portal.frameworks.models import Framework, FrameworkLot
from portal.tendering.decline_models import Decline
from portal.tendering.models import Invitation, InvitationToTender

NO_REASON = "no reason given"
FEWEST_TOLD = 3
"""Providers who gave a reason."""


@dataclass
class Gap:
    """One invitation whose bids are opened; `invited` is None where everybody could answer."""

    reference: str
    title: str
    lot: str
    """The lot of a framework that it was called off from."""
    closes_at: datetime
    invited: int | None
    bidders: int
    reasons: dict[str, int] = field(default_factory=dict)
    """Why providers said no, the commonest reason first: {reason: how many}."""

    @property
    def declined(self) -> int:
        """How many said no and did not bid."""
        return sum(self.reasons.values())

    @property
    def silent(self) -> int | None:
        """How many of the invited neither bid nor said why not; one that declined and bid all the same is a bidder."""
        return None if self.invited is None else max(0, self.invited - self.bidders - self.declined)

    @property
    def reasons_told(self) -> str:
        """The reasons in words, those of too few together."""
        told = {reason: number for reason, number in self.reasons.items() if number >= FEWEST_TOLD}
        others = self.declined - sum(told.values())
        rest = [f"reasons that fewer than {FEWEST_TOLD} gave ({others})"] if others else []
        return listed([*(f"{reason} ({number})" for reason, number in told.items()), *rest])


def gaps_of_framework(framework: Framework) -> list[Gap]:
    """Every opened call-off of the framework, the newest first, for who may see its applications. Two statements."""
    return _gaps(FrameworkLot.framework_id == framework.id)


def gaps_of_authority(authority_id: uuid.UUID) -> list[Gap]:
    """Every opened invitation of the authority, the newest first, for its people. Two statements."""
    return _gaps(InvitationToTender.authority_id == authority_id)


def _gaps(*which: ColumnElement[bool]) -> list[Gap]:
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
        .outerjoin(FrameworkLot, FrameworkLot.id == InvitationToTender.framework_lot_id)
        .where(InvitationToTender.opened_at.is_not(None), *which)
        .order_by(InvitationToTender.closes_at.desc(), InvitationToTender.reference)
    ).all()
    reasons = _reasons(select(InvitationToTender.id).outerjoin(InvitationToTender.framework_lot).where(*which))
    return [
        Gap(
            row.reference,
            row.title,
            f"{row.number}: {row.lot}" if row.number else "",
            row.closes_at,
            row.invited if row.number else None,
            row.bidders,
            reasons.get(row.id, {}),
        )
        for row in rows
    ]


def told(gaps: Sequence[Gap]) -> str:
    """What all of them come to, in a sentence."""
    empty, declined = sum(gap.bidders == 0 for gap in gaps), sum(gap.declined for gap in gaps)
    opened = f"{counted(len(gaps), 'procurement')} opened; {empty:,} had no bid."
    return f"{opened} Providers declined {counted(declined, 'time')}."


def _reasons(itts: Select[uuid.UUID]) -> dict[uuid.UUID, dict[str, int]]:
    """By invitation; a provider that bid all the same is left out."""
    bid = select(Bid.id).where(
        Bid.itt_id == Decline.itt_id,
        Bid.provider_id == Decline.provider_id,
        Bid.status == BidStatus.SUBMITTED,
    )
    number = func.count()
    found = db.session.execute(
        select(Decline.itt_id, Decline.reason, number.label("number"))
        .where(Decline.itt_id.in_(itts), ~bid.exists())
        .group_by(Decline.itt_id, Decline.reason)
        .order_by(number.desc(), Decline.reason)
    )
    said: dict[uuid.UUID, dict[str, int]] = {}
    for row in found:
        said.setdefault(row.itt_id, {})[row.reason or NO_REASON] = row.number
    return said
