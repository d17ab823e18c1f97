"""Writing the calculation out, one figure a step, so that it can be followed with a pencil.

An id is a JSON Pointer of names: /bid/criterion/panel/combined, /bid/criterion/marks, /bid/total. An input
that begins with "/" is an earlier step; every other input is a score, a price or a figure of the method.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from tender_scoring.fields import pointer
from tender_scoring.method import Criterion, PriceQuestion, Question
from tender_scoring.plan import Part
from tender_scoring.prices import COMPARED
from tender_scoring.result import Step
from tender_scoring.rounding import exact, half_up

if TYPE_CHECKING:
    from tender_scoring.evaluation import Workings


def narrate(work: "Workings") -> Iterator[Step]:
    """Yield every figure of the workings in the order of the method."""
    return _Narration(work).steps()


class _Figures(NamedTuple):
    """What one sum of steps comes to on a part: the score, and the share and the marks it earns, as texts."""

    score: str
    score_shown: str
    share: str
    share_shown: str
    marks: str
    marks_shown: str


class _Narration:
    def __init__(self, work: "Workings") -> None:
        self.work, self.case, self.places = work, work.case, work.case.method.places
        self.standing = frozenset(work.standing)
        self.roots = [pointer("", bid) for bid in self.case.bids]
        self.parts: dict[str, list[int]] = {}
        for index, part in enumerate(self.case.parts):
            self.parts.setdefault(part.criterion, []).append(index)
        self.scored: dict[int, list[tuple[int, str]]] = {}
        for column, entry in enumerate(self.case.columns):
            self.scored.setdefault(entry.part, []).append((column, entry.member or "agreed"))
        self.singles = self._individual_of_agreed()
        self.figures = [self._figures(index, part) for index, part in enumerate(self.case.parts)]

    def steps(self) -> Iterator[Step]:
        for index, part in enumerate(self.case.parts):
            yield from self._combined(index, part)
        for index, part in enumerate(self.case.parts):
            yield from self._minimum(index, part)
        for node, _ in self.case.method.walk():
            if isinstance(node, PriceQuestion):
                yield from self._ceiling(node)
        yield from self._field()
        for node, worth in self.case.method.walk():
            if isinstance(node, Question):
                yield from self._question(node)
            elif isinstance(node, PriceQuestion):
                yield from self._price(node, worth)
            else:
                yield from self._sums(node.id, node.children, "sum", "marks")
        yield from self._totals()

    def _step(self, identifier: str, rule: str, inputs: dict[str, str], value: Fraction) -> Step:
        return Step(identifier, rule, inputs, exact(value), half_up(value, self.places))

    def _individual_of_agreed(self) -> dict[tuple[int, int], dict[str, str]]:
        """Return the members' own scores of agreed panels: shown beside the agreed score, never averaged."""
        found: dict[tuple[int, int], dict[str, str]] = {}
        if not any(part.combine == "agreed" for part in self.case.parts):
            return found
        entries = self.case.individual
        for bid, index, member, steps in zip(
            entries.bids.tolist(), entries.parts.tolist(), entries.members, entries.steps, strict=True
        ):
            part = self.case.parts[index]
            if part.combine == "agreed":
                found.setdefault((bid, index), {})[f"individual: {member}"] = exact(part.scale.score(steps))
        return {key: dict(sorted(scores.items())) for key, scores in found.items()}

    def _figures(self, index: int, part: Part) -> list[_Figures]:
        """Return the figures of every bid on a part. A board has few different sums: each is written out once."""
        sums, known = self.work.totals.sums[:, index].tolist(), {}
        for total in set(sums):
            score = part.scale.score(Fraction(total, self.work.totals.divisors[index]))
            share = part.scale.normalised(score)
            texts = [text for value in (score, share, part.marks * share)
                     for text in (exact(value), half_up(value, self.places))]  # fmt: skip
            known[total] = _Figures(*texts)
        return [known[total] for total in sums]

    def _combined(self, index: int, part: Part) -> Iterator[Step]:
        names = [name for _, name in self.scored[index]]
        tail = pointer("", part.criterion, part.panel, "combined")
        rows = self.case.cells[:, [column for column, _ in self.scored[index]]].tolist()
        texts = {steps: exact(part.scale.score(steps)) for steps in set(chain.from_iterable(rows))}
        for bid, (root, row, figures) in enumerate(zip(self.roots, rows, self.figures[index], strict=True)):
            inputs = dict(zip(names, map(texts.__getitem__, row), strict=True))
            if (bid, index) in self.singles:
                inputs |= self.singles[bid, index]
            yield Step(root + tail, part.combine, inputs, figures.score, figures.score_shown)

    def _minimum(self, index: int, part: Part) -> Iterator[Step]:
        """Yield each combined score less the minimum: below zero eliminates."""
        if part.least_steps is None or part.minimum is None:
            return
        tail = pointer("", part.criterion, part.panel)
        for root, figures in zip(self.roots, self.figures[index], strict=True):
            inputs = {f"{root}{tail}/combined": figures.score, "minimum": exact(part.minimum)}
            above = Fraction(figures.score) - part.minimum
            yield self._step(f"{root}{tail}/above_minimum", "above_minimum", inputs, above)

    def _ceiling(self, node: PriceQuestion) -> Iterator[Step]:
        """Yield each ceiling less the price: below zero eliminates."""
        ceiling = node.formula.ruled_out_above
        if ceiling is None:
            return
        for bid, root in enumerate(self.roots):
            price = self.case.prices[bid] or Fraction(0)
            inputs = {"ceiling": exact(ceiling), "price": exact(price)}
            identifier = root + pointer("", node.id, "below_ceiling")
            yield self._step(identifier, "below_ceiling", inputs, ceiling - price)

    def _field(self) -> Iterator[Step]:
        field = self.work.price_field
        if field is None:
            return
        bids = [(self.case.bids[bid], self.case.prices[bid] or Fraction(0)) for bid in self.work.standing]
        inputs = {name: exact(price) for name, price in bids}
        compared = {name for _, formula in self.work.totals.formulas for name in formula.compares}
        for name in COMPARED:
            if name in compared:
                yield self._step(f"/{name}_price", f"{name}_price", inputs, field.figure(name))

    def _question(self, node: Question) -> Iterator[Step]:
        for index in self.parts[node.id]:
            yield from self._part(index, self.case.parts[index], shared=len(node.shares) > 1)
        if len(node.shares) > 1:
            tails = [
                (self.figures[index], pointer("", node.id, self.case.parts[index].panel, "marks"))
                for index in self.parts[node.id]
            ]
            own = pointer("", node.id, "marks")
            for bid in self.work.standing:
                root = self.roots[bid]
                inputs = {root + tail: figures[bid].marks for figures, tail in tails}
                yield self._step(root + own, "sum", inputs, self.work.marks[bid][node.id])

    def _part(self, index: int, part: Part, *, shared: bool) -> Iterator[Step]:
        """Yield the normalised score of every bid (of a pilot), and its marks (of a counting panel)."""
        tail = pointer("", part.criterion, part.panel)
        marks_tail = f"{tail}/marks" if shared else pointer("", part.criterion, "marks")
        rule, scale = part.scale.normalise, part.scale
        ends = {"minimum": exact(scale.minimum)} if rule == "from_minimum" else {}
        ends["maximum"] = exact(scale.maximum)
        worth = exact(part.marks)
        for bid, (root, figures) in enumerate(zip(self.roots, self.figures[index], strict=True)):
            if part.counts and bid not in self.standing:
                continue
            place = f"{root}{tail}/normalised"
            inputs = {f"{root}{tail}/combined": figures.score, **ends}
            yield Step(place, rule, inputs, figures.share, figures.share_shown)
            if bid in self.standing:
                inputs = {place: figures.share, "worth": worth}
                yield Step(root + marks_tail, "weigh", inputs, figures.marks, figures.marks_shown)

    def _price(self, node: PriceQuestion, worth: Fraction) -> Iterator[Step]:
        field = self.work.price_field
        if field is None:
            return
        formula = node.formula
        shared = {f"/{name}_price": exact(field.figure(name)) for name in formula.compares}
        shared |= {name: exact(figure) for name, figure in formula.figures().items()}
        for bid in self.work.standing:
            inputs = {"price": exact(self.case.prices[bid] or Fraction(0)), **shared, "worth": exact(worth)}
            identifier = self.roots[bid] + pointer("", node.id, "marks")
            yield self._step(identifier, formula.name, inputs, self.work.marks[bid][node.id])

    def _sums(self, name: str, children: Iterable[Criterion], rule: str, last: str) -> Iterator[Step]:
        tails = [(child.id, pointer("", child.id, "marks")) for child in children]
        for bid in self.work.standing:
            marks = self.work.marks[bid]
            inputs = {self.roots[bid] + tail: exact(marks[child]) for child, tail in tails}
            yield self._step(self.roots[bid] + pointer("", name, last), rule, inputs, marks[name])

    def _totals(self) -> Iterator[Step]:
        tails = [(node.id, pointer("", node.id, "marks")) for node in self.case.method.criteria]
        for bid in self.work.standing:
            root, total = self.roots[bid], self.work.total[bid]
            inputs = {root + tail: exact(self.work.marks[bid][child]) for child, tail in tails}
            yield self._step(f"{root}/total", "total", inputs, total)
            if self.case.method.ranking == "price_per_quality_point":
                price = self.case.prices[bid] or Fraction(0)
                inputs = {"price": exact(price), f"{root}/total": exact(total)}
                yield self._step(f"{root}/price_per_point", "price_per_point", inputs, price / total)
