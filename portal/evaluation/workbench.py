"""Where the panel is while it moderates: its bids and questions with their state, what comes before and after."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.bidding.models import OpenedBid
from portal.evaluation.leaves import leaves_by_bid
from portal.evaluation.models import ModeratedScore, PanelWork
from portal.evaluation.published_method import Leaf
from portal.evaluation.queries import Cell, agreed_scores


@dataclass(frozen=True)
class Place:
    """One bid and question, and what is agreed there."""

    bid: OpenedBid
    leaf: Leaf
    agreed: ModeratedScore | None

    @property
    def cell(self) -> Cell:
        """Its bid and criterion."""
        return self.bid.bid_id, self.leaf.criterion.id

    @property
    def stands(self) -> bool:
        """Whether the agreed score counts."""
        return self.agreed is not None and self.agreed.stands_at is not None


@dataclass(frozen=True)
class Workbench:
    """The panel's places in the order of its board, and the one that is worked on."""

    places: Sequence[Place]
    here: Place

    @property
    def by_bid(self) -> Mapping[OpenedBid, list[Place]]:
        """The places of each bid."""
        grouped: dict[OpenedBid, list[Place]] = {}
        for place in self.places:
            grouped.setdefault(place.bid, []).append(place)
        return grouped

    @property
    def before(self) -> Place | None:
        """The place before this one."""
        number = self.places.index(self.here)
        return self.places[number - 1] if number else None

    @property
    def after(self) -> Place | None:
        """The place after this one."""
        number = self.places.index(self.here)
        return self.places[number + 1] if number + 1 < len(self.places) else None


def places_of(work: PanelWork) -> list[Place]:
    """Every bid and question of the panel with what is agreed there, in the order of its board."""
    agreed = agreed_scores(work.panel_id)
    return [
        Place(bid, leaf, agreed.get((bid.bid_id, leaf.criterion.id)))
        for bid, leaves in leaves_by_bid(work).items()
        for leaf in leaves
    ]


def workbench_at(work: PanelWork, cell: Cell) -> Workbench:
    """The panel's places, at one bid and criterion of its own."""
    places = places_of(work)
    return Workbench(places, next(place for place in places if place.cell == cell))


def next_to_write(work: PanelWork, bid_id: uuid.UUID) -> Place | None:
    """The first question of the bid of which nothing is written down yet."""
    return next((place for place in places_of(work) if place.bid.bid_id == bid_id and place.agreed is None), None)
