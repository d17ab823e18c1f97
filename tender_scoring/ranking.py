"""Ranks on exact values, the published tie-break in its order, and the ties that remain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

Value = Fraction | int


@dataclass(frozen=True, slots=True)
class Ranks:
    """Bids by index: places as (bid, rank), unresolved ties, and ties that a rule broke as (bids, rule)."""

    places: tuple[tuple[int, int], ...]
    ties: tuple[tuple[int, ...], ...]
    broken: tuple[tuple[tuple[int, ...], str], ...]

    def within(self, places: int) -> tuple[int, ...]:
        """The bids, by index, that the first so many places go to: more than there are where a tie leaves it open.

        >>> Ranks(((7, 1), (2, 2), (5, 2)), ((2, 5),), ()).within(2)
        (2, 5, 7)
        """
        return tuple(sorted(bid for bid, rank in self.places if rank <= places))


def rank(values: Mapping[int, Value], breakers: Sequence[tuple[str, Mapping[int, Value]]] = ()) -> Ranks:
    """Rank bids by exact value, the highest first; equal ranks are shared, as in 1, 1, 3.

    >>> rank({0: 5, 1: 7, 2: 5}, [("price", {0: -90, 2: -80})]).places
    ((1, 1), (2, 2), (0, 3))
    """
    groups: list[list[int]] = []
    broken: list[tuple[tuple[int, ...], str]] = []
    for group in _split(sorted(values), values):
        groups.extend(_break(group, breakers, broken))
    places: list[tuple[int, int]] = []
    for group in groups:
        first = len(places) + 1
        places.extend((bid, first) for bid in group)
    return Ranks(tuple(places), tuple(tuple(group) for group in groups if len(group) > 1), tuple(broken))


def _split(bids: list[int], values: Mapping[int, Value]) -> list[list[int]]:
    """Return the bids in groups of equal value, the highest first, each group in the order given."""
    ordered = sorted(bids, key=values.__getitem__, reverse=True)  # stable, so equal values keep their order
    return [list(group) for _, group in groupby(ordered, key=values.__getitem__)]


def _break(
    group: list[int],
    breakers: Sequence[tuple[str, Mapping[int, Value]]],
    broken: list[tuple[tuple[int, ...], str]],
) -> list[list[int]]:
    if len(group) == 1:
        return [group]
    for index, (name, values) in enumerate(breakers):
        if not all(bid in values for bid in group):
            continue  # no lot was drawn between these
        parts = _split(group, values)
        if len(parts) > 1:
            broken.append((tuple(group), name))
            return [piece for part in parts for piece in _break(part, breakers[index + 1 :], broken)]
    return [group]
