"""What a panel scores of a bid: the criteria that its lot's method gives to that panel, with scales and questions."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.bidding.models import OpenedBid
from portal.core.columns import db
from portal.core.errors import NotFound
from portal.evaluation.models import PanelMember, PanelWork
from portal.evaluation.published_method import Leaf, scored_keys
from portal.evaluation.queries import bids_to_score
from portal.evaluation.standing import UNTOUCHED, Standing
from portal.tendering.method import method_for
from portal.tendering.models import AwardCriterion, Lot, Panel, Question, Scale


def leaves_in(panel: Panel, lots: Iterable[Lot]) -> Mapping[uuid.UUID, list[Leaf]]:
    """What the panel scores of a bid for each of the lots, by lot: as its method has it, with scales and questions.

    In the order of the published tree, in three statements however many lots there are.
    """
    keys = {lot.id: scored_keys(method_for(lot), panel.key) for lot in lots}
    criteria = db.session.scalars(
        select(AwardCriterion)
        .where(AwardCriterion.itt_id == panel.itt_id, AwardCriterion.key.in_(set().union(*keys.values())))
        .options(joinedload(AwardCriterion.scale).selectinload(Scale.bands))
    )
    by_key = {criterion.key: criterion for criterion in criteria}
    asked = db.session.scalars(
        select(Question).where(Question.itt_id == panel.itt_id).order_by(Question.position)
    ).all()

    def leaf(key: str, lot_id: uuid.UUID) -> Leaf:
        criterion = by_key[key]
        assert criterion.scale is not None
        own = (each for each in asked if each.criterion_id == criterion.id and each.is_asked_for(lot_id))
        return Leaf(criterion, criterion.scale, tuple(own))

    return {lot_id: [leaf(key, lot_id) for key in own] for lot_id, own in keys.items()}


def leaves_for(work: PanelWork, bid: OpenedBid) -> list[Leaf]:
    """What the panel scores of one bid."""
    return leaves_in(work.panel, [bid.bid.lot])[bid.bid.lot_id]


def leaves_by_bid(work: PanelWork, of: PanelMember | None = None) -> Mapping[OpenedBid, list[Leaf]]:
    """What the panel (`of` a member: what they) scores of every bid that stands, in the order of the labels."""
    bids = bids_to_score(work.itt_id, of)
    leaves = leaves_in(work.panel, {bid.bid.lot for bid in bids})
    return {bid: leaves[bid.bid.lot_id] for bid in bids}


def leaves_to_judge(
    work: PanelWork, standing: Standing, of: PanelMember | None = None
) -> Mapping[OpenedBid, list[Leaf]]:
    """The same without the lots that somebody left, and without bidders whose link is not decided."""
    return standing.among(leaves_by_bid(work, of))


def leaves_per_lot(panel: Panel, lots: Iterable[Lot]) -> Mapping[uuid.UUID, int]:
    """How many scores one member of the panel gives a bid, by its lot."""
    return {lot.id: len(scored_keys(method_for(lot), panel.key)) for lot in lots}


def leaf_named(work: PanelWork, bid: OpenedBid, key: str) -> Leaf:
    """What the panel scores of a bid under that criterion key, or `NotFound`."""
    for leaf in leaves_for(work, bid):
        if leaf.key == key:
            return leaf
    raise NotFound("Your panel does not score that question.")


@dataclass(frozen=True)
class Board:
    """Bids that a panel scores on the same criteria: those of all lots, or of the lots that are judged alike."""

    lots: tuple[int, ...]
    """The numbers of the lots that they are for; none where every bid is on one board."""
    bids: Sequence[OpenedBid]
    leaves: Sequence[Leaf]


def boards_of(work: PanelWork, standing: Standing = UNTOUCHED) -> list[Board]:
    """The panel's bids that stand with what it scores of them; `standing`: those that are one member's to judge."""
    groups: dict[tuple[str, ...], list[tuple[OpenedBid, list[Leaf]]]] = defaultdict(list)
    for bid, leaves in leaves_to_judge(work, standing).items():
        groups[tuple(leaf.key for leaf in leaves)].append((bid, leaves))
    boards = [
        Board(
            tuple(sorted({bid.bid.lot.number for bid, _ in found})) if len(groups) > 1 else (),
            [bid for bid, _ in found],
            found[0][1],
        )
        for found in groups.values()
    ]
    return sorted(boards, key=lambda board: board.lots)
