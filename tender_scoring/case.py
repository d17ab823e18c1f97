"""A case as frozen values: a method, the bids, and every score as a number of steps on its scale."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tender_scoring.method import Method
from tender_scoring.plan import Part

Cells = NDArray[Any]
"""Whole steps above the bottom of the scale: in the smallest type that holds them, or Python integers."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of scores, the same for every bid: a member's, or the agreed one (member None)."""

    part: int
    member: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """Score entries in the order of the document: who gave what to which bid on which part, and why."""

    bids: NDArray[np.int64]
    parts: NDArray[np.int64]
    members: tuple[str | None, ...]
    steps: tuple[int, ...]
    reasons: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.steps)


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A complete, checked case: nothing is missing, doubled or off its scale.

    `bids` are in the order of their ids, `prices` in pounds beside them (None where none was given).
    `cells` has a row per bid and a column per entry of `columns`, the columns of one part side by side.
    `individual` holds every member's entry but those of recused members; `agreed` the agreed entries. `drawn` are the
    places of a drawn lot by bid, 0 the first.
    """

    method: Method
    bids: tuple[str, ...]
    prices: tuple[Fraction | None, ...]
    parts: tuple[Part, ...]
    columns: tuple[Column, ...]
    cells: Cells
    individual: Entries
    agreed: Entries
    drawn: Mapping[int, int] = field(default_factory=dict)


def cell_type(most_steps: int) -> np.dtype[Any]:
    """Return the type of cells that holds so many steps exactly.

    >>> cell_type(5), cell_type(10**24)
    (dtype('uint8'), dtype('O'))
    """
    for kind in (np.uint8, np.uint16, np.uint32):
        if most_steps <= np.iinfo(kind).max:
            return np.dtype(kind)
    return np.dtype(object)
