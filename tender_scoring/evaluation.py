"""Executing a method literally: combine, eliminate, price, weigh, rank."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np

from tender_scoring.case import Case
from tender_scoring.case_reading import case_from
from tender_scoring.collector import paused
from tender_scoring.errors import Code, InvalidCase
from tender_scoring.fields import pointer, shown
from tender_scoring.hashing import method_hash
from tender_scoring.method import Method, PriceQuestion
from tender_scoring.prices import PriceField
from tender_scoring.ranking import Ranks
from tender_scoring.result import AboveCeiling, BelowMinimum, Result, Standing, TieBroken
from tender_scoring.steps import narrate
from tender_scoring.totals import Totals


@dataclass(frozen=True, slots=True, eq=False)
class Workings:
    """Everything that the published figures follow from, by index of bid.

    `standing` are the bids that no minimum and no ceiling eliminated, `price_field` their prices where any formula
    compares them, `marks[bid]` the exact marks of every criterion by id, `panels[bid]` of every counting panel.
    """

    totals: Totals
    eliminated: tuple[BelowMinimum | AboveCeiling, ...]
    standing: tuple[int, ...]
    price_field: PriceField | None
    marks: Mapping[int, Mapping[str, Fraction]]
    panels: Mapping[int, Mapping[str, Fraction]]
    total: Mapping[int, Fraction]
    ranks: Ranks

    @property
    def case(self) -> Case:
        """The case they are of."""
        return self.totals.case


def evaluate(case: Case | dict[str, Any]) -> Result:
    """Return the result of a case, given as a Case or as the document that read_case reads.

    Raises InvalidCase for a case that the rules refuse (docs/scoring.md section 2).
    """
    with paused():
        return result_of(work_out(case if isinstance(case, Case) else case_from(case)))


def work_out(case: Case) -> Workings:
    """Return the exact workings of a case."""
    totals = Totals(case)
    standing = totals.standing
    field = totals.field(standing)
    total = {bid: totals.total(bid, field) for bid in standing}
    if totals.per_pound:
        _require_quality(case, total)
    return Workings(
        totals=totals,
        eliminated=tuple(_eliminated(totals)),
        standing=standing,
        price_field=field,
        marks={bid: totals.marks(bid, field) for bid in standing},
        panels={bid: _panels(totals, bid) for bid in standing},
        total=total,
        ranks=totals.order(standing),
    )


def _require_quality(case: Case, total: Mapping[int, Fraction]) -> None:
    for bid, points in total.items():
        if points == 0:
            message = f"The bid {shown(case.bids[bid])} has no quality points to divide its price by."
            raise InvalidCase(Code.ZERO_TOTAL, message, pointer("/bids", case.bids[bid]))


def _eliminated(totals: Totals) -> Iterable[BelowMinimum | AboveCeiling]:
    """Yield every elimination in tree order: of one criterion by panel, of one panel by bid."""
    case = totals.case
    parts_by_criterion: dict[str, list[int]] = {}
    for index, part in enumerate(case.parts):
        parts_by_criterion.setdefault(part.criterion, []).append(index)
    for node, _ in case.method.walk():
        if isinstance(node, PriceQuestion) and (ceiling := node.formula.ruled_out_above) is not None:
            for bid, name in enumerate(case.bids):
                if node.formula.eliminates(totals.price(bid)):
                    yield AboveCeiling(name, node.id, totals.price(bid), ceiling)
        for index in parts_by_criterion.get(node.id, []):
            part = case.parts[index]
            for bid in np.flatnonzero(totals.below[:, index]).tolist():
                score = part.scale.score(Fraction(int(totals.sums[bid, index]), totals.divisors[index]))
                yield BelowMinimum(case.bids[bid], part.criterion, part.panel, score, part.minimum or Fraction(0))


def _panels(totals: Totals, bid: int) -> Mapping[str, Fraction]:
    """Return the marks of quality that each counting panel gave one bid."""
    form, sums = totals.form, totals.row(bid)
    whole = {name: 0 for name, panel in sorted(totals.case.method.panels.items()) if panel.counts}
    for index, part in enumerate(totals.case.parts):
        if part.counts:
            whole[part.panel] += form.constants[index] + form.factors[index] * sums[index]
    return MappingProxyType({name: Fraction(marks, form.denominator) for name, marks in whole.items()})


def result_of(work: Workings) -> Result:
    """Return the published result of exact workings."""
    case, names = work.case, work.case.bids
    return Result(
        ranking=tuple(
            Standing(
                names[bid],
                place,
                work.total[bid],
                work.marks[bid],
                work.panels[bid],
                work.totals.price(bid) / work.total[bid] if work.totals.per_pound else None,
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
                score = part.scale.score(Fraction(int(work.totals.sums[bid, index]), work.totals.divisors[index]))
                pilots[part.panel][name][part.criterion] = part.scale.normalised(score)
    return pilots
