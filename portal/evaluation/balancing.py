"""Who scores which bid, where not everybody scores every one: as many as is asked, as evenly as can be, by a seed."""

from __future__ import annotations

import hashlib
import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence

Pair = tuple[uuid.UUID, uuid.UUID]
"""A bid and a member who scores it."""


def balanced(
    bids: Iterable[uuid.UUID],
    members: Iterable[uuid.UUID],
    *,
    least: int,
    most: int,
    seed: str,
    barred: Collection[Pair] = frozenset(),
    kept: Collection[Pair] = frozenset(),
) -> frozenset[Pair]:
    """Give each bid to `least` members and nobody more than `most` bids, `barred` pairs to nobody.

    `kept` pairs stay whatever they make of the numbers. As many bids as possible have their number of members, and
    whoever has the most has as few as possible. The same seed, bids, members and pairs make the same, in whatever
    order they come.
    """
    table = _Table(list(bids), list(members), least, seed, frozenset(barred), frozenset(kept))
    found, is_whole = table.within(most)
    if not is_whole:
        return found
    # With a higher limit there is never less: the lowest one that gives every bid its number is found by halving.
    low, high = 0, most
    while low < high:
        middle = (low + high) // 2
        tried, is_whole = table.within(middle)
        if is_whole:
            found, high = tried, middle
        else:
            low = middle + 1
    return found


class _Table:
    """Bids and members, each by its place in the order that the seed gives it."""

    def __init__(
        self,
        bids: Sequence[uuid.UUID],
        members: Sequence[uuid.UUID],
        least: int,
        seed: str,
        barred: frozenset[Pair],
        kept: frozenset[Pair],
    ) -> None:
        self.least, self.kept = least, kept
        refused = barred - kept
        self.choices = {
            bid: [
                member
                for member in sorted(members, key=lambda one, bid=bid: _place(seed, bid, one))  # type: ignore[misc]
                if (bid, member) not in refused
            ]
            for bid in sorted(bids, key=lambda one: _place(seed, one))
        }
        # Whichever bid the fewest can score is given first.
        self.bids = sorted(self.choices, key=lambda bid: len(self.choices[bid]))

    def within(self, most: int) -> tuple[frozenset[Pair], bool]:
        """What can be given where nobody takes more than `most`, and whether each bid has its number."""
        dealt = _Dealt(self.choices, self.kept, most)
        is_whole = True
        for bid in self.bids:
            for _ in range(self.least - len(dealt.scorers[bid])):
                if not dealt.give(bid):
                    is_whole = False
                    break
        return dealt.pairs, is_whole


class _Dealt:
    """What is given so far."""

    def __init__(self, choices: dict[uuid.UUID, list[uuid.UUID]], kept: frozenset[Pair], most: int) -> None:
        self.choices, self.kept, self.most = choices, kept, most
        self.places = {bid: place for place, bid in enumerate(choices)}
        self.scorers: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
        self.load: Counter[uuid.UUID] = Counter()
        self.bids_of: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
        for bid, member in kept:
            self._add(bid, member)

    @property
    def pairs(self) -> frozenset[Pair]:
        """Every bid with each of its members."""
        return frozenset((bid, member) for bid, members in self.scorers.items() for member in members)

    def give(self, bid: uuid.UUID) -> bool:
        """Give the bid to one more member, moving others where nobody has room; False where that is impossible."""
        free = [one for one in self.choices[bid] if one not in self.scorers[bid] and self.load[one] < self.most]
        if free:
            self._add(bid, min(free, key=self.load.__getitem__))
            return True
        return self._give_by_moving(bid)

    def _give_by_moving(self, bid: uuid.UUID) -> bool:
        """Along the shortest chain in which each member passes a bid on to the next (an augmenting path)."""
        wanted_by: dict[uuid.UUID, uuid.UUID] = {}
        given_up_by: dict[uuid.UUID, uuid.UUID] = {}
        waiting = [bid]
        for wanting in waiting:
            for member in self.choices[wanting]:
                if member in wanted_by or member in self.scorers[wanting]:
                    continue
                wanted_by[member] = wanting
                if self.load[member] < self.most:
                    self._pass_on(bid, member, wanted_by, given_up_by)
                    return True
                for other in sorted(self.bids_of[member], key=self.places.__getitem__):
                    if other != bid and other not in given_up_by and (other, member) not in self.kept:
                        given_up_by[other] = member
                        waiting.append(other)
        return False

    def _pass_on(
        self,
        bid: uuid.UUID,
        member: uuid.UUID,
        wanted_by: dict[uuid.UUID, uuid.UUID],
        given_up_by: dict[uuid.UUID, uuid.UUID],
    ) -> None:
        while True:
            wanting = wanted_by[member]
            self._add(wanting, member)
            if wanting == bid:
                return
            member = given_up_by[wanting]
            self._remove(wanting, member)

    def _add(self, bid: uuid.UUID, member: uuid.UUID) -> None:
        self.scorers[bid].add(member)
        self.bids_of[member].add(bid)
        self.load[member] += 1

    def _remove(self, bid: uuid.UUID, member: uuid.UUID) -> None:
        self.scorers[bid].discard(member)
        self.bids_of[member].discard(bid)
        self.load[member] -= 1


def _place(seed: str, *whose: uuid.UUID) -> bytes:
    return hashlib.sha256(":".join((seed, *map(str, whose))).encode()).digest()
