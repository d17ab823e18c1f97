"""Scales, minimums, tie-breaks and price formulas."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from portal.core.errors import InvalidInput
from portal.tendering.method_rules import points_of, require_formula, require_minimum, require_tie_break
from tests.factories.tendering import draft_itt


@pytest.mark.parametrize(
    ("minimum", "maximum", "step", "field"),
    [
        ("-1", "5", "1", "minimum"),
        ("5", "5", "1", "maximum"),
        ("0", "5", "0", "step"),
        ("0", "5", "2", "step"),
        ("0", "100", "1", "step"),
    ],
)
def test_a_scale_that_does_not_work_is_refused(minimum: str, maximum: str, step: str, field: str) -> None:
    """It starts at zero or more, rises, its step leads exactly to its end, and it has at most 21 points."""
    with pytest.raises(InvalidInput) as refused:
        points_of(Decimal(minimum), Decimal(maximum), Decimal(step))
    assert refused.value.field == field


def test_the_points_of_a_scale() -> None:
    """Halves from 1 to 3."""
    points = points_of(Decimal(1), Decimal(3), Decimal("0.5"))
    assert [str(point) for point in points] == ["1.0", "1.5", "2.0", "2.5", "3.0"]


@pytest.mark.parametrize("minimum", ["6", "-1", "2.5"])
def test_a_minimum_off_the_scale_is_refused(db_session: object, minimum: str) -> None:
    """A minimum lies on its scale, steps included, and the refusal says where the scale runs."""
    scale = draft_itt().scales[0]
    with pytest.raises(InvalidInput, match="it runs from 0 to 5 in steps of 1") as refused:
        require_minimum(Decimal(minimum), scale)
    assert refused.value.field == "minimum"
    require_minimum(Decimal(5), scale)


def test_a_tie_break_names_something_once(db_session: object) -> None:
    """Criteria of this invitation or the lowest price, each once."""
    itt = draft_itt()
    require_tie_break(itt, ["service", "our-voice", "lowest_price"])
    with pytest.raises(InvalidInput, match="“first-come” is neither a criterion nor the lowest price"):
        require_tie_break(itt, ["first-come"])
    with pytest.raises(InvalidInput, match="Choose each tie-break once"):
        require_tie_break(itt, ["service", "service"])


@pytest.mark.parametrize(
    ("formula", "field"),
    [
        ({"formula": "cheapest"}, "formula"),
        ({"formula": "benchmark", "floor": "240000", "ceiling": "180000"}, "ceiling"),
        ({"formula": "banded", "bands": [["10", "80"], ["5", "90"]]}, "band_1_1"),
    ],
)
def test_a_formula_that_the_engine_refuses_is_refused(formula: dict[str, Any], field: str) -> None:
    """The refusal stands beside what is wrong."""
    with pytest.raises(InvalidInput) as refused:
        require_formula(formula)
    assert refused.value.field == field
