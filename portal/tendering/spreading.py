"""Weights inside published ranges that total 100, as near to the middle of each range as the sum allows."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal

HUNDRED = Decimal(100)
Range = tuple[Decimal, Decimal]


def spread(ranges: Sequence[Range]) -> list[Decimal]:
    """Give a weight for each (lowest, highest): all the same part of the way up their ranges, totalling 100.

    Whole numbers where every bound is one, else hundredths. Where no choice totals 100 the weights are as near to it
    as the ranges reach, and somebody has to put the ranges right.
    """
    low, high = sum((r[0] for r in ranges), Decimal(0)), sum((r[1] for r in ranges), Decimal(0))
    if low >= HUNDRED or high <= HUNDRED:
        return [bounds[0] if low >= HUNDRED else bounds[1] for bounds in ranges]
    unit = Decimal(1) if all(bound == int(bound) for bounds in ranges for bound in bounds) else Decimal("0.01")
    exact = [lowest + (HUNDRED - low) * (highest - lowest) / (high - low) for lowest, highest in ranges]
    weights = [(weight / unit).to_integral_value(ROUND_FLOOR) * unit for weight in exact]
    # The units that rounding down has left over go to those that lost most by it.
    left = int((HUNDRED - sum(weights, Decimal(0))) / unit)
    by_loss = sorted(range(len(exact)), key=lambda place: weights[place] - exact[place])
    for place in by_loss[:left]:
        weights[place] += unit
    return weights
