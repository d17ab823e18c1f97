"""Which bids a lot goes to: the first of its ranking, as many as it has places, or what the published rule says where
one bidder may win only so many lots.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from portal.awarding.queries import opened_bids_of, out_of_validity, places_held, withdrawn_bids
from portal.awarding.settling import ended_lots, vacant_places
from portal.core.errors import WrongState
from portal.evaluation.models import Result
from portal.evaluation.queries import current_result
from portal.evaluation.scoring_input import bid_key
from portal.tendering.models import InvitationToTender, Lot


class Tied(WrongState):
    """Bids share the place that decides: a lot is drawn, or, where the method has no such rule, two people choose."""

    def __init__(self, places: Sequence[Place]) -> None:
        """Keep the tied bids' ids by their references."""
        super().__init__("Bids are tied and the published tie-break does not part them. Draw a lot.")
        self.bids = {place.reference: place.bid_id for place in places}


@dataclass(frozen=True)
class Place:
    """A standing bid in the ranking of a lot; its total as it was published, in marks out of 100."""

    bid_id: uuid.UUID
    reference: str
    provider_id: uuid.UUID
    rank: int
    total: Decimal
    is_held: bool = False
    """Whether the lot is awarded to it, or proposed to be."""


@dataclass(frozen=True)
class Ranking:
    """The bids of a lot in the order in which it is offered to them, and how many bidders it is awarded to."""

    seats: int
    places: Sequence[Place]


def winners_of(itt: InvitationToTender, lot: Lot, result: Result) -> list[uuid.UUID]:
    """The bids that the vacant places of the lot go to, the best first; they may be fewer than there are places.

    Raises `WrongState` where nothing is standing, its kind `Tied` where bids share a place that decides, and, under
    a limit, `WrongState` while another lot has no result: who gets this one may depend on it.
    """
    most = itt.max_lots_awarded
    if most is None:
        given = allocate({lot: _ranking(lot, result)}, 1)
    else:
        ended = ended_lots(itt.id)
        given = allocate({each: _ranking(each, _result_of(each)) for each in itt.lots if each.id not in ended}, most)
    won = [place.bid_id for place in given.get(lot, ()) if not place.is_held]
    if not won:
        raise WrongState(_nobody_left(lot, most))
    return won


def allocate(rankings: Mapping[Lot, Ranking], most: int) -> dict[Lot, list[Place]]:
    """Give each lot to the best of its bids, as many as it has seats for, whose bidder may still have it.

    A bidder with a place in more lots than it may win keeps those in which its own total is highest (of equal
    totals, those with the lower number); each place that it gives up goes to the next bid, by the same rule. The order
    of the lots changes nothing. Raises `Tied` for a tie that decides.
    """
    left = {lot: list(ranking.places) for lot, ranking in rankings.items()}
    won: dict[uuid.UUID, dict[Lot, Place]] = defaultdict(dict)
    seats = [lot for lot in sorted(left, key=lambda lot: lot.number) for _ in range(rankings[lot].seats)]
    while seats:
        lot = seats.pop(0)
        if not left[lot]:
            continue
        place = _only_first(left[lot])
        left[lot].remove(place)
        own = won[place.provider_id]
        own[lot] = place
        if len(own) > most:
            given_up = min(own, key=lambda each: (own[each].total, -each.number))
            del own[given_up]
            seats.append(given_up)
    given: dict[Lot, list[Place]] = defaultdict(list)
    for lot, place in (pair for own in won.values() for pair in own.items()):
        given[lot].append(place)
    return {lot: sorted(places, key=lambda place: place.rank) for lot, places in given.items()}


def _only_first(places: Sequence[Place]) -> Place:
    first = [place for place in places if place.rank == places[0].rank and not place.is_held]
    if len(first) > 1 and not places[0].is_held:
        raise Tied(first)
    return places[0]


def _nobody_left(lot: Lot, most: int | None) -> str:
    if places_held(lot.id):
        return "No bid is left in the ranking for the place that is vacant. Say that it stays empty."
    if most is not None:
        return "No bid is standing that may win this lot. End the lot without an award."
    return "No bid is standing after the published minimums. End the lot without an award."


def _ranking(lot: Lot, result: Result) -> Ranking:
    """Whoever holds a place in the lot first, then, while places are vacant, the bids that still stand."""
    held = {place.bid_id for place in places_held(lot.id)}
    vacant = vacant_places(lot)
    places = [place for place in _places(lot, result, held) if vacant or place.is_held]
    return Ranking(len(held) + len(vacant), sorted(places, key=lambda place: (not place.is_held, place.rank)))


def _places(lot: Lot, result: Result, held: Collection[uuid.UUID]) -> list[Place]:
    """The places of the bids that still stand.

    Whoever was awarded the lot and withdrew has none, nor has a bid whose time is past and whose bidder did not agree
    to more.
    """
    opened = {bid_key(found): found.bid for found in opened_bids_of(lot.id)}
    gone = (withdrawn_bids(lot.id) | out_of_validity(lot.id)) - set(held)
    return [
        Place(bid.id, bid.reference, bid.provider_id, entry["rank"], Decimal(entry["total"]), bid.id in held)
        for entry in result.outcome["ranking"]
        for bid in (opened[entry["bid"]],)
        if bid.id not in gone
    ]


def _result_of(lot: Lot) -> Result:
    result = current_result(lot.id)
    if result is None:
        raise WrongState(
            f"Lot {lot.number} has no result yet. One bidder may win only so many lots, so the lots are awarded once "
            "each has its result."
        )
    return result
