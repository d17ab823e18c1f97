"""How often the ranking survives small differences of judgement: a seeded simulation.

In every simulation one score of every bid, chosen at random among all that count, is one step higher or
lower (at an end of the scale, the only way there is). Minimums and price formulas apply as published.
Differences are added to totals in double precision and rounded to nine decimals before comparing: these are
frequencies, not results. What each single move does, medians included, is worked out beforehand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tender_scoring.combining import spans
from tender_scoring.plan import Part
from tender_scoring.prices import PriceFormula
from tender_scoring.whatif import WhatIf

Floats = NDArray[np.float64]
_CELLS_AT_ONCE = 1 << 18


@dataclass(frozen=True, slots=True)
class BidStability:
    """How often a bid came first (ties included), and its best and worst rank (None if never standing)."""

    bid: str
    first: int
    best: int | None
    worst: int | None

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as JSON values."""
        return {"bid": self.bid, "first": self.first, "best": self.best, "worst": self.worst}


@dataclass(frozen=True, slots=True)
class Stability:
    """What `simulations` simulations from one seed gave; `winner_kept` counts those with the same winners."""

    seed: int
    simulations: int
    winner_kept: int
    bids: tuple[BidStability, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the simulation as JSON values."""
        return {
            "seed": self.seed,
            "simulations": self.simulations,
            "winner_kept": self.winner_kept,
            "bids": [bid.to_dict() for bid in self.bids],
        }


@dataclass(frozen=True, slots=True, eq=False)
class Moves:
    """What one step on one cell does, by bid and by column downwards, then by column upwards.

    `marks` is the difference of the bid's total, `failures` of the number of minimums it misses.
    """

    marks: Floats
    failures: NDArray[np.int64]


def stability(what: WhatIf, *, seed: int, simulations: int) -> Stability:
    """Return how stable the ranking is under random one-step changes; the same seed gives the same answer."""
    bids = len(what.case.bids)
    moves = moves_of(what)
    field = _Field(what)
    winners = np.zeros(bids, bool)
    winners[list(what.order(what.standing).winners)] = True
    first = np.zeros(bids, np.int64)
    best, worst = np.full(bids, bids + 1), np.zeros(bids, np.int64)
    kept = 0
    random = np.random.default_rng(seed)
    batch = max(1, _CELLS_AT_ONCE // bids)
    for start in range(0, simulations, batch):
        size = min(batch, simulations - start)
        values = field.values(*_draw(moves, random, size))
        leads = (values == values.max(axis=1, keepdims=True)) & np.isfinite(values)
        first += leads.sum(axis=0)
        kept += int((leads == winners).all(axis=1).sum())
        ranks = ranks_of(values)
        best = np.minimum(best, ranks.min(axis=0))
        worst = np.maximum(worst, np.where(ranks > bids, 0, ranks).max(axis=0))
    rows = zip(what.case.bids, first.tolist(), best.tolist(), worst.tolist(), strict=True)
    return Stability(seed, simulations, kept, tuple(_of_bid(*row) for row in rows))


def _of_bid(name: str, first: int, best: int, worst: int) -> BidStability:
    return BidStability(name, first, best, worst) if worst else BidStability(name, 0, None, None)


def _draw(moves: Moves, random: np.random.Generator, size: int) -> tuple[Floats, NDArray[np.int64]]:
    """Return the differences of marks and of failures of every bid in so many simulations."""
    bids, choices = moves.marks.shape
    if not choices:
        return np.zeros((size, bids)), np.zeros((size, bids), np.int64)
    chosen = random.integers(0, choices, (size, bids), dtype=np.int32) + np.arange(bids, dtype=np.int32) * choices
    if not moves.failures.any():
        return moves.marks.ravel()[chosen], np.zeros((1, bids), np.int64)
    return moves.marks.ravel()[chosen], moves.failures.ravel()[chosen]


def moves_of(what: WhatIf) -> Moves:
    """Return what every single move of a counting score does."""
    case = what.case
    kind = object if case.cells.dtype == object else np.int64
    sums = np.array(what.sums, kind).reshape(len(case.bids), len(case.parts))
    least = dict(what.minimums)
    marks: list[Floats] = []
    failures: list[NDArray[np.int64]] = []
    for direction in (-1, 1):
        for index, (start, end) in enumerate(spans(case.columns, len(case.parts))):
            part = case.parts[index]
            if not part.counts:
                continue
            block = case.cells[:, start:end].astype(kind)
            step = what.form.factors[index] / what.form.denominator
            for column in range(end - start):
                change = _change(block, column, direction, part)
                marks.append(np.asarray(change, np.float64) * step)
                failures.append(_failures(sums[:, index], change, least.get(index)))
    bids = len(case.bids)
    if not marks:
        return Moves(np.zeros((bids, 0)), np.zeros((bids, 0), np.int64))
    return Moves(np.stack(marks, axis=1), np.stack(failures, axis=1))


def _change(block: Any, column: int, direction: int, part: Part) -> Any:
    """Return how the sums of a part change once one column has moved one step, staying on the scale."""
    away = block[:, column] + direction
    change = np.where((away < 0) | (away > part.scale.steps), -direction, direction)
    if part.combine != "median":
        return change
    moved = block.copy()
    moved[:, column] += change
    count = moved.shape[1]
    middle = slice((count - 1) // 2, count // 2 + 1)
    return np.sort(moved, axis=1)[:, middle].sum(axis=1) - np.sort(block, axis=1)[:, middle].sum(axis=1)


def _failures(before: Any, change: Any, least: Fraction | None) -> NDArray[np.int64]:
    """Return how many minimums more (1), as many (0) or fewer (-1) a bid misses after a change of a sum."""
    if least is None:
        return np.zeros(len(before), np.int64)
    needed = -(-least // 1)  # sums are whole, so at least the minimum is at least its ceiling
    return np.asarray((before + change < needed).astype(np.int64) - (before < needed).astype(np.int64))


class _Field:
    """Totals in double precision of many simulations at once."""

    def __init__(self, what: WhatIf) -> None:
        case = what.case
        self.quality = np.array([quality / what.form.denominator for quality in what.quality])
        self.price = np.array([float(price or 1) for price in case.prices])
        self.failures = np.array([len(failed) for failed in what.failed])
        self.failures[list(what.over_ceiling)] += len(case.parts) + 1
        self.formulas = [(float(worth), formula) for worth, formula in what.prices]
        self.per_pound = case.method.ranking == "price_per_quality_point"

    def values(self, marks: Floats, failures: NDArray[np.int64]) -> Floats:
        """Return what ranks each bid in each simulation, minus infinity where it does not stand."""
        stands = self.failures + failures == 0
        totals = self.quality + marks
        for worth, formula in self.formulas:
            totals += worth * _shares(formula, self.price, stands)
        if self.per_pound:
            totals /= self.price
        return np.where(stands, np.round(totals, 9), -np.inf)


def _shares(formula: PriceFormula, price: Floats, stands: NDArray[np.bool_]) -> Floats:
    """Return the share of the marks that every price earns among those that stand in each simulation."""
    lowest = np.where(stands, price, np.inf).min(axis=1, keepdims=True)
    lowest[np.isinf(lowest)] = 1.0  # nobody stands, so the figure is not used
    if formula.name == "lowest_relative":
        return np.asarray(lowest / price)
    if formula.name == "percentage_deviation":
        return np.asarray(np.maximum(0, 1 - (price - lowest) / lowest))
    if formula.name == "min_max":
        highest = np.where(stands, price, -np.inf).max(axis=1, keepdims=True)
        spread = np.where(highest > lowest, highest - lowest, 1.0)
        return np.where(highest > lowest, (highest - price) / spread, 1.0)
    if formula.name == "mean_relative":
        count = np.maximum(stands.sum(axis=1, keepdims=True), 1)
        mean = np.where(stands.any(axis=1, keepdims=True), np.where(stands, price, 0).sum(axis=1, keepdims=True), 1)
        mean = mean / count
        return np.asarray(np.clip(50 - 100 * (price - mean) / mean, 0, 100) / 100)
    if formula.ceiling is not None:
        return np.minimum(1, (float(formula.ceiling) - price) / float(formula.ceiling - formula.floor))
    return _banded(formula.bands, 100 * (price - lowest) / lowest)


def _banded(bands: Sequence[tuple[Any, Any]], over: Floats) -> Floats:
    limits = np.array([float(limit) for limit, _ in bands])
    marks = np.array([*(float(share) / 100 for _, share in bands), 0.0])
    # a hair of room, so that a price exactly on a limit is within it in double precision too
    return np.asarray(marks[np.searchsorted(limits + 1e-9, over)])


def ranks_of(values: Floats) -> NDArray[np.int64]:
    """Return the ranks in each row, highest first, equal ones shared; a row's length + 1 if not standing.

    >>> ranks_of(np.array([[5.0, 7.0, 5.0, -np.inf]])).tolist()
    [[2, 1, 2, 5]]
    """
    order = np.argsort(-values, axis=1)
    ordered = np.take_along_axis(values, order, axis=1)
    width = values.shape[1]
    new = np.ones(values.shape, bool)
    new[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    firsts = np.maximum.accumulate(np.where(new, np.arange(width), 0), axis=1) + 1
    ranks = np.empty(values.shape, np.int64)
    np.put_along_axis(ranks, order, firsts, axis=1)
    ranks[np.isneginf(values)] = width + 1
    return ranks
