"""What the law asks of each kind under each regime."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import InvalidInput
from portal.frameworks.terms import (
    AgainstTerms,
    FeePayer,
    TermsFrozen,
    Validity,
    award_again_by,
    regime_of,
    require_decision_days,
    require_direct_award_allowed,
    require_fee,
    require_late_participant_allowed,
    require_suspension_allowed,
    require_validity,
    require_windows_allowed,
    years_after,
)
from portal.regulation.framework_law import law_of
from portal.regulation.kinds import FrameworkKind, Regime
from portal.regulation.local_time import end_of_day, start_of_day
from portal.regulation.regimes import RegimeRefused

FRAMEWORK, DPS, MARKET = FrameworkKind.FRAMEWORK, FrameworkKind.DPS, FrameworkKind.DYNAMIC_MARKET
PA, PCR = Regime.PA2023, Regime.PCR2015


def check(kind: FrameworkKind, regime: Regime, first: date, last: date, **details: Any) -> None:
    """Check a validity from the start of the first to the end of the last day."""
    light_touch = details.pop("light_touch", False)
    validity = Validity(details.pop("established_on", None), start_of_day(first), end_of_day(last), **details)
    require_validity(law_of(kind, regime), validity, light_touch=light_touch)


@pytest.mark.parametrize(
    ("kind", "established", "regime"),
    [
        (DPS, date(2017, 10, 1), PCR),
        (DPS, date(2025, 2, 23), PCR),
        (MARKET, date(2025, 2, 24), PA),
        (FRAMEWORK, date(2025, 2, 23), PCR),
        (FRAMEWORK, date(2025, 2, 24), PA),
    ],
)
def test_the_law_is_the_one_of_the_establishment(kind: FrameworkKind, established: date, regime: Regime) -> None:
    """To the day (SI 2024/716)."""
    assert regime_of(kind, established) is regime


def test_a_dps_cannot_be_established_any_more() -> None:
    """From 24 February 2025 there are dynamic markets instead."""
    with pytest.raises(RegimeRefused, match=r"PA2023 s\.34; SI 2024/716 reg 5") as refused:
        regime_of(DPS, date(2025, 2, 24))
    assert refused.value.field == "established_on"


def test_a_market_of_before_the_act_is_refused() -> None:
    """It must have been something else."""
    with pytest.raises(AgainstTerms) as refused:
        regime_of(MARKET, date(2025, 2, 23))
    assert (refused.value.field, refused.value.law) == ("established_on", "PA2023 s.34; SI 2024/716 reg 2(2)")


def test_a_dps_ends_with_23_february_2029_at_the_latest() -> None:
    """The whole day counts, and no instant more (SI 2024/716 reg 5(4)(b))."""
    check(DPS, PCR, date(2017, 10, 1), date(2029, 2, 23), established_on=date(2017, 10, 1))
    with pytest.raises(AgainstTerms) as refused:
        check(DPS, PCR, date(2017, 10, 1), date(2029, 2, 24))
    assert (refused.value.field, refused.value.law) == ("valid_until", "SI 2024/716 reg 5(4)(b)")
    late = Validity(None, start_of_day(date(2017, 10, 1)), end_of_day(date(2029, 2, 23)) + timedelta(microseconds=1))
    with pytest.raises(AgainstTerms):
        require_validity(law_of(DPS, PCR), late, light_touch=True)


@pytest.mark.parametrize(
    ("regime", "light_touch", "law"),
    [(PCR, False, "PCR2015 reg 33(3)"), (PCR, True, "PCR2015 reg 33(3)"), (PA, False, "PA2023 s.47")],
)
def test_a_framework_lasts_four_years(regime: Regime, light_touch: bool, law: str) -> None:
    """One day more needs the reason, in words that everybody can read."""
    first = date(2027, 4, 1)
    check(FRAMEWORK, regime, first, date(2031, 3, 31), light_touch=light_touch)
    with pytest.raises(AgainstTerms, match="until 31 March 2031") as refused:
        check(FRAMEWORK, regime, first, date(2031, 4, 1), light_touch=light_touch)
    assert (refused.value.field, refused.value.law) == ("term_reason", law)
    check(FRAMEWORK, regime, first, date(2037, 3, 31), light_touch=light_touch, term_reason="Children stay for years.")


def test_light_touch_under_the_act_and_markets_have_no_longest_term() -> None:
    """Section 47 does not bind light touch, and a market has none; but nobody means 51 years."""
    for kind, light_touch in ((FRAMEWORK, True), (MARKET, False)):
        check(kind, PA, date(2027, 4, 1), date(2047, 3, 31), light_touch=light_touch)
        with pytest.raises(InvalidInput, match="at most 50 years"):
            check(kind, PA, date(2027, 4, 1), date(2077, 4, 1), light_touch=light_touch)


def test_an_open_framework_lasts_eight_years_and_is_awarded_again() -> None:
    """Within 3 years, then within 5 (PA2023 s.49), light touch or not."""
    first = date(2027, 4, 1)
    for light_touch in (True, False):
        check(FRAMEWORK, PA, first, date(2035, 3, 31), is_open_framework=True, light_touch=light_touch)
        with pytest.raises(AgainstTerms) as refused:
            check(FRAMEWORK, PA, first, date(2035, 4, 1), is_open_framework=True, light_touch=light_touch)
        assert (refused.value.field, refused.value.law) == ("valid_until", "PA2023 s.49")
    assert award_again_by(start_of_day(first)) == (date(2030, 4, 1), date(2035, 4, 1))


@pytest.mark.parametrize(("kind", "regime"), [(DPS, PCR), (MARKET, PA), (FRAMEWORK, PCR)])
def test_nothing_else_is_an_open_framework(kind: FrameworkKind, regime: Regime) -> None:
    """Only a framework of the 2023 Act."""
    with pytest.raises(AgainstTerms, match=r"PA2023 s\.49") as refused:
        check(kind, regime, date(2024, 4, 1), date(2025, 4, 1), is_open_framework=True)
    assert refused.value.field == "is_open_framework"


@pytest.mark.parametrize(
    ("validity", "field"),
    [
        (Validity(None, None, datetime(2030, 1, 1, tzinfo=UTC)), "valid_from"),
        (Validity(None, datetime(2030, 1, 1, tzinfo=UTC), None), "valid_until"),
        (Validity(None, datetime(2030, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)), "valid_until"),
        (
            Validity(date(2026, 2, 2), datetime(2026, 2, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)),
            "valid_from",
        ),
    ],
)
def test_a_validity_that_is_incomplete_or_backwards_is_refused(validity: Validity, field: str) -> None:
    """Beside its field."""
    with pytest.raises(InvalidInput) as refused:
        require_validity(law_of(MARKET, PA), validity, light_touch=True)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("kind", "law"), [(DPS, "PCR2015 reg 34(29)"), (MARKET, "PA2023 s.38"), (FRAMEWORK, "PA2023 s.45(7)")]
)
def test_nobody_pays_for_joining(kind: FrameworkKind, law: str) -> None:
    """A fee on every member is refused for every kind, whatever it would be."""
    for percent in (None, Decimal("0.5")):
        with pytest.raises(AgainstTerms) as refused:
            require_fee(law_of(kind, PA), percent, FeePayer.EVERY_MEMBER)
        assert (refused.value.field, refused.value.law) == ("fee_payer", law)


def test_a_fee_is_a_share_of_what_is_awarded_and_none_for_a_dps() -> None:
    """More than nothing, less than everything."""
    require_fee(law_of(MARKET, PA), Decimal("0.5"), FeePayer.AWARDED)
    require_fee(law_of(FRAMEWORK, PA), Decimal("99.9"), FeePayer.AWARDED)
    require_fee(law_of(DPS, PA), None, FeePayer.NOBODY)
    with pytest.raises(AgainstTerms, match=r"reg 34\(29\)"):
        require_fee(law_of(DPS, PA), Decimal("0.5"), FeePayer.AWARDED)
    for percent in (None, Decimal(0), Decimal(100), Decimal(-1)):
        with pytest.raises(InvalidInput) as refused:
            require_fee(law_of(MARKET, PA), percent, FeePayer.AWARDED)
        assert refused.value.field == "fee_percent"


def test_applications_to_a_dps_are_decided_within_ten_working_days() -> None:
    """Elsewhere it is a promise, which must be one."""
    require_decision_days(law_of(DPS, PA), 10)
    require_decision_days(law_of(MARKET, PA), 60)
    with pytest.raises(AgainstTerms, match=r"PCR2015 reg 34\(16\)"):
        require_decision_days(law_of(DPS, PA), 11)
    for days in (None, 0, 61):
        with pytest.raises(InvalidInput) as refused:
            require_decision_days(law_of(FRAMEWORK, PA), days)
        assert refused.value.field == "decision_days"


@pytest.mark.parametrize("rule", [require_direct_award_allowed, require_suspension_allowed])
def test_only_a_framework_awards_directly_or_suspends(rule: Any) -> None:
    """In a DPS and a market every member is invited every time."""
    rule(law_of(FRAMEWORK, PA), "Where only one can do it.")
    for kind, law in ((DPS, "PCR2015 reg 34"), (MARKET, "PA2023 s.3")):
        rule(law_of(kind, PA), "  ")
        with pytest.raises(AgainstTerms) as refused:
            rule(law_of(kind, PA), "Where only one can do it.")
        assert refused.value.law.startswith(law)


@pytest.mark.parametrize(
    ("kind", "regime", "light_touch", "is_open", "law"),
    [
        (DPS, PCR, True, False, "PCR2015 reg 34(15)"),
        (MARKET, PA, True, False, "PA2023 s.36(6)"),
        (FRAMEWORK, PCR, False, False, "PCR2015 reg 33(5)"),
        (FRAMEWORK, PA, False, False, "PA2023 s.45, s.49"),
        (FRAMEWORK, PCR, True, False, None),
        (FRAMEWORK, PA, True, False, None),
        (FRAMEWORK, PA, False, True, None),
    ],
)
def test_windows_are_for_light_touch_and_open_frameworks(
    kind: FrameworkKind, regime: Regime, light_touch: bool, is_open: bool, law: str | None
) -> None:
    """Others are always open, or closed once awarded."""
    if law is None:
        require_windows_allowed(law_of(kind, regime), light_touch=light_touch, is_open=is_open)
        assert law_of(kind, regime).takes_new_providers(light_touch=light_touch, is_open=is_open)
    else:
        with pytest.raises(AgainstTerms) as refused:
            require_windows_allowed(law_of(kind, regime), light_touch=light_touch, is_open=is_open)
        assert refused.value.law == law


@pytest.mark.parametrize(
    ("kind", "regime", "light_touch", "law"),
    [
        (FRAMEWORK, PCR, True, "PCR2015 reg 33(5)"),
        (FRAMEWORK, PA, False, "PA2023 s.45(5)"),
        (FRAMEWORK, PA, True, None),
        (DPS, PCR, False, None),
        (MARKET, PA, False, None),
    ],
)
def test_a_framework_names_its_authorities_from_the_start(
    kind: FrameworkKind, regime: Regime, light_touch: bool, law: str | None
) -> None:
    """Save light touch under the Act."""
    if law is None:
        require_late_participant_allowed(law_of(kind, regime), light_touch=light_touch)
    else:
        with pytest.raises(AgainstTerms) as refused:
            require_late_participant_allowed(law_of(kind, regime), light_touch=light_touch)
        assert (refused.value.field, refused.value.law) == ("authority", law)


@pytest.mark.parametrize(
    ("kind", "regime", "law"),
    [
        (MARKET, PA, "PA2023 s.36(7)"),
        (DPS, PCR, "SI 2024/716 reg 5(3); PCR2015 reg 34(23)"),
        (FRAMEWORK, PCR, "PCR2015 reg 33(6)"),
        (FRAMEWORK, PA, "PA2023 s.46(8)"),
    ],
)
def test_frozen_terms_name_their_section(kind: FrameworkKind, regime: Regime, law: str) -> None:
    """In the message and for programs."""
    refusal = TermsFrozen(law_of(kind, regime))
    assert (refusal.law, refusal.code, refusal.status) == (law, "terms_frozen", 409)
    assert law in refusal.message


def test_years_keep_the_wall_clock() -> None:
    """Noon stays noon over the change of the clocks, and 29 February ends with 28 February."""
    summer = datetime(2026, 7, 1, 11, tzinfo=UTC)
    assert years_after(summer, 4) == datetime(2030, 7, 1, 11, tzinfo=UTC)
    assert years_after(start_of_day(date(2028, 2, 29)), 1) == start_of_day(date(2029, 3, 1))


@given(first=st.dates(date(2025, 2, 24), date(2060, 1, 1)), days=st.integers(1, 3000))
def test_an_ordinary_framework_is_allowed_exactly_up_to_four_years(first: date, days: int) -> None:
    """Whatever the first day, leap years and clock changes included."""
    last = first + timedelta(days=days - 1)
    allowed = end_of_day(last) <= years_after(start_of_day(first), 4)
    try:
        check(FRAMEWORK, PA, first, last)
    except AgainstTerms:
        assert not allowed
    else:
        assert allowed
