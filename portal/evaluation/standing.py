"""How panel members stand to the bids that they judge: which lots they left, which links wait for a decision."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.bidding.models import OpenedBid
from portal.core.columns import db
from portal.core.errors import NotAllowed, NotYet
from portal.evaluation.models import PanelMember, PanelWork
from portal.evaluation.queries import bid_to_score, mates_of, opened_bids
from portal.evaluation.recusal_models import LotRecusal
from portal.evaluation.states import MemberRole, PanelWorkStatus
from portal.tendering.interests.models import Interest
from portal.tendering.models import Lot

What = TypeVar("What")


@dataclass(frozen=True)
class Standing:
    """How one person stands to the bids of a procurement."""

    left: frozenset[uuid.UUID] = frozenset()
    """The lots of which they judge nothing."""
    links: Sequence[Interest] = field(default=())
    """What they declared of bidders with whom they have a link."""
    closed_by_mates: frozenset[uuid.UUID] = frozenset()
    """The bids that wait because of somebody who scores with them: they read and judge side by side."""
    resting: Mapping[uuid.UUID, Sequence[str]] = field(default_factory=dict)
    """Who of those who score with them judges nothing of a lot, by the lot: their names."""

    @property
    def waiting(self) -> frozenset[uuid.UUID]:
        """The bids with whose bidder they have a link of which nobody has decided what follows."""
        return frozenset(one.bid_id for one in self.links if one.bid_id and not one.is_settled)

    @property
    def waits(self) -> bool:
        """Whether something of it waits for a decision that would let them go on."""
        return bool(self.waiting or self.closed_by_mates)

    @property
    def conditions(self) -> Mapping[uuid.UUID, str]:
        """On which conditions they go on, by the bid of the bidder they have a link with."""
        agreed = ((one.bid_id, one.mitigation) for one in self.links if one.is_settled and not one.has_stepped_back)
        return {bid: answer.words for bid, answer in agreed if bid and answer and answer.outcome.is_conditions}

    def is_open(self, bid: OpenedBid) -> bool:
        """Whether they may read and judge that bid."""
        return bid.bid_id not in self.waiting | self.closed_by_mates and bid.bid.lot_id not in self.left

    def among(self, asked: Mapping[OpenedBid, What]) -> dict[OpenedBid, What]:
        """Those of the bids that they may read and judge."""
        return {bid: what for bid, what in asked.items() if self.is_open(bid)}


UNTOUCHED = Standing()


def standings_of(itt_id: uuid.UUID) -> Mapping[uuid.UUID, Standing]:
    """Whoever declared a link with a bidder, or left a lot, by person; in two statements, three where there is one."""
    return standings_by_itt([itt_id]).get(itt_id, {})


def standings_by_itt(itt_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Mapping[uuid.UUID, Standing]]:
    """The same of several procurements, by each, in as many statements."""
    links: dict[uuid.UUID, dict[uuid.UUID, list[Interest]]] = defaultdict(lambda: defaultdict(list))
    declared = select(Interest).where(
        Interest.itt_id.in_(itt_ids), Interest.bid_id.is_not(None), Interest.has_interest.is_(True)
    )
    declared = declared.options(selectinload(Interest.mitigations)).order_by(Interest.asked_at, Interest.id)
    for one in db.session.scalars(declared.execution_options(populate_existing=True)):
        links[one.itt_id][one.user_id].append(one)
    gone = _lots_left(itt_ids)
    return {
        itt_id: {
            person: Standing(frozenset(gone[itt_id][person]), links[itt_id].get(person, ()))
            for person in {*links[itt_id], *gone[itt_id]}
        }
        for itt_id in {*links, *gone}
    }


def standing_of(work: PanelWork, member: PanelMember) -> Standing:
    """How one member stands to the bids; while they score in a pair, with what the others of it have declared."""
    found = standings_of(work.itt_id)
    own = found.get(member.user_id, UNTOUCHED)
    in_pair = member.role is MemberRole.YOUNG_MEMBER and work.status is PanelWorkStatus.SCORING
    if not found or not in_pair:
        return own
    mates = [(mate, found.get(mate.user_id, UNTOUCHED)) for mate in mates_of(member)]
    resting: dict[uuid.UUID, list[str]] = defaultdict(list)
    for mate, theirs in mates:
        for lot_id in theirs.left:
            resting[lot_id].append(mate.alias)
    closed = frozenset(bid_id for _, theirs in mates for bid_id in theirs.waiting)
    return replace(own, closed_by_mates=closed, resting=resting)


@dataclass(frozen=True)
class Link:
    """A bidder with whom a member has a link, and what became of it."""

    bid: OpenedBid
    interest: Interest

    @property
    def waits(self) -> bool:
        """Whether nobody has decided yet what follows."""
        return not self.interest.is_settled

    @property
    def has_left(self) -> bool:
        """Whether they left the bidder's lot, or all of it."""
        return self.interest.has_stepped_back


def links_of(itt_id: uuid.UUID, standing: Standing) -> list[Link]:
    """The bidders with whom somebody declared a link; nothing is read where there is none."""
    if not standing.links:
        return []
    bids = {bid.bid_id: bid for bid in opened_bids(itt_id)}
    return [Link(bids[one.bid_id], one) for one in standing.links if one.bid_id in bids]


def lots_left(itt_id: uuid.UUID) -> Mapping[uuid.UUID, frozenset[uuid.UUID]]:
    """Which lots of the procurement somebody stepped back from, by person."""
    return {person: frozenset(lots) for person, lots in _lots_left([itt_id])[itt_id].items()}


def _lots_left(itt_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[uuid.UUID, set[uuid.UUID]]]:
    found: dict[uuid.UUID, dict[uuid.UUID, set[uuid.UUID]]] = defaultdict(lambda: defaultdict(set))
    rows = select(Lot.itt_id, LotRecusal.user_id, LotRecusal.lot_id).join(Lot, Lot.id == LotRecusal.lot_id)
    for itt_id, person, lot in db.session.execute(rows.where(Lot.itt_id.in_(itt_ids))):
        found[itt_id][person].add(lot)
    return found


def bid_to_judge(work: PanelWork, member: PanelMember, bid_id: uuid.UUID) -> OpenedBid:
    """The bid, where the member may read and judge it: while each scores alone what is theirs, in the meeting all.

    Raises `NotFound` for a bid that is not there or not given to them, and as `require_to_judge`.
    """
    bid = bid_to_score(work.itt_id, bid_id, member if work.status is PanelWorkStatus.SCORING else None)
    require_to_judge(work, member, bid)
    return bid


def require_to_judge(work: PanelWork, member: PanelMember, bid: OpenedBid) -> None:
    """Raise unless the member may judge the bid: `NotAllowed` for a lot that they left, `NotYet` while a link waits."""
    standing = standing_of(work, member)
    if bid.bid.lot_id in standing.left:
        raise NotAllowed("You have stepped back from this lot, so you judge nothing of it.", code="stepped_back")
    if bid.bid_id in standing.waiting:
        raise NotYet(
            "You have a link with this bidder. You can go on with it once two people of the council have decided "
            "what follows from it.",
            code="interest_waits",
        )
    if bid.bid_id in standing.closed_by_mates:
        raise NotYet(
            "Somebody who scores with you has a link with this bidder. You can go on with it once two people of the "
            "council have decided what follows from it.",
            code="interest_waits",
        )
