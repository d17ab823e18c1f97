"""Where one bidder may win only so many lots, the published rule gives each lot to one bid, whatever the order."""

from __future__ import annotations

import uuid
from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.awarding.allocating import Place, Ranking, allocate
from portal.core.errors import WrongState
from portal.tendering.models import Lot

PROVIDERS = [uuid.UUID(int=number) for number in range(5)]
A, B, C, D = PROVIDERS[:4]
Rankings = dict[Lot, Ranking]


def ranked(*lots: dict[uuid.UUID, str], seats: int = 1) -> Rankings:
    """Lots with the totals of each provider and so many places each; equal totals share a rank."""
    made = {}
    for number, totals in enumerate(lots, 1):
        figures = {provider: Decimal(total) for provider, total in totals.items()}
        places = [
            Place(uuid.uuid4(), "BID", provider, 1 + sum(other > total for other in figures.values()), total)
            for provider, total in sorted(figures.items(), key=lambda item: -item[1])
        ]
        made[Lot(number=number)] = Ranking(seats, places)
    return made


def placed(rankings: Rankings, most: int) -> dict[int, list[uuid.UUID]]:
    """Who gets which lot, by number, in the order of the places."""
    return {lot.number: [place.provider_id for place in places] for lot, places in allocate(rankings, most).items()}


def winners(rankings: Rankings, most: int) -> dict[int, uuid.UUID]:
    """Who gets which lot, by number, where each goes to one."""
    return {number: providers[0] for number, providers in placed(rankings, most).items()}


def test_a_bidder_keeps_the_lots_in_which_its_own_total_is_highest() -> None:
    """A is first in both and may win one: it keeps lot 2, and lot 1 goes to the next."""
    assert winners(ranked({A: "80", B: "75"}, {A: "90", B: "89"}), 1) == {1: B, 2: A}


def test_of_equal_totals_the_lower_number_is_kept() -> None:
    """Nobody chooses, and nothing is drawn."""
    assert winners(ranked({A: "80", B: "75"}, {A: "80", B: "79"}), 1) == {1: A, 2: B}


def test_what_is_given_up_can_push_out_another_lot_of_the_next_bidder() -> None:
    """B gets lot 1 from A with a higher total than in lot 3, so lot 3 goes on to C."""
    rankings = ranked({A: "80", B: "79"}, {A: "90"}, {B: "70", C: "60"})
    assert winners(rankings, 1) == {1: B, 2: A, 3: C}


def test_a_lot_that_nobody_may_have_any_more_goes_to_nobody() -> None:
    """The only bidder has its share."""
    assert winners(ranked({A: "80"}, {A: "90"}), 1) == {2: A}


def test_a_tie_that_decides_is_said_and_one_below_is_not() -> None:
    """B and C are equal behind A: that matters only where A gives the lot up."""
    assert winners(ranked({A: "80", B: "70", C: "70"}), 1) == {1: A}
    with pytest.raises(WrongState, match="tied"):
        winners(ranked({A: "80", B: "70", C: "70"}, {A: "90"}), 1)


def test_places_are_filled_in_the_order_of_the_ranks() -> None:
    """As many as there are, or as there are bids."""
    assert placed(ranked({A: "70", B: "90", C: "80"}, seats=2), 1) == {1: [B, C]}
    assert placed(ranked({A: "70"}, seats=2), 1) == {1: [A]}


def test_a_tie_within_the_places_decides_and_one_below_does_not() -> None:
    """Which of two has place 1 is published, so it is drawn; who comes behind the last place is nobody's matter."""
    with pytest.raises(WrongState, match="tied"):
        placed(ranked({A: "80", B: "80", C: "70"}, seats=2), 1)
    with pytest.raises(WrongState, match="tied"):
        placed(ranked({A: "80", B: "70", C: "70"}, seats=2), 1)
    assert placed(ranked({A: "80", B: "75", C: "70", D: "70"}, seats=2), 1) == {1: [A, B]}


def test_a_place_that_is_given_up_goes_to_the_next() -> None:
    """A may win one lot and has a place in both: it keeps lot 2, and place 2 of lot 1 goes to C."""
    assert placed(ranked({B: "90", A: "80", C: "70"}, {A: "95"}, seats=2), 1) == {1: [B, C], 2: [A]}


TOTALS = st.dictionaries(st.sampled_from(PROVIDERS), st.integers(1, 10_000).map(lambda n: str(Decimal(n) / 100)))

UNTIED = TOTALS.filter(lambda totals: len(set(totals.values())) == len(totals))


@given(
    st.lists(UNTIED, min_size=1, max_size=5),
    st.integers(1, 3),
    st.integers(1, 3),
)
def test_nobody_has_too_many_and_nobody_better_was_passed_over_who_had_room(
    lots: list[dict[uuid.UUID, str]], most: int, seats: int
) -> None:
    """A bid that was passed over belongs to a bidder with its share, each of it with a total at least as high."""
    rankings = ranked(*lots, seats=seats)
    given_to = allocate(rankings, most)
    own: dict[uuid.UUID, list[tuple[Decimal, int]]] = {}
    for lot, places in given_to.items():
        assert len(places) <= seats
        for place in places:
            own.setdefault(place.provider_id, []).append((place.total, -lot.number))
    assert all(len(have) <= most for have in own.values())
    for lot, ranking in rankings.items():
        won = given_to.get(lot, [])
        last = won[-1].rank if len(won) == seats else len(ranking.places)
        for place in ranking.places:
            if place not in won and place.rank <= last:
                have = own.get(place.provider_id, [])
                assert len(have) == most
                assert min(have) >= (place.total, -lot.number)


@given(st.lists(UNTIED, min_size=2, max_size=4), st.integers(1, 2))
def test_the_order_in_which_lots_are_looked_at_changes_nothing(lots: list[dict[uuid.UUID, str]], seats: int) -> None:
    """The rule has one outcome: any two lots taken first give the same."""
    rankings = ranked(*lots, seats=seats)
    expected = allocate(rankings, 1)
    for first in combinations(rankings, 2):
        turned = {lot: rankings[lot] for lot in (*first[::-1], *(lot for lot in rankings if lot not in first))}
        assert allocate(turned, 1) == expected
