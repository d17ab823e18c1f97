"""The method statement as frozen values: scales, panels, the tree of criteria, the order of ranking."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from tender_scoring.fields import decimal_text
from tender_scoring.prices import PriceFormula

HUNDRED = Fraction(100)


@dataclass(frozen=True, slots=True)
class Band:
    """What one score of a scale means, in the words published with it."""

    score: Fraction
    label: str
    descriptor: str


@dataclass(frozen=True, slots=True)
class Scale:
    """A grid of scores from `minimum` to `maximum` by `step`, and how a score becomes a share of marks.

    `from_zero` is score / maximum, `from_minimum` is (score - minimum) / (maximum - minimum): on a scale of
    1 to 9 the two can choose different winners, so the choice is part of the published method.

    >>> scale = Scale(Fraction(1), Fraction(9), Fraction(1), "from_minimum")
    >>> scale.steps, scale.normalised(Fraction(5)), scale.steps_to(Fraction("5.5"))
    (8, Fraction(1, 2), None)
    """

    minimum: Fraction
    maximum: Fraction
    step: Fraction
    normalise: str
    bands: tuple[Band, ...] = ()

    @property
    def steps(self) -> int:
        """The number of steps between the ends."""
        return ((self.maximum - self.minimum) / self.step).numerator

    def steps_to(self, score: Fraction) -> int | None:
        """Return how many steps a score lies above the minimum, or None if it is not on the grid."""
        steps = (score - self.minimum) / self.step
        return steps.numerator if steps.denominator == 1 else None

    def score(self, steps: Fraction | int) -> Fraction:
        """Return the score that lies so many steps (or a mean of steps) above the minimum."""
        return self.minimum + self.step * steps

    def normalised(self, score: Fraction) -> Fraction:
        """Return the share of the marks, 0 to 1, that a score or a mean of scores earns."""
        if self.normalise == "from_zero":
            return score / self.maximum
        return (score - self.minimum) / (self.maximum - self.minimum)

    def to_dict(self) -> dict[str, Any]:
        """Return the scale as the method states it, defaults filled in."""
        stated: dict[str, Any] = {
            "minimum": decimal_text(self.minimum),
            "maximum": decimal_text(self.maximum),
            "step": decimal_text(self.step),
            "normalise": self.normalise,
        }
        if self.bands:
            stated["bands"] = [
                {"score": decimal_text(band.score), "label": band.label, "descriptor": band.descriptor}
                for band in self.bands
            ]
        return stated


@dataclass(frozen=True, slots=True)
class Panel:
    """How the members of a panel become one score: `agreed`, `mean` or `median`.

    `quorum` is the least number of members on every criterion after recusal, 1 for `agreed`, which has none.
    A panel that does not count is a pilot: collected, shown, worth nothing.
    """

    combine: str
    quorum: int = 1
    counts: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Return the panel as the method states it, defaults filled in."""
        stated: dict[str, Any] = {"combine": self.combine, "counts": self.counts}
        if self.combine != "agreed":
            stated["quorum"] = self.quorum
        return stated


@dataclass(frozen=True, slots=True)
class Question:
    """A criterion that panels score. `shares` are percent of its marks by panel, in order of id."""

    id: str
    weight: Fraction
    shares: tuple[tuple[str, Fraction], ...]
    shared: bool
    scale: str
    minimum: Fraction | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the criterion as the method states it."""
        stated: dict[str, Any] = {"id": self.id, "weight": decimal_text(self.weight), "scale": self.scale}
        if self.shared:
            stated["panels"] = {panel: decimal_text(share) for panel, share in self.shares}
        else:
            stated["panel"] = self.shares[0][0]
        if self.minimum is not None:
            stated["minimum"] = decimal_text(self.minimum)
        return stated


@dataclass(frozen=True, slots=True)
class PriceQuestion:
    """A criterion that the price earns, by a formula."""

    id: str
    weight: Fraction
    formula: PriceFormula

    def to_dict(self) -> dict[str, Any]:
        """Return the criterion as the method states it."""
        return {"id": self.id, "weight": decimal_text(self.weight), "price": self.formula.to_dict()}


@dataclass(frozen=True, slots=True)
class Group:
    """A criterion made of criteria, whose weights are percent of its own."""

    id: str
    weight: Fraction
    children: tuple["Criterion", ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the criterion as the method states it."""
        children = [child.to_dict() for child in self.children]
        return {"id": self.id, "weight": decimal_text(self.weight), "children": children}


Criterion = Group | Question | PriceQuestion


LOWEST_PRICE, DRAWN_LOT = "lowest_price", "drawn_lot"
"""What a tie-break can name beside criteria; a lot is drawn outside and given with the case."""


@dataclass(frozen=True)
class Method:
    """A published method statement.

    `places` are the decimals of every published figure, rounded half up; `tie_break` the ids of criteria,
    `lowest_price`, or, last of all, `drawn_lot`, that are tried in order; `ranking` is `highest_total` or
    `price_per_quality_point`; `winners` is how many bids are awarded, in the order of their ranks.
    """

    scales: Mapping[str, Scale]
    panels: Mapping[str, Panel]
    criteria: tuple[Criterion, ...]
    places: int
    tie_break: tuple[str, ...] = ()
    ranking: str = "highest_total"
    winners: int = 1

    @property
    def needs_price(self) -> bool:
        """Whether every bid needs a price: a price criterion, price per point, or a tie-break by price."""
        by_price = self.ranking == "price_per_quality_point" or LOWEST_PRICE in self.tie_break
        return by_price or any(isinstance(node, PriceQuestion) for node, _ in self.walk())

    def walk(self) -> tuple[tuple[Criterion, Fraction], ...]:
        """Return every criterion with its marks out of 100, children before their group, as ordered."""
        return self._walked

    @cached_property
    def _walked(self) -> tuple[tuple[Criterion, Fraction], ...]:
        return tuple(pair for criterion in self.criteria for pair in _walk(criterion, HUNDRED))

    def to_dict(self) -> dict[str, Any]:
        """Return the method as JSON values with defaults filled in and numbers in their shortest form."""
        stated: dict[str, Any] = {
            "scales": {name: scale.to_dict() for name, scale in self.scales.items()},
            "panels": {name: panel.to_dict() for name, panel in self.panels.items()},
            "criteria": [criterion.to_dict() for criterion in self.criteria],
            "rounding": {"places": self.places, "mode": "half_up"},
            "tie_break": list(self.tie_break),
        }
        if self.ranking != "highest_total":
            stated["ranking"] = self.ranking
        if self.winners != 1:
            stated["winners"] = self.winners
        return stated


def _walk(criterion: Criterion, above: Fraction) -> Iterator[tuple[Criterion, Fraction]]:
    marks = above * criterion.weight / HUNDRED
    if isinstance(criterion, Group):
        for child in criterion.children:
            yield from _walk(child, marks)
    yield criterion, marks
