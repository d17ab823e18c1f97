"""Asking who would win if something were different, on the same exact linear form as the result."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from tender_scoring.case import Case
from tender_scoring.combining import combine
from tender_scoring.evaluation import bid_marks, price_field, price_of, tie_breakers
from tender_scoring.method import PriceQuestion
from tender_scoring.plan import linear_form
from tender_scoring.prices import PriceField
from tender_scoring.ranking import Ranks, Value, rank


class WhatIf:
    """The exact quantities that decide a case, by index of bid and part.

    `sums`, `divisors` and `form` are those of the result; `quality` is every bid's total of quality over
    `form.denominator`; `failed` the parts on which a bid is below a minimum; `over_ceiling` the bids that a
    price alone eliminates.
    """

    def __init__(self, case: Case) -> None:
        combined = combine(case.cells, case.columns, case.parts)
        self.case = case
        self.sums: list[list[int]] = [list(map(int, row)) for row in combined.sums.tolist()]
        self.divisors = combined.divisors
        self.form = linear_form(case.parts, combined.divisors)
        self.quality = [self.quality_of(row) for row in self.sums]
        self.prices = [(worth, node.formula) for node, worth in case.method.walk() if isinstance(node, PriceQuestion)]
        self.minimums = [
            (index, least * divisor)
            for index, (part, divisor) in enumerate(zip(case.parts, self.divisors, strict=True))
            if (least := part.least_steps) is not None
        ]
        self.failed = [frozenset(self.failures_of(row)) for row in self.sums]
        self.over_ceiling = frozenset(
            bid
            for bid in range(len(case.bids))
            if any(formula.eliminates(price_of(case, bid)) for _, formula in self.prices)
        )
        self.standing = tuple(
            bid for bid in range(len(case.bids)) if not self.failed[bid] and bid not in self.over_ceiling
        )

    def quality_of(self, sums: Sequence[int]) -> int:
        """Return the total of quality of one row of sums, over the form's denominator."""
        return sum(self.form.constants) + sum(
            factor * steps for factor, steps in zip(self.form.factors, sums, strict=True)
        )

    def fails(self, part: int, steps: int) -> bool:
        """Tell whether a sum of steps is strictly below the minimum of a part."""
        return any(index == part and steps < least for index, least in self.minimums)

    def failures_of(self, sums: Sequence[int]) -> Iterable[int]:
        """Yield the parts on which a row of sums is below a minimum."""
        return (part for part, least in self.minimums if sums[part] < least)

    def total(self, bid: int, field: PriceField | None, quality: int | None = None) -> Fraction:
        """Return a bid's exact total out of 100, given the prices that are compared."""
        numerator = self.quality[bid] if quality is None else quality
        total = Fraction(numerator, self.form.denominator)
        if field is not None:
            price = price_of(self.case, bid)
            total += sum((worth * formula.share(price, field) for worth, formula in self.prices), Fraction(0))
        return total

    def value(self, bid: int, total: Fraction) -> Fraction:
        """Return what the method ranks by, higher first: the total, or marks per pound."""
        return total if self.case.method.ranking == "highest_total" else total / price_of(self.case, bid)

    def order(self, standing: Iterable[int], rows: Mapping[int, Sequence[int]] | None = None) -> Ranks:
        """Return the ranks among the given bids, some of them with other sums than they have."""
        changed = rows or {}
        bids = list(standing)
        field = price_field(self.case, bids)
        values: dict[int, Value] = {}
        for bid in bids:
            quality = self.quality_of(changed[bid]) if bid in changed else None
            values[bid] = self.value(bid, self.total(bid, field, quality))
        return self.broken(values, field, changed)

    def broken(self, values: Mapping[int, Value], field: PriceField | None, rows: Mapping[int, Sequence[int]]) -> Ranks:
        """Return ranks by value, the published tie-break applied to whatever is equal."""
        plain = rank(values)
        tied = [bid for tie in plain.ties for bid in tie]
        if not tied:
            return plain
        case = self.case
        marks = {
            bid: bid_marks(case.method, case.parts, self.form, rows.get(bid, self.sums[bid]), case.prices[bid], field)
            for bid in tied
        }
        return rank(values, tie_breakers(case.method, marks, dict(enumerate(case.prices))))

    def names(self, bids: Iterable[int]) -> tuple[str, ...]:
        """Return the ids of bids."""
        return tuple(self.case.bids[bid] for bid in bids)
