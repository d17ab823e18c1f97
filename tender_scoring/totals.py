"""The one numeric engine: exact totals, and who would be where if something were different.

Quality is a sum of whole numbers over one denominator (plan.LinearForm), added up for all bids at once; marks for
prices are fractions, worked out once for each field of prices. Bids are put in order by totals in double precision
wherever these differ by more than their worst error, and by the exact fractions wherever they do not, so every order
is exact. Results, what-ifs, simulations and steps all read the same figures from here.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from itertools import pairwise
from math import ceil, lcm
from operator import add
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tender_scoring.case import Case
from tender_scoring.combining import combine
from tender_scoring.method import DRAWN_LOT, HUNDRED, LOWEST_PRICE, Group, PriceQuestion, Question
from tender_scoring.plan import linear_form
from tender_scoring.prices import COMPARED, PriceField
from tender_scoring.ranking import Ranks, Value, rank

Floats = NDArray[np.float64]

CLOSE = 1e-10
"""How near two values, as a share of the highest, are decided by fractions. A value in double precision is made of
exact figures by at most six roundings, each wrong by at most 2**-53 of the highest: less than 1e-15 together."""
_FIELDS_KEPT = 64


class Totals:
    """The exact quantities that decide a case, by index of bid and part.

    `sums[bid, part] / divisors[part]` are combined scores in steps, `form` turns them into marks; `quality` is every
    bid's total of quality over `form.denominator`. `below[bid, part]` tells who is under a minimum, `over_ceiling`
    whom a price alone eliminates, and `standing` are the others.
    """

    def __init__(self, case: Case) -> None:
        combined = combine(case.cells, case.columns, case.parts)
        self.case, self.divisors = case, combined.divisors
        self.form = linear_form(case.parts, combined.divisors)
        # 100 marks are the most that quality can be, and no term is negative, so that int64 holds every partial sum
        fits = combined.sums.dtype != object and HUNDRED * self.form.denominator < 1 << 63
        self.sums: NDArray[Any] = combined.sums if fits else combined.sums.astype(object)
        factors = np.array(self.form.factors, self.sums.dtype)
        self.quality: list[int] = list(map(int, (self.sums @ factors + sum(self.form.constants)).tolist()))
        self.formulas = [(worth, node.formula) for node, worth in case.method.walk() if isinstance(node, PriceQuestion)]
        self.per_pound = case.method.ranking == "price_per_quality_point"
        self.least = {
            index: ceil(part.least_steps * divisor)  # sums are whole: at least the minimum is at least its ceiling
            for index, (part, divisor) in enumerate(zip(case.parts, self.divisors, strict=True))
            if part.least_steps is not None
        }
        self.below = np.zeros(self.sums.shape, np.bool_)
        for index, least in self.least.items():
            self.below[:, index] = self.sums[:, index] < least
        self.over_ceiling = np.array(
            [any(formula.eliminates(self.price(bid)) for _, formula in self.formulas) for bid in range(len(case.bids))]
        )
        stands = ~(self.below.any(axis=1) | self.over_ceiling)
        self.standing: tuple[int, ...] = tuple(np.flatnonzero(stands).tolist())
        self._compared = [name for name in COMPARED if any(name in formula.compares for _, formula in self.formulas)]
        self._unit = lcm(*(price.denominator for price in case.prices if price is not None))
        self._units = [int((price or 0) * self._unit) for price in case.prices]
        self._prices = np.array([float(price or 1) for price in case.prices])
        self._quality = np.array([quality / self.form.denominator for quality in self.quality])
        self._known: dict[tuple[Fraction, ...], tuple[list[Fraction], Floats]] = {}

    def price(self, bid: int) -> Fraction:
        """Return the price of a bid, in pounds, of a method that needs prices."""
        price = self.case.prices[bid]
        if price is None:
            raise AssertionError("a case whose method needs prices has them")
        return price

    def field(self, bids: Sequence[int]) -> PriceField | None:
        """Return the prices of bids, which the formulas compare, or None where no formula or no bid is."""
        if not self.formulas or not bids:
            return None
        return PriceField.of((self._units[bid] for bid in bids), self._unit)

    def figures(self, field: PriceField | None) -> tuple[Fraction, ...]:
        """Return what the formulas of the method look at; marks for prices move only with these."""
        return () if field is None else tuple(field.figure(name) for name in self._compared)

    def price_marks(self, field: PriceField | None) -> tuple[list[Fraction], Floats]:
        """Return every bid's marks for its price, exactly and in double precision."""
        if field is None:
            return [Fraction(0)] * len(self.case.bids), np.zeros(len(self.case.bids))
        figures = self.figures(field)
        if figures not in self._known:
            if len(self._known) == _FIELDS_KEPT:
                self._known.clear()
            exact = [
                reduce(add, [worth * formula.share(self.price(bid), field) for worth, formula in self.formulas])
                for bid in range(len(self.case.bids))
            ]
            self._known[figures] = exact, np.array([float(marks) for marks in exact])
        return self._known[figures]

    def quality_of(self, sums: Sequence[int]) -> int:
        """Return the total of quality of one row of sums, over the form's denominator."""
        terms = zip(self.form.factors, sums, strict=True)
        return sum(self.form.constants) + sum(factor * steps for factor, steps in terms)

    def total(self, bid: int, field: PriceField | None, quality: int | None = None) -> Fraction:
        """Return a bid's exact total out of 100, given the prices that are compared."""
        numerator = self.quality[bid] if quality is None else quality
        return Fraction(numerator, self.form.denominator) + self.price_marks(field)[0][bid]

    def value(self, bid: int, total: Fraction) -> Fraction:
        """Return what the method ranks by, higher first: the total, or marks per pound (the inverse of the price
        per quality point, which puts the lowest price per point first)."""
        return total / self.price(bid) if self.per_pound else total

    def values(self, price_marks: Floats, moved: Floats | float = 0.0) -> Floats:
        """Return what every bid is ranked by in double precision, its marks of quality moved by so much."""
        totals = self._quality + moved + price_marks
        return np.asarray(totals / self._prices if self.per_pound else totals)

    def marks(self, bid: int, field: PriceField | None, sums: Sequence[int] | None = None) -> Mapping[str, Fraction]:
        """Return the exact marks of every criterion for one bid, children before their group."""
        row = self.row(bid) if sums is None else sums
        whole: dict[str, int] = {}
        for index, part in enumerate(self.case.parts):
            earned = self.form.constants[index] + self.form.factors[index] * row[index]
            whole[part.criterion] = whole.get(part.criterion, 0) + earned
        marks: dict[str, Fraction] = {}
        for node, worth in self.case.method.walk():
            if isinstance(node, Question):
                marks[node.id] = Fraction(whole[node.id], self.form.denominator)
            elif isinstance(node, Group):
                marks[node.id] = sum((marks[child.id] for child in node.children), Fraction(0))
            elif field is not None:
                marks[node.id] = worth * node.formula.share(self.price(bid), field)
        return MappingProxyType(marks)

    def row(self, bid: int) -> list[int]:
        """Return the sums of a bid."""
        return list(map(int, self.sums[bid].tolist()))

    def order(
        self,
        bids: Iterable[int],
        rows: Mapping[int, Sequence[int]] | None = None,
        among: Sequence[int] | None = None,
    ) -> Ranks:
        """Return the exact ranks of bids, ties broken as published, some of them with other sums than they have.

        The prices compared are theirs, or those of the bids `among` which they are.
        """
        chosen, changed = list(bids), rows or {}
        field = self.field(chosen if among is None else among)
        moved = np.zeros(len(self.case.bids))
        for bid, row in changed.items():
            moved[bid] = (self.quality_of(row) - self.quality[bid]) / self.form.denominator
        values = self.values(self.price_marks(field)[1], moved)[chosen]
        order = np.argsort(-values, kind="stable")
        ordered, named = values[order], [chosen[index] for index in order.tolist()]
        apart = np.flatnonzero(ordered[:-1] - ordered[1:] > CLOSE * ordered[:1]) + 1
        places: list[tuple[int, int]] = []
        ties: list[tuple[int, ...]] = []
        broken: list[tuple[tuple[int, ...], str]] = []
        for start, end in pairwise([0, *apart.tolist(), len(named)]):
            if end - start == 1:
                places.append((named[start], start + 1))
                continue
            settled = self._settled(sorted(named[start:end]), field, changed)
            places += [(bid, start + place) for bid, place in settled.places]
            ties += settled.ties
            broken += settled.broken
        return Ranks(tuple(places), tuple(ties), tuple(broken))

    def _settled(self, bids: list[int], field: PriceField | None, rows: Mapping[int, Sequence[int]]) -> Ranks:
        """Return the ranks among bids that double precision cannot tell apart."""
        values: dict[int, Value] = {}
        for bid in bids:
            quality = self.quality_of(rows[bid]) if bid in rows else None
            values[bid] = self.value(bid, self.total(bid, field, quality))
        plain = rank(values)
        tied = [bid for tie in plain.ties for bid in tie]
        if not tied or not self.case.method.tie_break:
            return plain
        marks = {bid: self.marks(bid, field, rows.get(bid)) for bid in tied}
        breakers: list[tuple[str, Mapping[int, Value]]] = []
        for name in self.case.method.tie_break:
            if name == LOWEST_PRICE:
                breakers.append((name, {bid: -self.price(bid) for bid in tied}))
            elif name == DRAWN_LOT:
                breakers.append((name, {bid: -place for bid, place in self.case.drawn.items()}))
            else:
                breakers.append((name, {bid: by_id[name] for bid, by_id in marks.items()}))
        return rank(values, breakers)

    def chosen(self, ranks: Ranks) -> tuple[int, ...]:
        """Return the bids that are awarded a place: as many of the first ones as the method has winners, ties and all.

        Which of them comes first says nothing here: what decides is who is in at all.
        """
        return ranks.within(self.case.method.winners)

    def names(self, bids: Iterable[int]) -> tuple[str, ...]:
        """Return the ids of bids."""
        return tuple(self.case.bids[bid] for bid in bids)
