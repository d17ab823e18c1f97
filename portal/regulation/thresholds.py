"""The money thresholds of the Procurement Act 2023, with the day from which each applies.

All amounts are pounds **including VAT** (PA2023 s.123(2)). Source: PA2023 Sch 1 as amended by SI 2025/1200.
They are revised every two years, so each carries the day on which it should be looked at again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from portal.core.errors import PortalError


class ThresholdKind(StrEnum):
    """What a threshold is for."""

    GOODS_SERVICES_SUB_CENTRAL = "GOODS_SERVICES_SUB_CENTRAL"
    GOODS_SERVICES_CENTRAL = "GOODS_SERVICES_CENTRAL"
    LIGHT_TOUCH = "LIGHT_TOUCH"
    LIGHT_TOUCH_CONCESSION = "LIGHT_TOUCH_CONCESSION"
    LIGHT_TOUCH_UTILITY = "LIGHT_TOUCH_UTILITY"
    WORKS_OR_CONCESSION = "WORKS_OR_CONCESSION"
    NOTIFIABLE_SUB_CENTRAL = "NOTIFIABLE_SUB_CENTRAL"
    NOTIFIABLE_CENTRAL = "NOTIFIABLE_CENTRAL"
    KEY_PERFORMANCE_INDICATORS = "KEY_PERFORMANCE_INDICATORS"
    CONTRACT_COPY = "CONTRACT_COPY"
    NAMES_OF_UNSUCCESSFUL = "NAMES_OF_UNSUCCESSFUL"


class ThresholdUnknown(PortalError):
    """No threshold of this kind is recorded for the day asked about."""

    code = "threshold_unknown"
    status = 422


@dataclass(frozen=True)
class Threshold:
    """One amount in pounds including VAT, the law it stands in, and from when.

    `exceeded_above` is true where the law says "more than" the amount, false where it says "not less than".
    `review_from` is the day by which the next revision is expected, None where the amount is fixed in the
    Act.
    """

    kind: ThresholdKind
    amount: Decimal
    law: str
    valid_from: date
    exceeded_above: bool = False
    review_from: date | None = None

    def reached_by(self, value: Decimal) -> bool:
        """Say whether a value in pounds including VAT is at (or, where the law says so, above) the
        threshold.
        """
        return value > self.amount if self.exceeded_above else value >= self.amount


_ACT_IN_FORCE = date(2025, 2, 24)
_REVISED = date(2026, 1, 1)
_NEXT = date(2028, 1, 1)
_SCH1 = "PA2023 Sch 1, SI 2025/1200"


def _schedule_1(kind: ThresholdKind, amount: str) -> Threshold:
    return Threshold(kind, Decimal(amount), _SCH1, _REVISED, review_from=_NEXT)


THRESHOLDS = (
    _schedule_1(ThresholdKind.GOODS_SERVICES_SUB_CENTRAL, "207720"),
    _schedule_1(ThresholdKind.GOODS_SERVICES_CENTRAL, "135018"),
    _schedule_1(ThresholdKind.LIGHT_TOUCH, "663540"),
    _schedule_1(ThresholdKind.LIGHT_TOUCH_CONCESSION, "5372609"),
    _schedule_1(ThresholdKind.LIGHT_TOUCH_UTILITY, "884720"),
    _schedule_1(ThresholdKind.WORKS_OR_CONCESSION, "5193000"),
    Threshold(ThresholdKind.NOTIFIABLE_SUB_CENTRAL, Decimal(30000), "PA2023 s.87(4)", _ACT_IN_FORCE),
    Threshold(ThresholdKind.NOTIFIABLE_CENTRAL, Decimal(12000), "PA2023 s.87(4)", _ACT_IN_FORCE),
    Threshold(ThresholdKind.KEY_PERFORMANCE_INDICATORS, Decimal(5000000), "PA2023 s.52(1)", _ACT_IN_FORCE, True),
    Threshold(ThresholdKind.CONTRACT_COPY, Decimal(5000000), "PA2023 s.53(3)", _ACT_IN_FORCE, True),
    Threshold(ThresholdKind.NAMES_OF_UNSUCCESSFUL, Decimal(5000000), "PR24 reg 27", _ACT_IN_FORCE, True),
)


def threshold(kind: ThresholdKind, on: date) -> Threshold:
    """Find the threshold of a kind in force on a day; raises `ThresholdUnknown` before the first recorded
    one.
    """
    known = [entry for entry in THRESHOLDS if entry.kind is kind and entry.valid_from <= on]
    if not known:
        raise ThresholdUnknown(f"The threshold that applied on {on.day} {on:%B %Y} is not recorded.")
    return max(known, key=lambda entry: entry.valid_from)


def contract_threshold_kind(*, light_touch: bool, sub_central: bool = True) -> ThresholdKind:
    """Choose the threshold for a services contract that is neither works, a concession nor a utility's."""
    if light_touch:
        return ThresholdKind.LIGHT_TOUCH
    return ThresholdKind.GOODS_SERVICES_SUB_CENTRAL if sub_central else ThresholdKind.GOODS_SERVICES_CENTRAL


def is_above_threshold(value: Decimal | None, *, light_touch: bool, on: date, sub_central: bool = True) -> bool:
    """Say whether a services contract is a public contract by its value in pounds including VAT.

    A value that cannot be estimated counts as above the threshold (PA2023 Sch 3). Raises `ThresholdUnknown`.
    """
    if value is None:
        return True
    return threshold(contract_threshold_kind(light_touch=light_touch, sub_central=sub_central), on).reached_by(value)
