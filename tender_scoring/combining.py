"""Within a panel, many scores become one: agreed, mean or median, as published.

Aggregating inside the panel before weighting panels is what makes a panel's weight independent of how many
members attend (the scoring rules, docs/scoring.md section 1).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tender_scoring.case import Cells, Column
from tender_scoring.plan import Part


@dataclass(frozen=True, slots=True, eq=False)
class Combined:
    """The combined score of every bid on every part, as steps: `sums[bid, part] / divisors[part]`."""

    sums: NDArray[Any]
    divisors: tuple[int, ...]


def spans(columns: Sequence[Column], parts: int) -> Iterator[tuple[int, int]]:
    """Yield the first and the past-the-last column of every part."""
    start = 0
    for part in range(parts):
        end = start
        while end < len(columns) and columns[end].part == part:
            end += 1
        yield start, end
        start = end


def combine(cells: Cells, columns: Sequence[Column], parts: Sequence[Part]) -> Combined:
    """Return the combined scores of all bids, exactly.

    Cells of an integer type hold at most 2**32 steps, and a part has at most 2**21 columns, so that no sum
    reaches 2**53: int64 cannot overflow. Larger scales come as Python integers, which cannot either.
    """
    kind = object if cells.dtype == object else np.int64
    bounds = list(spans(columns, len(parts)))
    if not bounds:
        return Combined(np.zeros((len(cells), 0), kind), ())
    sums = np.add.reduceat(cells, [start for start, _ in bounds], axis=1, dtype=kind)
    divisors = [end - start for start, end in bounds]
    for index, (start, end) in enumerate(bounds):
        if parts[index].combine == "median":
            block = np.sort(cells[:, start:end], axis=1)[:, (end - start - 1) // 2 : (end - start) // 2 + 1]
            sums[:, index], divisors[index] = block.sum(axis=1, dtype=kind), block.shape[1]
    return Combined(sums, tuple(divisors))
