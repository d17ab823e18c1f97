"""What scales, minimums, tie-breaks and price formulas must satisfy, in the commissioner's words."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from portal.core.errors import InvalidInput
from portal.core.numbers import plain
from portal.core.words import listed, marks
from portal.tendering.models import AwardCriterion, InvitationToTender, Panel, Scale
from tender_scoring.errors import InvalidCase
from tender_scoring.prices import FORMULAS, Parameter, read_formula

LOWEST_PRICE = "lowest_price"
MOST_POINTS = 21
ROWS = 5
"""Rows that a price formula's table of percentages has."""


def points_of(minimum: Decimal, maximum: Decimal, step: Decimal) -> list[Decimal]:
    """List the points of a scale from its minimum to its maximum.

    Raises `InvalidInput` beside `maximum` or `step` when the step does not lead from one to the other.
    """
    if minimum < 0:
        raise InvalidInput("The lowest score must be 0 or more.", field="minimum")
    if maximum <= minimum:
        raise InvalidInput("The highest score must be above the lowest.", field="maximum")
    if step <= 0:
        raise InvalidInput("The step must be more than 0.", field="step")
    if (maximum - minimum) % step:
        raise InvalidInput(
            f"Steps of {plain(step)} do not lead from {plain(minimum)} exactly to {plain(maximum)}.",
            field="step",
        )
    count = int((maximum - minimum) / step) + 1
    if count > MOST_POINTS:
        raise InvalidInput(f"A scale has at most {MOST_POINTS} points; this one has {count}.", field="step")
    return [minimum + step * index for index in range(count)]


def require_minimum(minimum: Decimal, scale: Scale) -> None:
    """Refuse a minimum score that is not on its scale."""
    on_grid = (minimum - scale.minimum) % scale.step == 0
    if not scale.minimum <= minimum <= scale.maximum or not on_grid:
        raise InvalidInput(
            f"The minimum {plain(minimum)} is not on the scale {scale.key}: it runs from {plain(scale.minimum)} "
            f"to {plain(scale.maximum)} in steps of {plain(scale.step)}.",
            field="minimum",
        )


def require_tie_break(itt: InvitationToTender, names: Sequence[str]) -> None:
    """Refuse a tie-break that names nothing of this invitation, or the same thing twice."""
    known = {node.key for node in itt.criteria} | {LOWEST_PRICE}
    for name in names:
        if name not in known:
            raise InvalidInput(f"“{name}” is neither a criterion nor the lowest price.", field="tie_break")
    if len(set(names)) != len(names):
        raise InvalidInput("Choose each tie-break once.", field="tie_break")


def require_formula(formula: dict[str, Any]) -> None:
    """Refuse a price formula that the scoring engine would not execute, beside the figures that are wrong."""
    try:
        read_formula(formula, "")
    except InvalidCase as fault:
        known = FORMULAS.get(formula.get("formula", ""))
        beside = inputs_of(known.parameters[-1])[0] if known and known.parameters else "formula"
        raise InvalidInput(fault.message, field=beside) from fault


def inputs_of(parameter: Parameter) -> list[str]:
    """The names of the fields that ask for a price formula's parameter, row by row where it has columns."""
    if not parameter.columns:
        return [parameter.key]
    return [
        f"{parameter.label.lower()}_{row}_{column}"
        for row in range(1, ROWS + 1)
        for column in range(1, len(parameter.columns) + 1)
    ]


def minimum_words(node: AwardCriterion) -> str:
    """Which score of whose rules a bid out, in a sentence; "" where none does.

    Each panel that counts decides by itself, whatever its share is (`tender_scoring/evaluation.py`).
    """
    if node.minimum is None:
        return ""
    panels = [share.panel.name for share in node.shares if share.share > 0 and share.panel.counts]
    who = listed(panels) if len(panels) < 2 else f"any one of these panels: {listed(panels)}"
    return f"A bid is ruled out by a score below {marks(node.minimum)} from {who or 'a panel'}."


def combine_words(panel: Panel) -> str:
    """How a panel's members come to its score, in sentences."""
    if panel.combine.is_agreed:
        said = "Its members score alone first, then talk and agree one score with a reason."
    else:
        which = "average" if panel.combine.is_mean else "middle one"
        said = f"Its score is the {which} of its members’ scores; at least {panel.quorum} must score."
    return said if panel.counts else f"{said} It is a pilot: its scores are shown and change nothing."
