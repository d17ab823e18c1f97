"""Whether marks follow something that they should not: the bid as a whole, the order of reading, or who bids.

Four effects, each with what chance alone would make of the same marks: the marks stay as they are and what they are
compared with is dealt out anew, at random from a seed that is kept, or in every way there is where these are few. An
effect is `beyond` where it lies outside what 95 of 100 such deals give; one in twenty does so by chance. Below the
least numbers it says that there are too few. None of them says why, and none ever moves a mark. The figures are in
double precision, of a member's position between the ends of a scale, 0 to 1.

These are randomisation tests: R. A. Fisher, The Design of Experiments, 1935, chapter II; E. S. Edgington and
P. Onghena, Randomization Tests, 4th edition, 2007. For the order of reading the deal is how it was: at random.
Halo: E. L. Thorndike, A Constant Error in Psychological Ratings, Journal of Applied Psychology 4, 1920.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from math import comb
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tender_scoring.case import Case
from tender_scoring.totals import Floats, Totals

TRIALS = 200
LEAST_BIDS = 5
"""Bids that a member judged beside others: five can be in 120 orders."""
LEAST_MEMBERS = 3
"""Members of a panel for a halo: of two, each differs from the other by as much, and nobody can say whose it is."""
LEAST_QUESTIONS = 2
LEAST_DEALS = 40
"""Ways to deal a label out to bids: with fewer, no outcome lies outside 95 of 100."""
MOST_DEALS = 5000
"""Up to so many ways, every one is worked out."""
_OUTSIDE = 0.025


@dataclass(frozen=True, slots=True)
class Background:
    """What a case does not hold: the order in which each member met the bids, and what is known of the bidders.

    `incumbents` have or had a contract with the buyer, `small` are small or medium-sized; None where nobody asked.
    """

    met: Mapping[str, Sequence[str]] = field(default_factory=dict)
    incumbents: Collection[str] | None = None
    small: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """One effect in one panel, of one `member` for a halo.

    `kind` is `halo` (the mean correlation between questions of how far a member is from the others on a bid), `order`
    (how much higher, as a share of the scale, the last bid that is met is marked than the first), `incumbent` or
    `small` (how much higher, as a share of the panel's marks, such bids come out than the others). By chance it would
    lie between `low` and `high` in 95 of 100 of so many `trials`, from `seed`, or of every way there is where `seed` is
    None. `size` is None where there are too few `bids`, members or questions to say.
    """

    kind: str
    panel: str
    member: str | None
    bids: int
    size: float | None = None
    low: float = 0.0
    high: float = 0.0
    trials: int = 0
    seed: int | None = None

    @property
    def verdict(self) -> str:
        """`too_few`, `within` what chance would make of it, or `beyond`; a halo is beyond only above it."""
        if self.size is None:
            return "too_few"
        low = self.size < self.low and self.kind != "halo"
        return "beyond" if low or self.size > self.high else "within"

    def to_dict(self) -> dict[str, Any]:
        """Return the effect as JSON values."""
        stated = {"kind": self.kind, "panel": self.panel, "member": self.member, "bids": self.bids}
        figures = {"size": self.size, "low": self.low, "high": self.high}
        shown = {name: None if figure is None else f"{figure + 0.0:.4f}" for name, figure in figures.items()}
        return stated | shown | {"trials": self.trials, "seed": self.seed, "verdict": self.verdict}


def effects(what: Totals, background: Background, *, seed: int) -> tuple[Effect, ...]:
    """Return every effect of a case, by panel in the order of their ids; the same seed gives the same answer."""
    case = what.case
    found: list[Effect] = []
    for panel in sorted(case.method.panels):
        given = _given(case, panel)
        if given is not None:
            enough = len(given.members) >= LEAST_MEMBERS
            for name, apart in zip(given.members, given.apart, strict=True):
                found.append(_halo(panel, name, apart if enough else apart[:0], seed))
            if background.met:
                found.append(_order(case, panel, given, background.met, seed))
        if any(part.panel == panel and part.counts for part in case.parts):
            for kind, label in (("incumbent", background.incumbents), ("small", background.small)):
                if label is not None:
                    found.append(_between(what, panel, kind, label, seed))
    return tuple(found)


@dataclass(frozen=True, slots=True, eq=False)
class _Given:
    """How far each member of a panel is from the mean of the others, by member, bid and question; NaN where alone."""

    members: Sequence[str]
    apart: Floats


def _given(case: Case, panel: str) -> _Given | None:
    entries = case.individual
    own = [index for index, part in enumerate(case.parts) if part.panel == panel]
    chosen = np.flatnonzero(np.isin(entries.parts, own))
    if not len(chosen):
        return None
    names = [entries.members[index] or "" for index in chosen.tolist()]
    members = sorted(set(names))
    number = {name: index for index, name in enumerate(members)}
    length = np.array([part.scale.steps for part in case.parts], np.float64)
    parts = entries.parts[chosen]
    place = np.full((len(members), len(case.bids), len(case.parts)), np.nan)
    steps = np.array([float(entries.steps[index]) for index in chosen.tolist()])
    place[[number[name] for name in names], entries.bids[chosen], parts] = steps / length[parts]
    place = place[:, :, own]
    there = np.isfinite(place)
    count = there.sum(axis=0)
    others = np.where(count > 1, count - 1, np.nan)
    return _Given(members, place - (np.where(there, place, 0.0).sum(axis=0) - place) / others)


def _judged(size: Floats | float, deals: Floats, seed: int | None) -> dict[str, Any]:
    """Return the figures of an effect, without the last roundings of double precision, which are no effect."""
    low, high = np.quantile(np.round(deals, 12), (_OUTSIDE, 1 - _OUTSIDE), method="inverted_cdf")
    figures = {"size": round(float(size), 12), "low": float(low), "high": float(high)}
    return {**figures, "trials": len(deals), "seed": seed}


def _halo(panel: str, member: str, apart: Floats, seed: int) -> Effect:
    asked = apart[:, np.isfinite(apart).any(axis=0)]
    whole = asked[np.isfinite(asked).all(axis=1)]
    bids, questions = whole.shape
    centred = whole - whole.mean(axis=0) if bids else whole
    spread = float((centred**2).sum())
    if bids < LEAST_BIDS or questions < LEAST_QUESTIONS or spread < 1e-12:
        return Effect("halo", panel, member, bids)

    def together(table: Floats) -> Floats:
        return np.asarray(((table.sum(axis=-1) ** 2).sum(axis=-1) - spread) / ((questions - 1) * spread))

    random = np.random.default_rng(seed)
    columns = np.ascontiguousarray(centred.T)
    dealt = np.array([together(random.permuted(columns, axis=1).T) for _ in range(TRIALS)])
    return Effect("halo", panel, member, bids, **_judged(together(centred), dealt, seed))


def _order(case: Case, panel: str, given: _Given, met: Mapping[str, Sequence[str]], seed: int) -> Effect:
    random = np.random.default_rng(seed)
    number = {name: index for index, name in enumerate(case.bids)}
    most, weight, sloped, dealt = 0, 0.0, 0.0, np.zeros(TRIALS)
    for member, apart in zip(given.members, given.apart, strict=True):
        judged = np.isfinite(apart).any(axis=1)
        bids = [number[name] for name in met.get(member, ()) if name in number and judged[number[name]]]
        if len(bids) < LEAST_BIDS:
            continue
        most = max(most, len(bids))
        rows = apart[bids]
        marks = np.where(np.isfinite(rows), rows, 0.0).sum(axis=1) / np.isfinite(rows).sum(axis=1)
        place = np.linspace(-0.5, 0.5, len(bids))
        weight += float(place @ place)
        sloped += float(place @ marks)
        dealt += random.permuted(np.tile(place, (TRIALS, 1)), axis=1) @ marks
    if not weight:
        return Effect("order", panel, None, most)
    return Effect("order", panel, None, most, **_judged(sloped / weight, dealt / weight, seed))


def _between(what: Totals, panel: str, kind: str, label: Collection[str], seed: int) -> Effect:
    """Return how much higher the labelled bids come out than the others, as a share of the panel's marks."""
    case = what.case
    own = [index for index, part in enumerate(case.parts) if part.panel == panel]
    bids, marked = len(case.bids), [index for index, name in enumerate(case.bids) if name in label]
    few, worth = len(marked), sum((case.parts[index].marks for index in own), Fraction(0))
    if comb(bids, few) < LEAST_DEALS:
        return Effect(kind, panel, None, bids)
    share = [float(_earned(what, bid, own) / worth) for bid in range(bids)]
    marks, whole = np.array(share), sum(share)

    def apart(inside: NDArray[np.float64]) -> Floats:
        return np.asarray(inside / few - (whole - inside) / (bids - few))

    every = comb(bids, few) <= MOST_DEALS
    dealt = apart(np.fromiter(_every(marks, few) if every else _some(marks, few, seed), np.float64))
    return Effect(kind, panel, None, bids, **_judged(apart(marks[marked].sum()), dealt, None if every else seed))


def _earned(what: Totals, bid: int, parts: Sequence[int]) -> Fraction:
    row, form = what.row(bid), what.form
    return Fraction(sum(form.constants[index] + form.factors[index] * row[index] for index in parts), form.denominator)


def _every(marks: Floats, few: int) -> Iterator[float]:
    for dealt in combinations(range(len(marks)), few):
        yield float(marks[list(dealt)].sum())


def _some(marks: Floats, few: int, seed: int) -> Iterator[float]:
    random = np.random.default_rng(seed)
    for _ in range(TRIALS):
        yield float(random.permutation(marks)[:few].sum())
