"""The deadline rules and what they compute."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.regulation import deadlines
from portal.regulation.bank_holidays import bundled_calendar
from portal.regulation.deadline_rules import (
    PCR_DPS_LAST_DAY,
    RULES,
)
from portal.regulation.deadlines import PeriodTooShort
from portal.regulation.local_time import to_utc
from portal.regulation.working_days import CalendarName, CalendarUnknown, Convention, Unit

# Reference data kept beside the checkout.
REFERENCE_DATA = Path(__file__).parents[3].parent / "shared" / "data"

UK = bundled_calendar(CalendarName.UK_UNION)
ENGLAND = bundled_calendar(CalendarName.ENGLAND_AND_WALES)
NOON = time(12)

CONVENTION_WORDS = {
    "inclusive": Convention.INCLUSIVE,
    "beginning": Convention.INCLUSIVE,
    "from_day_after": Convention.FROM_DAY_AFTER,
    "from date of award": Convention.FROM_DAY_AFTER,
    "exclude": Convention.PCR,
    "after end of quarter": Convention.PCR,
}
UNIT_WORDS = {
    "working_day_uk_wide": Unit.WORKING_DAY,
    "working_day": Unit.WORKING_DAY,
    "calendar_day": Unit.CALENDAR_DAY,
    "year": Unit.YEAR,
}


def reference_rules() -> list[dict[str, object]]:
    path = REFERENCE_DATA / "deadline_rules.json"
    if not path.exists():
        pytest.skip("the reference data is not beside this checkout")
    rules: list[dict[str, object]] = json.loads(path.read_text())
    return rules


def test_every_reference_rule_is_here_with_its_law_length_unit_and_count() -> None:
    """Each reference rule has the same section, length, unit and convention here, light touch included."""
    for reference in reference_rules():
        if reference["id"] == "PCR.dps.hard_stop":
            continue
        rule = RULES[str(reference["id"])]
        assert (rule.law, rule.n) == (reference["law"], reference["n"])
        assert rule.unit is UNIT_WORDS[str(reference["unit"])]
        count = str(reference.get("count", ""))
        conventions = [value for word, value in CONVENTION_WORDS.items() if count.startswith(word)]
        assert conventions in ([], [rule.convention]), reference["id"]
        if reference.get("light_touch") == "disapplied":
            assert rule.light_touch == 0
        elif "light_touch" in reference:
            assert rule.light_touch == reference["light_touch"]
        if "urgency" in reference:
            assert rule.urgency == reference["urgency"]


def test_the_end_of_every_dynamic_purchasing_system_is_the_reference_date() -> None:
    """The two dates of SI 2024/716 are those of the reference rule."""
    stop = next(rule for rule in reference_rules() if rule["id"] == "PCR.dps.hard_stop")
    assert date.fromisoformat(str(stop["date"])) == PCR_DPS_LAST_DAY
    assert date.fromisoformat(str(stop["validity_change_not_after"])) == date(2026, 2, 23)


def test_every_working_day_rule_names_its_calendar() -> None:
    """No rule in working days, and none that rolls forward, leaves open whose bank holidays count."""
    needing = [rule for rule in RULES.values() if rule.unit is Unit.WORKING_DAY or rule.convention is Convention.PCR]
    assert [rule.id for rule in needing if rule.calendar is None] == []


MARKET, DPS = RULES["PA.tendering.dynamic_market"], RULES["PCR.dps.tender_min"]
ORDINARY, STANDSTILL = RULES["PA.tendering.electronic_all_docs"], RULES["PA.standstill.mandatory"]


def test_closing_a_day_early_is_refused_with_the_section_and_the_earliest_day() -> None:
    """A market call-off that closes on the ninth day is refused; the message names the first day that would
    do.
    """
    with pytest.raises(PeriodTooShort) as refused:
        deadlines.check_tendering_period(
            MARKET, date(2026, 6, 1), to_utc(date(2026, 6, 10), NOON), None, field="closes_at"
        )
    assert (refused.value.field, refused.value.earliest, refused.value.law) == (
        "closes_at",
        date(2026, 6, 11),
        "PA2023 s.54(4)",
    )
    assert refused.value.message == (
        "Providers need at least 10 days. The earliest closing day is Thursday 11 June 2026 (PA2023 s.54(4))."
    )


def test_closing_on_the_earliest_day_is_accepted() -> None:
    """The tenth day itself may be the closing day, even just after midnight in London."""
    closes_at = datetime(2026, 6, 10, 23, 30, tzinfo=UTC)
    deadlines.check_tendering_period(MARKET, date(2026, 6, 1), closes_at, None, field="closes")


def test_where_there_is_no_minimum_it_may_close_the_same_day() -> None:
    """Without a rule nothing is asked."""
    closes_at = datetime(2026, 6, 1, 16, tzinfo=UTC)
    deadlines.check_tendering_period(None, date(2026, 6, 1), closes_at, None, field="closes")


def test_a_dps_call_off_needs_ten_days() -> None:
    """Ten days after Friday 20 November 2026 roll past Scotland's bank holiday."""
    early = to_utc(date(2026, 11, 30), NOON)
    with pytest.raises(PeriodTooShort) as refused:
        deadlines.check_tendering_period(DPS, date(2026, 11, 20), early, UK, field="closes")
    assert (refused.value.earliest, refused.value.law) == (date(2026, 12, 1), "PCR2015 reg 34(11)")


@pytest.mark.parametrize(
    ("published", "until"),
    [
        (date(2026, 7, 20), datetime(2026, 7, 29, 23, tzinfo=UTC)),
        (date(2026, 11, 24), datetime(2026, 12, 5, tzinfo=UTC)),
        (date(2027, 3, 22), datetime(2027, 4, 2, 23, tzinfo=UTC)),
    ],
)
def test_a_standstill_ends_at_midnight_after_its_last_day(published: date, until: datetime) -> None:
    """The exclusive end is midnight in London after the eighth working day, in winter and in summer."""
    assert deadlines.standstill_until(STANDSTILL, published, UK) == until


def test_a_standstill_is_never_counted_by_one_nation() -> None:
    """England's calendar would release the contract a day early, so it is not accepted."""
    with pytest.raises(ValueError, match="UK-wide"):
        deadlines.standstill_until(STANDSTILL, date(2026, 11, 24), ENGLAND)


def test_a_standstill_past_the_known_bank_holidays_is_refused() -> None:
    """A standstill that runs into 2029 fails closed instead of ending early."""
    with pytest.raises(CalendarUnknown):
        deadlines.standstill_until(STANDSTILL, date(2028, 12, 27), UK)


@pytest.mark.parametrize(
    ("sent", "until"),
    [
        (date(2026, 12, 15), datetime(2026, 12, 30, tzinfo=UTC)),
        (date(2026, 11, 20), datetime(2026, 12, 2, tzinfo=UTC)),
    ],
)
def test_a_standstill_of_the_2015_regulations(sent: date, until: datetime) -> None:
    """Ten days after sending, rolled to a working day, ending at midnight."""
    assert deadlines.standstill_until(RULES["PCR.standstill.electronic"], sent, UK) == until


@pytest.mark.parametrize(
    ("light_touch", "details", "copy"),
    [(False, date(2026, 9, 30), date(2026, 11, 29)), (True, date(2026, 12, 29), date(2027, 2, 27))],
)
def test_notices_due_after_a_contract_is_entered(light_touch: bool, details: date, copy: date) -> None:
    """A contract entered on 1 September 2026 is announced in 30 or 120 days and copied in 90 or 180."""
    entered = date(2026, 9, 1)
    assert deadlines.last_day_of("PA.cdn", entered, light_touch=light_touch) == details
    assert deadlines.last_day_of("PA.contract_copy", entered, light_touch=light_touch) == copy


def test_an_application_to_a_dps_is_decided_in_ten_or_fifteen_working_days() -> None:
    """An application of Wednesday 18 November 2026 is due on 2 December, or 9 December when extended."""
    received = date(2026, 11, 18)
    assert deadlines.decided_by("PCR.dps.evaluate_application", received, ENGLAND) == date(2026, 12, 2)
    assert deadlines.decided_by("PCR.dps.evaluate_application_extended", received, ENGLAND) == date(2026, 12, 9)


def test_a_dps_ends_by_23_february_2029() -> None:
    """A later declared end changes nothing; an earlier one stands."""
    assert deadlines.dps_valid_until(date(2031, 1, 1)) == datetime(2029, 2, 24, tzinfo=UTC)
    assert deadlines.dps_valid_until(date(2027, 6, 30)) == datetime(2027, 6, 30, 23, tzinfo=UTC)


def test_a_rule_that_falls_away_has_no_last_day() -> None:
    """Light touch has no duty to publish poor performance in 30 days, so there is no day to give."""
    assert deadlines.last_day_of("PA.performance_breach", date(2026, 9, 1), light_touch=True) is None
    assert deadlines.last_day_of("PA.performance_breach", date(2026, 9, 1)) == date(2026, 9, 30)


def test_urgency_shortens_the_participation_period() -> None:
    """25 days to ask to take part, 10 in urgency, none for light touch."""
    start = date(2026, 6, 1)
    assert deadlines.last_day_of("PA.participation", start) == date(2026, 6, 26)
    assert deadlines.last_day_of("PA.participation", start, urgency=True) == date(2026, 6, 11)
    assert deadlines.last_day_of("PA.participation", start, urgency=True, light_touch=True) is None


def test_a_rule_refuses_a_calendar_that_is_not_its_own() -> None:
    """A duty counted by England's calendar cannot be computed with the UK-wide one by mistake."""
    with pytest.raises(ValueError, match="is counted by the calendar"):
        deadlines.last_day_of("PCR.dps.espd_renewal", date(2026, 11, 18), calendar=UK)


def test_records_are_kept_for_three_years() -> None:
    """Three years beginning with the day the contract was entered."""
    assert deadlines.last_day_of("PA.records", date(2026, 9, 1)) == date(2029, 8, 31)


@given(invited=st.dates(date(2026, 1, 1), date(2028, 6, 30)), spare=st.integers(0, 60))
def test_any_closing_day_from_the_earliest_on_is_accepted(invited: date, spare: int) -> None:
    """From the earliest day on every closing day passes, and the day before it never does."""
    earliest = invited + timedelta(days=ORDINARY.n)
    accepted = earliest + timedelta(days=spare)
    deadlines.check_tendering_period(ORDINARY, invited, to_utc(accepted, NOON), None, field="closes")
    too_early = to_utc(earliest - timedelta(days=1), NOON)
    with pytest.raises(PeriodTooShort):
        deadlines.check_tendering_period(ORDINARY, invited, too_early, None, field="closes")
