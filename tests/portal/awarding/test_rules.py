"""What the law says about an award's standstill."""

from __future__ import annotations

import pytest

from portal.awarding.rules import standstill_duty
from portal.regulation.regimes import Regime, Standstill
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttKind


@pytest.mark.parametrize(
    ("kind", "light_touch", "duty"),
    [
        (IttKind.OPEN, False, Standstill.MANDATORY),
        (IttKind.OPEN, True, Standstill.VOLUNTARY),
        (IttKind.DIRECT_AWARD, False, Standstill.VOLUNTARY),
        (IttKind.MINI_COMPETITION, False, Standstill.VOLUNTARY),
        (IttKind.MARKET_CALL_OFF, False, Standstill.VOLUNTARY),
    ],
)
def test_duty(kind: IttKind, light_touch: bool, duty: Standstill) -> None:
    """A standstill is mandatory but for light touch and call-offs (Procurement Act 2023 s.51)."""
    itt = InvitationToTender(kind=kind, light_touch=light_touch, regime=Regime.PA2023)
    assert standstill_duty(itt).duty is duty
