"""Working days and the three counting conventions."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.regulation.bank_holidays import bundled_calendar
from portal.regulation.working_days import (
    Calendar,
    CalendarName,
    CalendarUnknown,
    Convention,
    Unit,
    last_day,
    last_day_from_day_after,
    last_day_inclusive,
    last_day_pcr,
    months_later,
    union,
    years_later,
)

# Reference data kept beside the checkout.
REFERENCE_DATA = Path(__file__).parents[3].parent / "shared" / "data"

UK = bundled_calendar(CalendarName.UK_UNION)
ENGLAND = bundled_calendar(CalendarName.ENGLAND_AND_WALES)
KNOWN_DAYS = st.dates(date(UK.first_year, 1, 10), date(UK.last_year, 6, 30))


@pytest.mark.parametrize(
    ("published", "uk_wide", "england_only"),
    [
        (date(2026, 7, 20), date(2026, 7, 29), date(2026, 7, 29)),
        (date(2026, 7, 28), date(2026, 8, 7), date(2026, 8, 6)),
        (date(2026, 11, 21), date(2026, 12, 3), date(2026, 12, 2)),
        (date(2026, 11, 24), date(2026, 12, 4), date(2026, 12, 3)),
        (date(2026, 12, 18), date(2026, 12, 31), date(2026, 12, 31)),
        (date(2027, 3, 10), date(2027, 3, 22), date(2027, 3, 19)),
        (date(2027, 3, 22), date(2027, 4, 2), date(2027, 4, 2)),
    ],
)
def test_eight_working_days_inclusive(published: date, uk_wide: date, england_only: date) -> None:
    """Eight working days from publication end where the law's UK-wide calendar says, not England's alone."""
    assert last_day_inclusive(published, 8, Unit.WORKING_DAY, UK) == uk_wide
    assert last_day_inclusive(published, 8, Unit.WORKING_DAY, ENGLAND) == england_only


def test_the_reference_examples_of_working_days() -> None:
    """Every worked example kept as reference data comes out to the day."""
    path = REFERENCE_DATA / "working_day_examples.json"
    if not path.exists():
        pytest.skip("the reference data is not beside this checkout")
    for example in json.loads(path.read_text()):
        start = date.fromisoformat(example["start"])
        assert last_day_inclusive(start, 8, Unit.WORKING_DAY, UK).isoformat() == example["last_day_uk_wide"]
        england = last_day_inclusive(start, 8, Unit.WORKING_DAY, ENGLAND).isoformat()
        assert england == example["last_day_if_england_only"]


def test_a_period_of_calendar_days_includes_its_first_day() -> None:
    """The pipeline's 56 days beginning with 1 April end on 26 May."""
    assert last_day_inclusive(date(2026, 4, 1), 56, Unit.CALENDAR_DAY) == date(2026, 5, 26)


def test_a_period_from_the_day_after_ends_n_days_later() -> None:
    """Ten days from an invitation of 1 June end on 11 June, which may be the closing day."""
    assert last_day_from_day_after(date(2026, 6, 1), 10, Unit.CALENDAR_DAY) == date(2026, 6, 11)


@pytest.mark.parametrize(
    ("sent", "calendar", "end"),
    [
        (date(2026, 12, 15), UK, date(2026, 12, 29)),
        (date(2026, 12, 15), ENGLAND, date(2026, 12, 29)),
        (date(2026, 11, 20), ENGLAND, date(2026, 11, 30)),
        (date(2026, 11, 20), UK, date(2026, 12, 1)),
    ],
)
def test_a_pcr_period_rolls_to_the_next_working_day(sent: date, calendar: Calendar, end: date) -> None:
    """A period of the 2015 Regulations never ends on a day that is not a working day."""
    assert last_day_pcr(sent, 10, Unit.CALENDAR_DAY, calendar) == end


def test_a_pcr_period_holds_at_least_two_working_days() -> None:
    """One day from Thursday 24 December 2026 would hold no working day: it runs to the second one, 30
    December.
    """
    assert last_day_pcr(date(2026, 12, 24), 1, Unit.CALENDAR_DAY, ENGLAND) == date(2026, 12, 30)


@pytest.mark.parametrize(
    ("n", "calendar", "due"),
    [
        (10, ENGLAND, date(2026, 12, 2)),
        (10, UK, date(2026, 12, 3)),
        (15, ENGLAND, date(2026, 12, 9)),
        (15, UK, date(2026, 12, 10)),
    ],
)
def test_pcr_working_days_exclude_the_day_of_the_event(n: int, calendar: Calendar, due: date) -> None:
    """An application received on Wednesday 18 November 2026 is due on the day that the calendar gives."""
    assert last_day_pcr(date(2026, 11, 18), n, Unit.WORKING_DAY, calendar) == due


def test_three_years_end_the_day_before_the_anniversary() -> None:
    """Three years beginning with a day end on the day before its anniversary, in leap years as well."""
    assert last_day_inclusive(date(2026, 9, 1), 3, Unit.YEAR) == date(2029, 8, 31)
    assert last_day_inclusive(date(2024, 2, 29), 3, Unit.YEAR) == date(2027, 2, 28)
    assert years_later(date(2024, 2, 29), 4) == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("start", "months", "after"),
    [
        (date(2027, 4, 1), 30, date(2029, 10, 1)),
        (date(2027, 1, 31), 1, date(2027, 3, 1)),
        (date(2027, 1, 30), 1, date(2027, 3, 1)),
        (date(2027, 1, 28), 1, date(2027, 2, 28)),
        (date(2027, 1, 31), 13, date(2028, 3, 1)),
        (date(2027, 10, 31), 1, date(2027, 12, 1)),
        (date(2026, 12, 15), 12, date(2027, 12, 15)),
        (date(2027, 5, 31), 0, date(2027, 5, 31)),
    ],
)
def test_a_period_from_a_months_end_ends_with_a_month(start: date, months: int, after: date) -> None:
    """A month from 31 January is all of February: it ends on the 28th and not on the 27th."""
    assert months_later(start, months) == after


@given(st.dates(date(1900, 1, 1), date(2150, 1, 1)), st.integers(0, 360), st.integers(0, 30))
def test_periods_of_months_keep_their_order(start: date, months: int, years: int) -> None:
    """A later beginning never ends earlier, a longer period never ends sooner, and twelve months are a year."""
    assert months_later(start, months) <= months_later(start + timedelta(days=1), months)
    assert months_later(start, months) < months_later(start, months + 1)
    assert months_later(start, 12 * years) == years_later(start, years)


def test_the_three_conventions_give_three_different_days() -> None:
    """One start and one length, counted three ways: the conventions cannot stand for one another."""
    start = date(2026, 12, 15)
    days = {convention: last_day(start, 10, Unit.CALENDAR_DAY, convention, UK) for convention in Convention}
    assert days == {
        Convention.INCLUSIVE: date(2026, 12, 24),
        Convention.FROM_DAY_AFTER: date(2026, 12, 25),
        Convention.PCR: date(2026, 12, 29),
    }


def test_past_the_last_known_year_the_count_is_refused() -> None:
    """A period that would run into a year without recorded bank holidays is refused with what is known."""
    with pytest.raises(CalendarUnknown) as refused:
        last_day_inclusive(date(2028, 12, 28), 8, Unit.WORKING_DAY, UK)
    assert refused.value.message == (
        "The bank holidays of 2029 are not recorded (recorded years: 2012 to 2028), so this period cannot be "
        "counted. Choose an earlier date, or ask the platform administrator to add them."
    )


def test_before_the_first_known_year_the_count_is_refused() -> None:
    """The past before the first recorded year is as unknown as the future."""
    with pytest.raises(CalendarUnknown):
        UK.is_working_day(date(2011, 12, 30))


def test_a_period_of_no_days_is_a_mistake() -> None:
    """A period has at least one day; zero is the caller's error and not a date."""
    with pytest.raises(ValueError, match="at least one day"):
        last_day_inclusive(date(2026, 12, 1), 0, Unit.CALENDAR_DAY)


def test_working_days_need_a_calendar() -> None:
    """Counting working days without a calendar is the caller's error."""
    with pytest.raises(ValueError, match="a calendar is needed"):
        last_day_inclusive(date(2026, 12, 1), 8, Unit.WORKING_DAY)


def test_the_union_knows_only_the_years_that_every_nation_knows() -> None:
    """The UK-wide calendar stops at the nation that is recorded least far, and holds every nation's days."""
    first = Calendar(CalendarName.SCOTLAND, frozenset({date(2026, 11, 30)}), 2020, 2027)
    second = Calendar(CalendarName.NORTHERN_IRELAND, frozenset({date(2026, 3, 17)}), 2022, 2028)
    joined = union([first, second])
    assert (joined.first_year, joined.last_year) == (2022, 2027)
    assert joined.holidays == {date(2026, 11, 30), date(2026, 3, 17)}


@given(start=KNOWN_DAYS, n=st.integers(1, 60))
def test_n_working_days_hold_exactly_n_working_days(start: date, n: int) -> None:
    """A period of n working days holds exactly n of them and ends with one."""
    end = last_day_inclusive(start, n, Unit.WORKING_DAY, UK)
    assert UK.working_days_between(start, end) == n
    assert UK.is_working_day(end)


@given(start=KNOWN_DAYS, n=st.integers(1, 60))
def test_the_uk_wide_calendar_never_ends_earlier(start: date, n: int) -> None:
    """The UK-wide end of a period is never before England's."""
    uk_wide = last_day_inclusive(start, n, Unit.WORKING_DAY, UK)
    assert uk_wide >= last_day_inclusive(start, n, Unit.WORKING_DAY, ENGLAND)


@given(start=KNOWN_DAYS, n=st.integers(1, 40))
def test_a_longer_period_ends_later(start: date, n: int) -> None:
    """One more working day ends strictly later."""
    shorter = last_day_inclusive(start, n, Unit.WORKING_DAY, UK)
    assert last_day_inclusive(start, n + 1, Unit.WORKING_DAY, UK) > shorter


@given(start=KNOWN_DAYS, n=st.integers(1, 60), unit=st.sampled_from([Unit.CALENDAR_DAY, Unit.WORKING_DAY]))
def test_a_pcr_period_ends_on_a_working_day_and_is_never_shorter(start: date, n: int, unit: Unit) -> None:
    """Rolling forward only lengthens, ends on a working day and leaves two working days at least."""
    end = last_day_pcr(start, n, unit, ENGLAND)
    assert end >= last_day_from_day_after(start, n, unit, ENGLAND)
    assert ENGLAND.is_working_day(end)
    assert ENGLAND.working_days_between(start + timedelta(days=1), end) >= 2
