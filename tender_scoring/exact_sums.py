"""Weighted sums of small whole numbers, exact and as fast as floating point.

NumPy multiplies integer matrices one number at a time but floats at the speed of memory. A float32 holds
every whole number up to 2**24 exactly, a float64 up to 2**53. So the integer weights are cut into limbs of so
few bits that no sum of one limb, in whatever order it is added up, can leave that range:

    most * sum(limb) <= 2**24 (or 2**53)    where no cell is above `most`

Every partial sum is then a whole number in the range, no rounding ever happens, and the limbs are put
together in int64 if `most * sum(weights) < 2**63`. Where that fails, Python integers do the same sum.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_ROWS_AT_ONCE = 512
_MOST_LIMBS = 4
_RANGES: tuple[tuple[Any, int], ...] = ((np.float32, 24), (np.float64, 53))


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Integer weights of columns, ready for exact sums of cells between 0 and `most`.

    `limbs` are vectors of one float type, the lowest `bits` bits first; empty where only Python integers do.
    """

    exact: tuple[int, ...]
    bits: int
    limbs: tuple[NDArray[Any], ...]


def weights_for(exact: Sequence[int], most: int) -> Weights:
    """Return weights cut so that no sum can be inexact, or without limbs where there is no such cut."""
    if any(weight < 0 for weight in exact) or most * sum(exact) >= 1 << 63:
        return Weights(tuple(exact), 0, ())
    for kind, digits in _RANGES:
        bits = digits - (most * max(len(exact), 1)).bit_length()  # so most * len * (2**bits - 1) < 2**digits
        needed = max((weight.bit_length() for weight in exact), default=0)
        if most * sum(exact) <= 1 << digits:
            bits = max(needed, 1)
        count = -(-max(needed, 1) // bits) if bits > 0 else _MOST_LIMBS + 1
        if count <= _MOST_LIMBS:
            mask = (1 << bits) - 1
            limbs = tuple(np.array([weight >> bits * limb & mask for weight in exact], kind) for limb in range(count))
            return Weights(tuple(exact), bits, limbs)
    return Weights(tuple(exact), 0, ())


def _product(floats: NDArray[Any], limb: NDArray[Any]) -> NDArray[np.int64]:
    """One limb's sums. A product that were no number would still be refused, by the conversion."""
    # Some BLAS kernels read past the end of a row and discard what they find, and leave the processor's flag behind.
    with np.errstate(invalid="ignore"):
        product: NDArray[Any] = floats @ limb
    return product.astype(np.int64)


def weighted_sums(cells: NDArray[Any], weights: Weights) -> NDArray[Any]:
    """Return the exact weighted sum of every row: int64, or Python integers where the proof does not hold.

    >>> weighted_sums(np.array([[1, 2], [3, 4]], np.uint8), weights_for([10, 1], 4)).tolist()
    [12, 34]
    """
    if not weights.limbs or cells.dtype == object:
        return np.asarray(cells.astype(object) @ np.array(weights.exact, object))
    sums = np.empty(len(cells), np.int64)
    kind = weights.limbs[0].dtype
    rows = min(_ROWS_AT_ONCE, len(cells))
    buffer = np.empty((rows, cells.shape[1]), kind)  # a block at a time stays in the processor's cache
    for start in range(0, len(cells), max(rows, 1)):
        block = cells[start : start + rows]
        floats = buffer[: len(block)]
        np.copyto(floats, block)
        total = _product(floats, weights.limbs[0])
        for place, limb in enumerate(weights.limbs[1:], 1):
            total += _product(floats, limb) << weights.bits * place
        sums[start : start + rows] = total
    return sums
