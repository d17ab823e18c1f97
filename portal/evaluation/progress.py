"""How far the members of panels are: what they owe and what is done, counts alone, never a score."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from portal.bidding.models import STANDS, Bid, OpenedBid
from portal.core.columns import db
from portal.evaluation.models import Declaration, PanelMember, PanelWork, Score, Scorecard
from portal.evaluation.owing import owes
from portal.evaluation.queries import members_of
from portal.evaluation.standing import UNTOUCHED, standings_of
from portal.evaluation.states import SCORING_ROLES, ScorecardStatus
from portal.tendering.models import Panel


@dataclass(frozen=True)
class Progress:
    """How far one member is: counts alone, never a score."""

    member: PanelMember
    declared: bool
    scored: int
    submitted: int
    owed: Mapping[uuid.UUID, int]
    """How many of the bids that stand are theirs to judge once nothing waits, by lot."""
    left_bids: int
    """How many are for lots that they stepped back from."""
    waits: bool
    """Whether nobody has decided yet what follows from a link of theirs."""

    @property
    def asked(self) -> int:
        """How many bids are theirs to judge once nothing waits."""
        return sum(self.owed.values())

    @property
    def has_submitted(self) -> bool:
        """Whether every bid that is theirs to judge is submitted."""
        return 0 < self.asked <= self.submitted

    @property
    def owes(self) -> bool:
        """Whether they have scorecards of their own, and not every bid that is theirs to judge is submitted."""
        return self.member.may_score and self.member.scores_with_id is None and self.submitted < self.asked

    def cells(self, leaves: Mapping[uuid.UUID, int]) -> int:
        """How many scores are theirs to give, where a bid for each lot has that many questions."""
        return sum(number * leaves[lot_id] for lot_id, number in self.owed.items())

    @property
    def interests(self) -> str:
        """How it stands with what they declared, in words."""
        if self.member.recused_at is not None:
            return "Stepped back"
        if not self.declared:
            return "Not yet"
        if self.waits:
            return "A link: not decided yet"
        return "Stepped back from a lot" if self.left_bids else "Declared"


def progress_of(panel_ids: Sequence[uuid.UUID], itt_id: uuid.UUID) -> Mapping[uuid.UUID, list[Progress]]:
    """Each panel's members with what they owe, have declared, scored (cells) and submitted (bids)."""
    counts = select(Bid.lot_id, func.count(), func.count().filter(STANDS)).join(OpenedBid, OpenedBid.bid_id == Bid.id)
    by_lot = {row[0]: row[1:] for row in db.session.execute(counts.where(Bid.itt_id == itt_id).group_by(Bid.lot_id))}
    bids = sum(opened for opened, _ in by_lot.values())
    declared = _counted(
        select(Declaration.panel_member_id, func.count())
        .join(PanelMember, PanelMember.id == Declaration.panel_member_id)
        .where(PanelMember.panel_id.in_(panel_ids))
        .group_by(Declaration.panel_member_id)
    )
    cards = (
        select(Scorecard.panel_member_id, func.count())
        .join(PanelMember, PanelMember.id == Scorecard.panel_member_id)
        .join(OpenedBid, OpenedBid.bid_id == Scorecard.bid_id)
        .join(Bid, Bid.id == Scorecard.bid_id)
        .where(PanelMember.panel_id.in_(panel_ids), STANDS, owes())
        .group_by(Scorecard.panel_member_id)
    )
    scored = _counted(cards.join(Score, Score.scorecard_id == Scorecard.id))
    submitted = _counted(cards.where(Scorecard.status == ScorecardStatus.SUBMITTED))
    standings, owed = standings_of(itt_id), owed_by_lot(panel_ids)

    def progress(member: PanelMember) -> Progress:
        standing = standings.get(member.user_id, UNTOUCHED)
        left = sum(by_lot[lot][1] for lot in standing.left if lot in by_lot)
        return Progress(
            member,
            bids > 0 and declared.get(member.id, 0) >= bids,
            scored.get(member.id, 0),
            submitted.get(member.id, 0),
            owed.get(member.id, {}),
            left,
            standing.waits,
        )

    return {panel_id: [progress(one) for one in members] for panel_id, members in members_of(panel_ids).items()}


def still_owing(work: PanelWork) -> list[Progress]:
    """Those of the panel's members who owe scores."""
    return [found for found in progress_of([work.panel_id], work.itt_id).get(work.panel_id, []) if found.owes]


def owed_by_lot(panel_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Mapping[uuid.UUID, int]]:
    """How many bids that stand each scoring member of the panels owes scores for, by member and lot."""
    rows = db.session.execute(
        select(PanelMember.id, Bid.lot_id, func.count())
        .join(Panel, Panel.id == PanelMember.panel_id)
        .join(Bid, Bid.itt_id == Panel.itt_id)
        .join(OpenedBid, OpenedBid.bid_id == Bid.id)
        .where(
            Panel.id.in_(panel_ids),
            PanelMember.role.in_(SCORING_ROLES),
            # Of a pair one has the scorecards, and the others owe none.
            PanelMember.scores_with_id.is_(None),
            STANDS,
            owes(),
        )
        .group_by(PanelMember.id, Bid.lot_id)
    )
    found: dict[uuid.UUID, dict[uuid.UUID, int]] = defaultdict(dict)
    for member_id, lot_id, number in rows:
        found[member_id][lot_id] = number
    return found


def _counted(statement: object) -> dict[uuid.UUID, int]:
    return {row[0]: row[1] for row in db.session.execute(statement)}  # type: ignore[call-overload]
