"""A board of scores that is ranked again on every change: exact, without steps.

Here are the arrays and what follows from the method alone; board_ranking.py calculates on them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import gcd, lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tender_scoring.case import Case, Cells, Column, cell_type
from tender_scoring.combining import spans
from tender_scoring.exact_sums import Weights, weights_for
from tender_scoring.method import Method, PriceQuestion
from tender_scoring.plan import LinearForm, Part, linear_form, parts_of
from tender_scoring.prices import PriceFormula


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """What follows from the method and the columns alone, and is worked out once."""

    parts: tuple[Part, ...]
    columns: tuple[Column, ...]
    divisors: tuple[int, ...]
    form: LinearForm
    weights: Weights
    medians: tuple[tuple[int, int, int], ...]
    minimums: tuple[tuple[int, int, int, int], ...]
    prices: tuple[tuple[Fraction, PriceFormula], ...]

    @classmethod
    def of(cls, method: Method, columns: tuple[Column, ...]) -> "Layout":
        """Return the layout of a method's parts over columns, those of one part side by side."""
        parts = parts_of(method)
        bounds = list(spans(columns, len(parts)))
        divisors = tuple(_divisor(part, end - start) for part, (start, end) in zip(parts, bounds, strict=True))
        form = _reduced(linear_form(parts, divisors))
        factors = [0 if parts[column.part].combine == "median" else form.factors[column.part] for column in columns]
        most = max((part.scale.steps for part in parts), default=0)
        named = list(enumerate(zip(parts, bounds, strict=True)))
        least = {index: _least(part, divisors[index]) for index, (part, _) in named}
        return cls(
            parts,
            columns,
            divisors,
            form,
            weights_for(factors, most),
            tuple((index, *span) for index, (part, span) in named if part.combine == "median"),
            tuple((index, *span, steps) for index, (_, span) in named if (steps := least[index]) is not None),
            tuple((worth, node.formula) for node, worth in method.walk() if isinstance(node, PriceQuestion)),
        )


def _divisor(part: Part, members: int) -> int:
    return members if part.combine != "median" else 2 - members % 2


def _least(part: Part, divisor: int) -> int | None:
    """Return the least whole sum of steps that is not below a part's minimum."""
    least = part.least_steps
    return None if least is None else -((-least * divisor) // 1)


def _reduced(form: LinearForm) -> LinearForm:
    common = gcd(form.denominator, *form.constants, *form.factors)
    return LinearForm(
        form.denominator // common,
        tuple(value // common for value in form.constants),
        tuple(value // common for value in form.factors),
    )


@dataclass(frozen=True, eq=False)
class Board:
    """Scores and prices of bids by number, as arrays.

    `cells` has a row per bid and a column per entry of `layout.columns`: whole steps above the bottom of the
    scale. `prices` are whole multiples of `price_unit` pounds, None where the method needs none.
    """

    method: Method
    layout: Layout
    cells: Cells
    prices: NDArray[Any] | None
    price_unit: Fraction

    def with_score(self, bid: int, criterion: str, panel: str, member: str | None, score: Fraction) -> "Board":
        """Return the board with one cell changed; `member` is None for the agreed score of a panel.

        Raises KeyError for a cell that the board does not have, ValueError for a score off its scale.
        """
        named = {
            (
                self.layout.parts[column.part].criterion,
                self.layout.parts[column.part].panel,
                column.member,
            ): index
            for index, column in enumerate(self.layout.columns)
        }
        index = named[criterion, panel, member]
        part = self.layout.parts[self.layout.columns[index].part]
        steps = part.scale.steps_to(score)
        if steps is None or not 0 <= steps <= part.scale.steps:
            raise ValueError(f"{score} is not on the scale of {criterion}")
        cells = self.cells.copy()
        cells[bid, index] = steps
        return replace(self, cells=cells)

    def price(self, bid: int) -> Fraction | None:
        """Return the exact price of a bid in pounds."""
        return None if self.prices is None else int(self.prices[bid]) * self.price_unit


def board_of(case: Case) -> Board:
    """Return the board of a complete case, its bids numbered in the order of their ids."""
    prices = None
    unit = Fraction(1)
    if case.method.needs_price:
        known = [price for price in case.prices if price is not None]
        unit = Fraction(1, lcm(1, *(price.denominator for price in known)))
        whole = [int(price / unit) for price in known]
        prices = np.array(whole, np.int64 if max(whole) < 1 << 53 else object)
    return Board(case.method, Layout.of(case.method, case.columns), case.cells, prices, unit)


def board_from_arrays(
    method: Method,
    members: Mapping[str, Sequence[str]],
    cells: NDArray[Any],
    prices: NDArray[np.int64] | None = None,
) -> Board:
    """Return the board of prepared arrays, prices in whole pounds.

    `members` names who scores, by panel that combines by mean or median; each scores every criterion of the
    panel. The columns of `cells` are then, for every part in the order of the method, its members in order of
    their names, or one agreed score. Raises ValueError for arrays of another shape, type or range.
    """
    parts = parts_of(method)
    columns = tuple(
        Column(index, member)
        for index, part in enumerate(parts)
        for member in ([None] if part.combine == "agreed" else sorted(members[part.panel]))
    )
    if cells.ndim != 2 or cells.shape[1] != len(columns):
        raise ValueError(f"cells need {len(columns)} columns")
    if cells.dtype != cell_type(max((part.scale.steps for part in parts), default=0)):
        raise ValueError("cells need the smallest unsigned type that holds the steps of every scale")
    tops = np.array([parts[column.part].scale.steps for column in columns], cells.dtype)
    if len(cells) and (cells.max(axis=0) > tops).any():
        raise ValueError("a cell is above the top of its scale")
    if method.needs_price and (prices is None or prices.shape != (len(cells),)):
        raise ValueError("every bid needs a price")
    if prices is not None and len(prices) and not 0 < int(prices.min()) <= int(prices.max()) < 1 << 53:
        raise ValueError("a price is a whole number of pounds above 0 and below 2**53")
    return Board(method, Layout.of(method, columns), cells, prices, Fraction(1))
