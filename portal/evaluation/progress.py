"""How far the members of panels are: what they owe and what is done, counts alone, never a score."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from portal.bidding.models import STANDS, Bid, OpenedBid
from portal.core.columns import db
from portal.evaluation.models import Declaration, PanelMember, PanelWork, Score, Scorecard
from portal.evaluation.owing import owes
from portal.evaluation.queries import members_of
from portal.evaluation.standing import UNTOUCHED, standings_by_itt
from portal.evaluation.states import SCORING_ROLES, ScorecardStatus
from portal.tendering.models import Panel


@dataclass(frozen=True)
class Progress:
    """How far one member is: counts alone, never a score."""

    member: PanelMember
    declared: bool
    scored: int
    submitted: int
    last_saved: datetime | None
    """When they saved a score last (UTC)."""
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


def progress_of(panel_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, list[Progress]]:
    """Each panel's members with what they owe, have declared, scored (cells) and submitted (bids)."""
    counts = (
        select(Panel.id, Bid.itt_id, Bid.lot_id, func.count(), func.count().filter(STANDS))
        .join(Bid, Bid.itt_id == Panel.itt_id)
        .join(OpenedBid, OpenedBid.bid_id == Bid.id)
        .where(Panel.id.in_(panel_ids))
        .group_by(Panel.id, Bid.itt_id, Bid.lot_id)
    )
    itts: dict[uuid.UUID, uuid.UUID] = {}
    bids: Counter[uuid.UUID] = Counter()
    standing: dict[uuid.UUID, int] = {}
    for panel_id, itt_id, lot_id, opened, stand in db.session.execute(counts):
        itts[panel_id], standing[lot_id] = itt_id, stand
        bids[panel_id] += opened
    declared = _counted(
        select(Declaration.panel_member_id, func.count())
        .join(PanelMember, PanelMember.id == Declaration.panel_member_id)
        .where(PanelMember.panel_id.in_(panel_ids))
        .group_by(Declaration.panel_member_id)
    )
    scored, submitted, owed = _saved(panel_ids), _submitted(panel_ids), owed_by_lot(panel_ids)
    standings = standings_by_itt(set(itts.values()))

    def progress(member: PanelMember) -> Progress:
        own = standings.get(itts.get(member.panel_id, member.panel_id), {}).get(member.user_id, UNTOUCHED)
        number, last = scored.get(member.id, (0, None))
        return Progress(
            member,
            0 < bids[member.panel_id] <= declared.get(member.id, 0),
            number,
            submitted.get(member.id, 0),
            last,
            owed.get(member.id, {}),
            sum(standing.get(lot, 0) for lot in own.left),
            own.waits,
        )

    return {panel_id: [progress(one) for one in members] for panel_id, members in members_of(panel_ids).items()}


def still_owing(work: PanelWork) -> list[Progress]:
    """Those of the panel's members who owe scores."""
    return [found for found in progress_of([work.panel_id]).get(work.panel_id, []) if found.owes]


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


def _saved(panel_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, tuple[int, datetime]]:
    """How many of the scores that they owe each member has saved, and when the last, by member."""
    cards = _cards(panel_ids).add_columns(func.max(Score.saved_at))
    rows = db.session.execute(cards.join(Score, Score.scorecard_id == Scorecard.id))
    return {member_id: (number, last) for member_id, number, last in rows}


def _submitted(panel_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, int]:
    return _counted(_cards(panel_ids).where(Scorecard.status == ScorecardStatus.SUBMITTED))


def _cards(panel_ids: Sequence[uuid.UUID]) -> Select[uuid.UUID, int]:
    """How many rows there are of each member's scorecards of bids that are theirs, by member."""
    return (
        select(Scorecard.panel_member_id, func.count())
        .join(PanelMember, PanelMember.id == Scorecard.panel_member_id)
        .join(OpenedBid, OpenedBid.bid_id == Scorecard.bid_id)
        .join(Bid, Bid.id == Scorecard.bid_id)
        .where(PanelMember.panel_id.in_(panel_ids), STANDS, owes())
        .group_by(Scorecard.panel_member_id)
    )


def _counted(statement: object) -> dict[uuid.UUID, int]:
    return {row[0]: row[1] for row in db.session.execute(statement)}  # type: ignore[call-overload]
