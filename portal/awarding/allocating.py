"""Which bid a lot goes to: the first of its ranking, or what the published rule says where one may win only so many."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from portal.awarding.queries import decision_in_force, opened_bids_of, out_of_validity, withdrawn_bids
from portal.awarding.settling import ended_lots
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


def winners_of(itt: InvitationToTender, lot: Lot, result: Result) -> list[uuid.UUID]:
    """The bids that the lot goes to, in the order of its places.

    Raises `WrongState` where nothing is standing, its kind `Tied` where bids share the place that decides, and, under
    a limit, `WrongState` while another lot has no result: who gets this one may depend on it.
    """
    if itt.max_lots_awarded is None:
        return [_only_first(_places(lot, result)).bid_id]
    ended = ended_lots(itt.id)
    given = allocate({each: _candidates(each) for each in itt.lots if each.id not in ended}, itt.max_lots_awarded)
    if lot not in given:
        raise WrongState("No bid is standing that may win this lot. End the lot without an award.")
    return [given[lot].bid_id]


def allocate(rankings: Mapping[Lot, Sequence[Place]], most: int) -> dict[Lot, Place]:
    """Give each lot to the best of its bids whose bidder may still have it.

    A bidder that comes first in more lots than it may win keeps those in which its own total is highest (of equal
    totals, those with the lower number); each lot that it gives up goes to the next bid, by the same rule. The order
    of the lots changes nothing. Raises `Tied` for a tie that decides.
    """
    left = {lot: sorted(places, key=lambda place: place.rank) for lot, places in rankings.items()}
    held: dict[uuid.UUID, dict[Lot, Place]] = {}
    open_lots = [lot for lot in sorted(left, key=lambda lot: lot.number) if left[lot]]
    while open_lots:
        lot = open_lots.pop(0)
        if not left[lot]:
            continue
        place = _only_first(left[lot])
        left[lot].remove(place)
        own = held.setdefault(place.provider_id, {})
        own[lot] = place
        if len(own) > most:
            given_up = min(own, key=lambda each: (own[each].total, -each.number))
            del own[given_up]
            open_lots.append(given_up)
    return {lot: place for own in held.values() for lot, place in own.items()}


def _only_first(places: Sequence[Place]) -> Place:
    if not places:
        raise WrongState("No bid is standing after the published minimums. End the lot without an award.")
    first = [place for place in places if place.rank == places[0].rank]
    if len(first) > 1:
        raise Tied(first)
    return first[0]


def _candidates(lot: Lot) -> list[Place]:
    """The bids that the lot may still go to: of one whose award is on its way, those that it goes to alone."""
    places, award = _places(lot, _result_of(lot)), decision_in_force(lot.id)
    held = {place.bid_id for place in award.standing} if award is not None else set()
    return [place for place in places if award is None or place.bid_id in held]


def _places(lot: Lot, result: Result) -> list[Place]:
    """The places of the bids that still stand.

    Whoever was awarded the lot and withdrew has none, nor has a bid whose time is past and whose bidder did not agree
    to more.
    """
    opened = {bid_key(found): found.bid for found in opened_bids_of(lot.id)}
    withdrawn = withdrawn_bids(lot.id) | out_of_validity(lot.id)
    return [
        Place(bid.id, bid.reference, bid.provider_id, entry["rank"], Decimal(entry["total"]))
        for entry in result.outcome["ranking"]
        for bid in (opened[entry["bid"]],)
        if bid.id not in withdrawn
    ]


def _result_of(lot: Lot) -> Result:
    result = current_result(lot.id)
    if result is None:
        raise WrongState(
            f"Lot {lot.number} has no result yet. One bidder may win only so many lots, so the lots are awarded once "
            "each has its result."
        )
    return result
