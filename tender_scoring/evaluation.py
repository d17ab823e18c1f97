"""Executing a method literally: combine, eliminate, price, weigh, rank."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from types import MappingProxyType
from typing import Any

from tender_scoring.case import Case
from tender_scoring.case_reading import case_from
from tender_scoring.collector import paused
from tender_scoring.combining import combine
from tender_scoring.errors import Code, InvalidCase
from tender_scoring.fields import pointer, shown
from tender_scoring.hashing import method_hash
from tender_scoring.method import Group, Method, PriceQuestion, Question
from tender_scoring.plan import LinearForm, Part, linear_form
from tender_scoring.prices import PriceField
from tender_scoring.ranking import Ranks, Value, rank
from tender_scoring.result import AboveCeiling, BelowMinimum, Result, Standing, TieBroken
from tender_scoring.steps import narrate


@dataclass(frozen=True, slots=True, eq=False)
class Workings:
    """Everything that the published figures follow from, by index of bid and of part.

    `sums[bid][part] / divisors[part]` are combined scores in steps, `form` turns them into marks, `standing`
    are the bids that no minimum and no ceiling eliminated, `price_field` their prices where any compares
    them, `marks[bid]` the exact marks of every criterion by id.
    """

    case: Case
    sums: list[list[int]]
    divisors: tuple[int, ...]
    form: LinearForm
    eliminated: tuple[BelowMinimum | AboveCeiling, ...]
    standing: tuple[int, ...]
    price_field: PriceField | None
    marks: Mapping[int, Mapping[str, Fraction]]
    panels: Mapping[int, Mapping[str, Fraction]]
    totals: Mapping[int, Fraction]
    ranks: Ranks


def evaluate(case: Case | dict[str, Any]) -> Result:
    """Return the result of a case, given as a Case or as the document that read_case reads.

    Raises InvalidCase for a case that the rules refuse (docs/scoring.md section 2).
    """
    with paused():
        return result_of(work_out(case if isinstance(case, Case) else case_from(case)))


def work_out(case: Case) -> Workings:
    """Return the exact workings of a case."""
    combined = combine(case.cells, case.columns, case.parts)
    sums = [list(map(int, row)) for row in combined.sums.tolist()]
    form = linear_form(case.parts, combined.divisors)
    eliminated = tuple(_eliminated(case, sums, combined.divisors))
    out = {entry.bid for entry in eliminated}
    standing = tuple(index for index, bid in enumerate(case.bids) if bid not in out)
    field = price_field(case, standing)
    marks = {bid: bid_marks(case.method, case.parts, form, sums[bid], case.prices[bid], field) for bid in standing}
    roots = [criterion.id for criterion in case.method.criteria]
    totals = {bid: sum((marks[bid][name] for name in roots), Fraction(0)) for bid in standing}
    return Workings(
        case=case,
        sums=sums,
        divisors=combined.divisors,
        form=form,
        eliminated=eliminated,
        standing=standing,
        price_field=field,
        marks=marks,
        panels={bid: _panels(case, form, sums[bid]) for bid in standing},
        totals=totals,
        ranks=rank(ranking_values(case, totals), tie_breakers(case.method, marks, dict(enumerate(case.prices)))),
    )


def price_field(case: Case, standing: Iterable[int]) -> PriceField | None:
    """Return the prices that the formulas compare, or None where no price criterion or no bid stands."""
    if not any(isinstance(node, PriceQuestion) for node, _ in case.method.walk()):
        return None
    prices = [price for price in (case.prices[bid] for bid in standing) if price is not None]
    return PriceField.of(prices) if prices else None


def ranking_values(case: Case, totals: Mapping[int, Fraction]) -> dict[int, Value]:
    """Return what bids are ranked by, higher first: the total, or quality per pound (the inverse of the price
    per quality point, which puts the lowest price per point first)."""
    if case.method.ranking == "highest_total":
        return dict(totals)
    for bid, total in totals.items():
        if total == 0:
            message = f"The bid {shown(case.bids[bid])} has no quality points to divide its price by."
            raise InvalidCase(Code.ZERO_TOTAL, message, pointer("/bids", case.bids[bid]))
    return {bid: total / price_of(case, bid) for bid, total in totals.items()}


def tie_breakers(
    method: Method, marks: Mapping[int, Mapping[str, Fraction]], prices: Mapping[int, Fraction | None]
) -> list[tuple[str, Mapping[int, Value]]]:
    """Return the published tie-breaks in order, each as a value by bid of which the higher wins."""
    found: list[tuple[str, Mapping[int, Value]]] = []
    for name in method.tie_break:
        if name == "lowest_price":
            found.append((name, {bid: -(prices[bid] or Fraction(0)) for bid in marks}))
        else:
            found.append((name, {bid: by_id[name] for bid, by_id in marks.items()}))
    return found


def price_of(case: Case, bid: int) -> Fraction:
    """Return the price of a bid, in pounds, of a method that needs prices."""
    price = case.prices[bid]
    if price is None:
        raise AssertionError("a case whose method needs prices has them")
    return price


def _eliminated(case: Case, sums: list[list[int]], divisors: tuple[int, ...]) -> Iterable[BelowMinimum | AboveCeiling]:
    """Yield every elimination in tree order: of one criterion by panel, of one panel by bid."""
    parts_by_criterion: dict[str, list[int]] = {}
    for index, part in enumerate(case.parts):
        parts_by_criterion.setdefault(part.criterion, []).append(index)
    for node, _ in case.method.walk():
        if isinstance(node, PriceQuestion) and node.formula.ceiling is not None:
            for bid, name in enumerate(case.bids):
                if node.formula.eliminates(price_of(case, bid)):
                    yield AboveCeiling(name, node.id, price_of(case, bid), node.formula.ceiling)
        for index in parts_by_criterion.get(node.id, []):
            part = case.parts[index]
            least = part.least_steps
            if least is None or part.minimum is None:
                continue
            for bid, name in enumerate(case.bids):
                steps = Fraction(sums[bid][index], divisors[index])
                if steps < least:
                    yield BelowMinimum(name, part.criterion, part.panel, part.scale.score(steps), part.minimum)


def bid_marks(
    method: Method,
    parts: Sequence[Part],
    form: LinearForm,
    sums: Sequence[int],
    price: Fraction | None,
    field: PriceField | None,
) -> Mapping[str, Fraction]:
    """Return the exact marks of every criterion for one bid, children before their group."""
    whole: dict[str, int] = {}
    for index, part in enumerate(parts):
        earned = form.constants[index] + form.factors[index] * sums[index]
        whole[part.criterion] = whole.get(part.criterion, 0) + earned
    marks: dict[str, Fraction] = {}
    for node, worth in method.walk():
        if isinstance(node, Question):
            marks[node.id] = Fraction(whole[node.id], form.denominator)
        elif isinstance(node, Group):
            marks[node.id] = sum((marks[child.id] for child in node.children), Fraction(0))
        elif field is not None and price is not None:
            marks[node.id] = worth * node.formula.share(price, field)
    return MappingProxyType(marks)


def _panels(case: Case, form: LinearForm, sums: list[int]) -> Mapping[str, Fraction]:
    """Return the marks of quality that each counting panel gave one bid."""
    whole = {name: 0 for name, panel in sorted(case.method.panels.items()) if panel.counts}
    for index, part in enumerate(case.parts):
        if part.counts:
            whole[part.panel] += form.constants[index] + form.factors[index] * sums[index]
    return MappingProxyType({name: Fraction(marks, form.denominator) for name, marks in whole.items()})


def result_of(work: Workings) -> Result:
    """Return the published result of exact workings."""
    case, names = work.case, work.case.bids
    by_price = case.method.ranking == "price_per_quality_point"
    return Result(
        ranking=tuple(
            Standing(
                names[bid],
                place,
                work.totals[bid],
                work.marks[bid],
                work.panels[bid],
                price_of(case, bid) / work.totals[bid] if by_price else None,
            )
            for bid, place in work.ranks.places
        ),
        eliminated=work.eliminated,
        ties=tuple(tuple(names[bid] for bid in tie) for tie in work.ranks.ties),
        tie_broken_by=tuple(TieBroken(tuple(names[bid] for bid in tie), by) for tie, by in work.ranks.broken),
        pilots=_pilots(work, case.method),
        method_hash=method_hash(case.method),
        places=case.method.places,
        _narrate=partial(narrate, work),
    )


def _pilots(work: Workings, method: Method) -> Mapping[str, Mapping[str, Mapping[str, Fraction]]]:
    pilots: dict[str, dict[str, dict[str, Fraction]]] = {
        name: {bid: {} for bid in work.case.bids} for name, panel in sorted(method.panels.items()) if not panel.counts
    }
    for index, part in enumerate(work.case.parts):
        if not part.counts:
            for bid, name in enumerate(work.case.bids):
                score = part.scale.score(Fraction(work.sums[bid][index], work.divisors[index]))
                pilots[part.panel][name][part.criterion] = part.scale.normalised(score)
    return pilots
