"""The method laid out for calculating: one part for every criterion and panel, in the order of the tree."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from tender_scoring.method import HUNDRED, Method, Question, Scale


@dataclass(frozen=True, slots=True)
class Part:
    """What one panel gives one criterion. `marks` are out of the 100 of the whole method, 0 for a pilot."""

    criterion: str
    panel: str
    marks: Fraction
    scale: Scale
    minimum: Fraction | None
    combine: str
    quorum: int
    counts: bool

    @property
    def least_steps(self) -> Fraction | None:
        """The published minimum as steps above the bottom of the scale; None where nothing eliminates."""
        if self.minimum is None or not self.counts:
            return None
        return (self.minimum - self.scale.minimum) / self.scale.step


def parts_of(method: Method) -> tuple[Part, ...]:
    """Return the parts of a method in tree order, the panels of one criterion in the order of their ids."""
    found: list[Part] = []
    for node, marks in method.walk():
        if isinstance(node, Question):
            for panel_id, share in node.shares:
                panel = method.panels[panel_id]
                worth = marks * share / HUNDRED
                scale = method.scales[node.scale]
                found.append(
                    Part(
                        node.id,
                        panel_id,
                        worth,
                        scale,
                        node.minimum,
                        panel.combine,
                        panel.quorum,
                        panel.counts,
                    )
                )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class LinearForm:
    """Marks as whole numbers over one denominator.

    A part whose combined score is `k / divisor` steps above the bottom of its scale earns
    `(constants[p] + factors[p] * k) / denominator` marks. Every total of quality is thus a sum of integers.
    """

    denominator: int
    constants: tuple[int, ...]
    factors: tuple[int, ...]


def linear_form(parts: Sequence[Part], divisors: Sequence[int]) -> LinearForm:
    """Return the marks of every part as a linear form in its number of steps."""
    constants = [part.marks * part.scale.normalised(part.scale.minimum) for part in parts]
    tops = [part.marks * part.scale.normalised(part.scale.maximum) for part in parts]
    factors = [
        (top - constant) / (part.scale.steps * divisor)
        for part, constant, top, divisor in zip(parts, constants, tops, divisors, strict=True)
    ]
    common = lcm(1, *(value.denominator for value in (*constants, *factors)))
    return LinearForm(
        common,
        tuple((value * common).numerator for value in constants),
        tuple((value * common).numerator for value in factors),
    )
