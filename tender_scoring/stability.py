"""How often the ranking survives small differences of judgement: a seeded simulation.

In every simulation one score of every bid, chosen at random among all that count, is one step higher or
lower (at an end of the scale, the only way there is). Minimums and price formulas apply as published.
Differences are added to totals in double precision and rounded to nine decimals before comparing: these are
frequencies, not results. What each single move does, medians included, is worked out beforehand.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tender_scoring.combining import spans
from tender_scoring.plan import Part
from tender_scoring.totals import Floats, Totals

_CELLS_AT_ONCE = 1 << 16


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


def stability(what: Totals, *, seed: int, simulations: int) -> Stability:
    """Return how stable the ranking is under random one-step changes; the same seed gives the same answer."""
    bids = len(what.case.bids)
    moves = moves_of(what)
    missed = what.below.sum(axis=1) + what.over_ceiling * (len(what.case.parts) + 1)  # no move undoes a ceiling
    winners = np.zeros(bids, bool)
    winners[list(what.chosen(what.order(what.standing)))] = True
    first = np.zeros(bids, np.int64)
    best, worst = np.full(bids, bids + 1), np.zeros(bids, np.int64)
    kept = 0
    random = np.random.default_rng(seed)
    batch = max(1, _CELLS_AT_ONCE // bids)
    for start in range(0, simulations, batch):
        size = min(batch, simulations - start)
        marks, failures = _draw(moves, random, size)
        values = _values(what, marks, missed + failures == 0)
        ranks = ranks_of(values)
        first += (ranks == 1).sum(axis=0)
        kept += int((((ranks <= what.case.method.winners) & (ranks <= bids)) == winners).all(axis=1).sum())
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


def moves_of(what: Totals) -> Moves:
    """Return what every single move of a counting score does."""
    case = what.case
    kind = what.sums.dtype
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
                failures.append(_failures(what.sums[:, index], change, what.least.get(index)))
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


def _failures(before: Any, change: Any, least: int | None) -> NDArray[np.int64]:
    """Return how many minimums more (1), as many (0) or fewer (-1) a bid misses after a change of a sum."""
    if least is None:
        return np.zeros(len(before), np.int64)
    return np.asarray((before + change < least).astype(np.int64) - (before < least).astype(np.int64))


def _values(what: Totals, marks: Floats, stands: NDArray[np.bool_]) -> Floats:
    """Return what ranks each bid in each simulation, minus infinity where it does not stand."""
    rows, which = np.unique(stands, axis=0, return_inverse=True)
    price_marks = np.array([what.price_marks(what.field(np.flatnonzero(row).tolist()))[1] for row in rows])
    values = what.values(price_marks[which.ravel()], marks)
    return np.where(stands, np.round(values, 9), -np.inf)


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
