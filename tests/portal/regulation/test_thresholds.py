"""The money thresholds."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from portal.regulation.thresholds import ThresholdKind, ThresholdUnknown, is_above_threshold, threshold

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("kind", "amount"),
    [
        (ThresholdKind.GOODS_SERVICES_SUB_CENTRAL, "207720"),
        (ThresholdKind.GOODS_SERVICES_CENTRAL, "135018"),
        (ThresholdKind.LIGHT_TOUCH, "663540"),
        (ThresholdKind.LIGHT_TOUCH_CONCESSION, "5372609"),
        (ThresholdKind.LIGHT_TOUCH_UTILITY, "884720"),
        (ThresholdKind.WORKS_OR_CONCESSION, "5193000"),
        (ThresholdKind.NOTIFIABLE_SUB_CENTRAL, "30000"),
        (ThresholdKind.NOTIFIABLE_CENTRAL, "12000"),
    ],
)
def test_the_amounts_in_force(kind: ThresholdKind, amount: str) -> None:
    """The amounts from 1 January 2026, in pounds including VAT."""
    assert threshold(kind, TODAY).amount == Decimal(amount)


def test_the_value_at_the_threshold_is_above_it() -> None:
    """A light-touch contract of exactly the threshold is a public contract; a penny less is not."""
    assert is_above_threshold(Decimal("663540"), light_touch=True, on=TODAY)
    assert not is_above_threshold(Decimal("663539.99"), light_touch=True, on=TODAY)


def test_an_ordinary_service_has_the_lower_threshold() -> None:
    """A value between the two thresholds is above for ordinary services and below for light touch."""
    value = Decimal(300000)
    assert is_above_threshold(value, light_touch=False, on=TODAY)
    assert not is_above_threshold(value, light_touch=True, on=TODAY)


def test_a_value_that_cannot_be_estimated_counts_as_above() -> None:
    """No estimate means the stricter rules (PA2023 Sch 3)."""
    assert is_above_threshold(None, light_touch=True, on=TODAY)


def test_five_million_pounds_itself_does_not_exceed_five_million() -> None:
    """Duties above £5 million begin a penny later."""
    copy = threshold(ThresholdKind.CONTRACT_COPY, TODAY)
    assert not copy.reached_by(Decimal(5000000))
    assert copy.reached_by(Decimal("5000000.01"))


def test_an_unrecorded_day_is_refused() -> None:
    """Nothing is assumed for a day before the first recorded threshold."""
    with pytest.raises(ThresholdUnknown, match="31 December 2025"):
        threshold(ThresholdKind.LIGHT_TOUCH, date(2025, 12, 31))
