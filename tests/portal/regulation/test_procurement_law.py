"""The table of the law of an invitation to tender: every row is whole, and each case has its rule and its section."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from portal.regulation.deadline_rules import RULES
from portal.regulation.kinds import IttKind, Regime, Size
from portal.regulation.procurement_law import AWARD, DETAILS, TENDER, ProcurementLaw, StandstillDuty, StartsWith
from portal.regulation.procurement_rows import ROWS, law_of

PA, PCR = Regime.PA2023, Regime.PCR2015
SECTION = re.compile(r"^(PA2023 s\.|PCR2015 reg )[0-9]")
MANDATORY = (StandstillDuty.MANDATORY, "8 working days", StartsWith.AWARD_NOTICE, "PA2023 s.51(1)-(2)")
VOLUNTARY = (StandstillDuty.VOLUNTARY, "8 working days", StartsWith.AWARD_NOTICE, "PA2023 s.51(3)-(5)")
BELOW = (StandstillDuty.VOLUNTARY, "8 working days", StartsWith.LETTERS, "PA2023 s.51(1), s.84")
OLD_CALL_OFF = (StandstillDuty.VOLUNTARY, "10 days", StartsWith.LETTERS, "PCR2015 reg 86(5)(c)")
OLD_COMPETITION = (StandstillDuty.MANDATORY, "10 days", StartsWith.LETTERS, "PCR2015 reg 86(1), 87(2)")
ON = date(2026, 11, 25)


@pytest.mark.parametrize("law", ROWS.values(), ids=lambda law: f"{law.kind}-{law.regime}")
def test_every_rule_of_every_row_has_its_section_and_its_count(law: ProcurementLaw) -> None:
    """No rule without a section, none counted by a rule that is not there, every notice told for every size."""
    rules = [law.standstill_rule(light_touch=light, size=size) for light in (False, True) for size in Size]
    duties = [law.notice_duty(code, size) for code in (TENDER, AWARD, DETAILS) for size in Size]
    assert [rule for rule in rules if not SECTION.match(rule.law) or rule.rule_id not in RULES] == []
    assert [duty for duty in duties if not SECTION.match(duty.law) or not duty.words] == []
    assert set(law.minimum_periods.values()) <= set(RULES)
    assert {duty.law.split()[0] for duty in duties} == {law.regime.name}


@pytest.mark.parametrize(
    ("kind", "regime", "light_touch", "size", "expected"),
    [
        (IttKind.OPEN, PA, False, Size.ABOVE, MANDATORY),
        (IttKind.OPEN, PA, True, Size.ABOVE, VOLUNTARY),
        (IttKind.OPEN, PA, False, Size.NOTIFIABLE, BELOW),
        (IttKind.OPEN, PA, True, Size.SMALL, BELOW),
        (IttKind.MINI_COMPETITION, PA, False, Size.ABOVE, VOLUNTARY),
        (IttKind.DIRECT_AWARD, PA, False, Size.ABOVE, VOLUNTARY),
        (IttKind.MARKET_CALL_OFF, PA, False, Size.ABOVE, VOLUNTARY),
        (IttKind.MARKET_CALL_OFF, PA, True, Size.NOTIFIABLE, BELOW),
        (IttKind.DPS_CALL_OFF, PCR, True, Size.ABOVE, OLD_CALL_OFF),
        (IttKind.MINI_COMPETITION, PCR, False, Size.ABOVE, OLD_CALL_OFF),
        (IttKind.DIRECT_AWARD, PCR, False, Size.ABOVE, OLD_CALL_OFF),
        (IttKind.OPEN, PCR, False, Size.ABOVE, OLD_COMPETITION),
    ],
)
def test_whether_a_standstill_is_due(
    kind: IttKind,
    regime: Regime,
    light_touch: bool,
    size: Size,
    expected: tuple[StandstillDuty, str, StartsWith, str],
) -> None:
    """Each kind of award has its duty, its length, what sets it running and its section, for both laws."""
    rule = law_of(kind, regime).standstill_rule(light_touch=light_touch, size=size)
    assert (rule.duty, rule.period.length_words, rule.starts_with, rule.law) == expected


@pytest.mark.parametrize(
    ("kind", "regime", "size", "central"),
    [
        (IttKind.OPEN, PA, Size.ABOVE, {TENDER, AWARD, DETAILS}),
        (IttKind.OPEN, PA, Size.NOTIFIABLE, {TENDER, DETAILS}),
        (IttKind.OPEN, PA, Size.SMALL, set()),
        (IttKind.MARKET_CALL_OFF, PA, Size.ABOVE, {TENDER, AWARD, DETAILS}),
        (IttKind.MINI_COMPETITION, PA, Size.ABOVE, {AWARD, DETAILS}),
        (IttKind.DIRECT_AWARD, PA, Size.NOTIFIABLE, {DETAILS}),
        (IttKind.DPS_CALL_OFF, PCR, Size.ABOVE, {AWARD}),
        (IttKind.MINI_COMPETITION, PCR, Size.ABOVE, set()),
    ],
)
def test_which_notices_come_first_on_the_central_platform(
    kind: IttKind, regime: Regime, size: Size, central: set[str]
) -> None:
    """Only what the law asks for waits for its number there; signing waits for a 2023 Act award notice alone."""
    law = law_of(kind, regime)
    assert {code for code in (TENDER, AWARD, DETAILS) if law.notice_duty(code, size).is_central} == central
    before_signing = {code for code in (TENDER, AWARD, DETAILS) if law.notice_duty(code, size).before_signing}
    assert before_signing == ({AWARD} if regime is PA and size is Size.ABOVE else set())


@pytest.mark.parametrize(
    ("kind", "regime", "light_touch", "size", "rule_id"),
    [
        (IttKind.OPEN, PA, False, Size.ABOVE, "PA.tendering.electronic_all_docs"),
        (IttKind.OPEN, PA, True, Size.ABOVE, None),
        (IttKind.OPEN, PA, False, Size.NOTIFIABLE, None),
        (IttKind.MARKET_CALL_OFF, PA, False, Size.ABOVE, "PA.tendering.dynamic_market"),
        (IttKind.MARKET_CALL_OFF, PA, True, Size.ABOVE, None),
        (IttKind.DPS_CALL_OFF, PCR, True, Size.ABOVE, "PCR.dps.tender_min"),
        (IttKind.MINI_COMPETITION, PA, False, Size.ABOVE, None),
    ],
)
def test_the_least_time_for_bidding(
    kind: IttKind, regime: Regime, light_touch: bool, size: Size, rule_id: str | None
) -> None:
    """Each kind has its own minimum; light touch ends those of the 2023 Act, and not that of a purchasing system."""
    rule = law_of(kind, regime).minimum_period(size, light_touch=light_touch)
    assert (rule.id if rule else None) == rule_id


@pytest.mark.parametrize(
    ("value", "light_touch", "size"),
    [
        (None, True, Size.ABOVE),
        (Decimal("663540"), True, Size.ABOVE),
        (Decimal("663539.99"), True, Size.NOTIFIABLE),
        (Decimal("207720"), False, Size.ABOVE),
        (Decimal("30000"), True, Size.NOTIFIABLE),
        (Decimal("29999.99"), True, Size.SMALL),
    ],
)
def test_how_much_an_estimate_is_to_the_law(value: Decimal | None, light_touch: bool, size: Size) -> None:
    """The threshold itself is above, and so is what nobody could estimate (PA2023 Sch 3)."""
    assert law_of(IttKind.OPEN, PA).size_of(value, light_touch=light_touch, on=ON) is size
    assert law_of(IttKind.DPS_CALL_OFF, PCR).size_of(value, light_touch=light_touch, on=ON) is Size.ABOVE
