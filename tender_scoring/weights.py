"""What everything is worth before any bid exists."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tender_scoring.method import HUNDRED, Method, PriceQuestion, Question
from tender_scoring.method_reading import read_method


@dataclass(frozen=True, slots=True)
class EffectiveWeight:
    """The exact marks, out of the 100 of the whole method, that one panel gives on one criterion.

    `panel` is None for a price criterion; a pilot panel's marks are 0.
    """

    criterion: str
    panel: str | None
    marks: Fraction


def validate_method(method: Method | dict[str, Any]) -> Method:
    """Return the method that a document states, or raise InvalidCase with a place inside that document.

    >>> rounding = {"places": 2, "mode": "half_up"}
    >>> validate_method({"scales": {}, "panels": {}, "criteria": [], "rounding": rounding})
    Traceback (most recent call last):
    tender_scoring.errors.InvalidCase: There is no criterion. (no_criteria at /criteria)
    """
    return method if isinstance(method, Method) else read_method(method)


def effective_weights(method: Method | dict[str, Any]) -> tuple[EffectiveWeight, ...]:
    """Return the marks out of 100 of every criterion that earns any, by panel, in tree order; they total 100.

    This is the table that shows whether "40% young people" is 40 of all marks or 40% of quality.

    >>> weights = effective_weights({
    ...     "scales": {"0-5": {"minimum": "0", "maximum": "5"}},
    ...     "panels": {"professional": {"combine": "agreed"}, "young_people": {"combine": "agreed"}},
    ...     "criteria": [
    ...         {"id": "quality", "weight": "70", "panels": {"professional": "60", "young_people": "40"},
    ...          "scale": "0-5"},
    ...         {"id": "price", "weight": "30", "price": {"formula": "lowest_relative"}}],
    ...     "rounding": {"places": 4, "mode": "half_up"}})
    >>> [(weight.criterion, weight.panel, str(weight.marks)) for weight in weights]
    [('quality', 'professional', '42'), ('quality', 'young_people', '28'), ('price', None, '30')]
    """
    weights: list[EffectiveWeight] = []
    for node, marks in validate_method(method).walk():
        if isinstance(node, PriceQuestion):
            weights.append(EffectiveWeight(node.id, None, marks))
        elif isinstance(node, Question):
            weights.extend(EffectiveWeight(node.id, panel, marks * share / HUNDRED) for panel, share in node.shares)
    return tuple(weights)
