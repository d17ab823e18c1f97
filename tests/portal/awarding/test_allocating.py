"""Where one bidder may win only so many lots, the published rule gives each lot to one bid, whatever the order."""

from __future__ import annotations

import uuid
from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.awarding.allocating import Place, allocate
from portal.core.errors import WrongState
from portal.tendering.models import Lot

PROVIDERS = [uuid.UUID(int=number) for number in range(5)]
A, B, C = PROVIDERS[:3]
Rankings = dict[Lot, list[Place]]


def ranked(*lots: dict[uuid.UUID, str]) -> Rankings:
    """Lots with the totals of each provider; equal totals share a rank."""
    made = {}
    for number, totals in enumerate(lots, 1):
        figures = {provider: Decimal(total) for provider, total in totals.items()}
        made[Lot(number=number)] = [
            Place(uuid.uuid4(), "BID", provider, 1 + sum(other > total for other in figures.values()), total)
            for provider, total in sorted(figures.items(), key=lambda item: -item[1])
        ]
    return made


def winners(rankings: Rankings, most: int) -> dict[int, uuid.UUID]:
    """Who gets which lot, by number."""
    return {lot.number: place.provider_id for lot, place in allocate(rankings, most).items()}


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


TOTALS = st.dictionaries(st.sampled_from(PROVIDERS), st.integers(1, 10_000).map(lambda n: str(Decimal(n) / 100)))

UNTIED = TOTALS.filter(lambda totals: len(set(totals.values())) == len(totals))


@given(
    st.lists(UNTIED, min_size=1, max_size=5),
    st.integers(1, 3),
)
def test_nobody_has_too_many_and_nobody_better_was_passed_over_who_had_room(
    lots: list[dict[uuid.UUID, str]], most: int
) -> None:
    """A bid that was passed over belongs to a bidder with its share, each of it with a total at least as high."""
    rankings = ranked(*lots)
    given_to = allocate(rankings, most)
    own: dict[uuid.UUID, list[tuple[Decimal, int]]] = {}
    for lot, place in given_to.items():
        own.setdefault(place.provider_id, []).append((place.total, -lot.number))
    assert all(len(have) <= most for have in own.values())
    for lot, places in rankings.items():
        winner = given_to.get(lot)
        for place in places:
            if winner is None or place.rank < winner.rank:
                have = own.get(place.provider_id, [])
                assert len(have) == most
                assert min(have) >= (place.total, -lot.number)


@given(st.lists(UNTIED, min_size=2, max_size=4))
def test_the_order_in_which_lots_are_looked_at_changes_nothing(lots: list[dict[uuid.UUID, str]]) -> None:
    """The rule has one outcome: any two lots taken first give the same."""
    rankings = ranked(*lots)
    expected = allocate(rankings, 1)
    for first in combinations(rankings, 2):
        turned = {lot: rankings[lot] for lot in (*first[::-1], *(lot for lot in rankings if lot not in first))}
        assert allocate(turned, 1) == expected
