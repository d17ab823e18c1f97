"""Whoever scores which bid: everybody's number, nobody's too many, no conflict, as even as can be, always the same."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from portal.evaluation.balancing import Pair, balanced

SEED = "5eed"


def ids(number: int, *, of: str) -> list[uuid.UUID]:
    """So many identifiers, the same each time."""
    return [uuid.uuid5(uuid.NAMESPACE_OID, f"{of}{place}") for place in range(number)]


def loads(pairs: frozenset[Pair]) -> Counter[uuid.UUID]:
    """How many bids each member has."""
    return Counter(member for _, member in pairs)


def scorers(pairs: frozenset[Pair]) -> Counter[uuid.UUID]:
    """How many members each bid has."""
    return Counter(bid for bid, _ in pairs)


def test_454_bids_are_shared_out_evenly() -> None:
    """Three members a bid, and nobody has more than one bid above anybody else."""
    bids, members = ids(454, of="bid"), ids(13, of="member")
    found = balanced(bids, members, least=3, most=150, seed=SEED)
    assert {scorers(found)[bid] for bid in bids} == {3}
    assert sorted(set(loads(found).values())) == [104, 105]
    assert sum(loads(found).values()) == 454 * 3


def test_the_seed_alone_decides_and_not_the_order() -> None:
    """The same seed makes the same from whatever order, and another seed another."""
    bids, members = ids(20, of="bid"), ids(6, of="member")
    found = balanced(bids, members, least=2, most=10, seed=SEED)
    mixed = random.Random(1).sample(bids, 20), random.Random(2).sample(members, 6)
    assert balanced(*mixed, least=2, most=10, seed=SEED) == found
    assert balanced(bids, members, least=2, most=10, seed="other") != found


def test_others_are_moved_where_only_that_makes_room() -> None:
    """Whoever alone can score a bid passes another one on, however the others were given first."""
    bids, members = ids(3, of="bid"), ids(3, of="member")
    barred = {(bids[0], members[2]), (bids[1], members[0]), (bids[2], members[2])}
    for seed in map(str, range(20)):
        found = balanced(bids, members, least=1, most=1, seed=seed, barred=barred)
        assert (bids[1], members[2]) in found
        assert len(found) == 3


def test_who_leaves_gives_theirs_to_whoever_has_the_fewest() -> None:
    """What is kept stays, and the bids of somebody who left are spread."""
    bids, members = ids(12, of="bid"), ids(4, of="member")
    before = balanced(bids, members, least=2, most=9, seed=SEED)
    left = {pair for pair in before if pair[1] != members[0]}
    after = balanced(bids, members[1:], least=2, most=9, seed=SEED, kept=left)
    assert left <= after
    assert set(scorers(after).values()) == {2}
    assert set(loads(after).values()) == {8}


def test_what_nobody_can_take_stays_open() -> None:
    """Where the numbers do not reach, as many bids as possible have theirs."""
    bids, members = ids(5, of="bid"), ids(3, of="member")
    found = balanced(bids, members, least=2, most=3, seed=SEED)
    assert sum(loads(found).values()) == 9
    assert sorted(scorers(found)[bid] for bid in bids) == [1, 2, 2, 2, 2]


@st.composite
def panels(draw: st.DrawFn) -> tuple[list[uuid.UUID], list[uuid.UUID], int, int, set[Pair]]:
    """A panel, the numbers, and who may not score what."""
    bids, members = ids(draw(st.integers(1, 7)), of="bid"), ids(draw(st.integers(2, 5)), of="member")
    every = list(product(bids, members))
    barred = draw(st.sets(st.sampled_from(every), max_size=len(every) // 2))
    return bids, members, draw(st.integers(1, len(members))), draw(st.integers(1, len(bids))), barred


@given(panels())
def test_nothing_is_broken_and_nothing_left_out(
    panel: tuple[list[uuid.UUID], list[uuid.UUID], int, int, set[Pair]],
) -> None:
    """No bid twice to one member, none barred, nobody above the limit, and no more could be given (Gale-Ryser by cuts).

    The most that can be given is the least cut: for each set of members, what they take at most and what the others
    can be given at most of each bid.
    """
    bids, members, least, most, barred = panel
    found = balanced(bids, members, least=least, most=most, seed=SEED, barred=barred)
    assert not found & barred
    assert all(number <= most for number in loads(found).values())
    assert all(number <= least for number in scorers(found).values())
    cuts = []
    for chosen in product((True, False), repeat=len(members)):
        inside = [member for member, taken in zip(members, chosen, strict=True) if taken]
        outside = [member for member in members if member not in inside]
        passing = sum(min(least, sum((bid, member) not in barred for member in outside)) for bid in bids)
        cuts.append(most * len(inside) + passing)
    assert len(found) == min(cuts)
