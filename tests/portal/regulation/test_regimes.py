"""Which law governs, and what light touch switches off."""

from __future__ import annotations

from datetime import date

import pytest

from portal.regulation.kinds import Regime
from portal.regulation.regimes import (
    LIGHT_TOUCH_EFFECTS,
    RegimeRefused,
    require_dps_allowed,
    resolve_regime,
)


def test_the_regime_follows_the_day_of_commencement() -> None:
    """The 2015 Regulations until 23 February 2025, the 2023 Act from the day after."""
    assert resolve_regime(date(2025, 2, 23)) is Regime.PCR2015
    assert resolve_regime(date(2025, 2, 24)) is Regime.PA2023


def test_a_call_off_inherits_its_parent_s_regime() -> None:
    """A call-off of today under an old system stays under the old law."""
    assert resolve_regime(date(2026, 11, 22), parent=Regime.PCR2015) is Regime.PCR2015


def test_a_new_dynamic_purchasing_system_is_refused() -> None:
    """From 24 February 2025 on only a dynamic market can be set up; the day before was the last."""
    require_dps_allowed(date(2025, 2, 23))
    with pytest.raises(RegimeRefused, match="Set up a dynamic market instead") as refused:
        require_dps_allowed(date(2025, 2, 24))
    assert refused.value.field == "established_on"


def test_what_light_touch_switches_off() -> None:
    """Exactly these seven rules fall away; the others bind light-touch contracts as well."""
    off = {effect.id for effect in LIGHT_TOUCH_EFFECTS if not effect.applies}
    assert off == {
        "standstill",
        "key_performance_indicators",
        "minimum_periods",
        "poor_performance",
        "modification_limits",
        "change_notice",
        "framework_term",
    }
    assert {effect.id for effect in LIGHT_TOUCH_EFFECTS} - off == {
        "award_notice",
        "assessment_summaries",
        "details_notice",
        "contract_copy",
        "termination_notice",
        "conflicts",
        "records",
        "payments",
    }
