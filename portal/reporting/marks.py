"""Each mark that a member of a panel submitted, one after the other: a large evaluation has a hundred thousand."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Select, func, select

from portal.bidding.models import Bid, OpenedBid
from portal.core.columns import db
from portal.evaluation.models import PanelMember, Score, Scorecard
from portal.evaluation.recusal_models import has_left_lot_of
from portal.evaluation.states import ScorecardStatus
from portal.reporting.gathering import PLACE, Evaluation, Judged, Seat
from portal.tendering.models import AwardCriterion, Lot, Panel

AT_ONCE = 500
"""Rows that are read at once."""


@dataclass(frozen=True)
class Given:
    """One member's submitted mark with its reason."""

    bid: Judged
    criterion: AwardCriterion
    seat: Seat
    score: Decimal
    reason: str
    saved_at: datetime
    submitted_at: datetime
    has_left_lot: bool
    """Whether the member stepped back from the lot of this bid."""

    @property
    def why_not(self) -> str:
        """Why it does not count; "" where it does."""
        if not self.seat.counts:
            return self.seat.state
        return "Stepped back from the lot: the marks there do not count" if self.has_left_lot else ""


def given_marks(found: Evaluation) -> Iterator[Given]:
    """Every mark that a member submitted, by lot, bid, criterion, panel and member; never all of them in memory."""
    ordered = (
        _marks(found.itt.id)
        .add_columns(Scorecard.bid_id, Score.criterion_id, Scorecard.panel_member_id, has_left_lot_of(Scorecard.bid_id))
        .join(AwardCriterion, AwardCriterion.id == Score.criterion_id)
        .join(Panel, Panel.id == PanelMember.panel_id)
        .join(Bid, Bid.id == Scorecard.bid_id)
        .join(OpenedBid, OpenedBid.bid_id == Bid.id)
        .join(Lot, Lot.id == Bid.lot_id)
        .order_by(*PLACE, Panel.position, PanelMember.appointed_at, PanelMember.id)
        .execution_options(yield_per=AT_ONCE)
    )
    bids, criteria = found.bids, {node.id: node for node in found.itt.criteria}
    for score, reason, saved_at, submitted_at, bid_id, criterion_id, member_id, left in db.session.execute(ordered):
        seat = found.seats[member_id]
        yield Given(bids[bid_id], criteria[criterion_id], seat, score, reason, saved_at, submitted_at, left)


def how_many_marks(itt_id: uuid.UUID) -> int:
    """How many there are."""
    return db.session.scalars(select(func.count()).select_from(_marks(itt_id).subquery())).one()


def _marks(itt_id: uuid.UUID) -> Select[Decimal, str, datetime, datetime | None]:
    return (
        select(Score.score, Score.reason, Score.saved_at, Scorecard.submitted_at)
        .select_from(Score)
        .join(Scorecard, Scorecard.id == Score.scorecard_id)
        .join(PanelMember, PanelMember.id == Scorecard.panel_member_id)
        .where(
            PanelMember.panel_id.in_(select(Panel.id).where(Panel.itt_id == itt_id)),
            Scorecard.status == ScorecardStatus.SUBMITTED,
        )
    )
