"""Which law governs, what light touch switches off, and whether a standstill is due."""

from __future__ import annotations

from datetime import date

import pytest

from portal.regulation.deadline_rules import RULES
from portal.regulation.regimes import (
    LIGHT_TOUCH_EFFECTS,
    AwardKind,
    Regime,
    RegimeRefused,
    Standstill,
    binds,
    require_dps_allowed,
    resolve_regime,
    standstill_rule,
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


def test_every_rule_binds_an_ordinary_contract() -> None:
    """Nothing is switched off for a contract that is not light touch."""
    assert all(binds(effect.id, light_touch=False) for effect in LIGHT_TOUCH_EFFECTS)
    assert not binds("standstill", light_touch=True)
    assert binds("records", light_touch=True)


MANDATORY = (Standstill.MANDATORY, "PA.standstill.mandatory", "PA2023 s.51(1)-(2)")
VOLUNTARY = (Standstill.VOLUNTARY, "PA.standstill.voluntary_min", "PA2023 s.51(3)-(5)")
OLD_CALL_OFF = (Standstill.VOLUNTARY, "PCR.standstill.electronic", "PCR2015 reg 86(5)(c)")
OLD_COMPETITION = (Standstill.MANDATORY, "PCR.standstill.electronic", "PCR2015 reg 87(2)")


@pytest.mark.parametrize(
    ("regime", "light_touch", "award", "above", "expected"),
    [
        (Regime.PA2023, False, AwardKind.COMPETITION, True, MANDATORY),
        (Regime.PA2023, False, AwardKind.DIRECT_AWARD, True, MANDATORY),
        (Regime.PA2023, True, AwardKind.COMPETITION, True, VOLUNTARY),
        (Regime.PA2023, False, AwardKind.FRAMEWORK_CALL_OFF, True, VOLUNTARY),
        (Regime.PA2023, False, AwardKind.MARKET_CALL_OFF, True, VOLUNTARY),
        (Regime.PA2023, False, AwardKind.URGENT_DIRECT_AWARD, True, VOLUNTARY),
        (Regime.PA2023, True, AwardKind.USER_CHOICE, True, (Standstill.NONE, None, "PA2023 s.50(6)(b)")),
        (Regime.PA2023, False, AwardKind.COMPETITION, False, (Standstill.NONE, None, "PA2023 s.84")),
        (Regime.PCR2015, True, AwardKind.DPS_CALL_OFF, True, OLD_CALL_OFF),
        (Regime.PCR2015, False, AwardKind.COMPETITION, True, OLD_COMPETITION),
    ],
)
def test_whether_a_standstill_is_due(
    regime: Regime,
    light_touch: bool,
    award: AwardKind,
    above: bool,
    expected: tuple[Standstill, str | None, str],
) -> None:
    """Each kind of award has its duty, its counting rule and its section, for both laws."""
    rule = standstill_rule(regime=regime, light_touch=light_touch, award=award, above_threshold=above)
    assert (rule.duty, rule.rule_id, rule.law) == expected
    assert rule.rule_id is None or rule.rule_id in RULES
