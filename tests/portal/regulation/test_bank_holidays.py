"""The bundled bank holidays and the calendars made of them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from portal.regulation.bank_holidays import Holiday, build_calendar, bundled_calendar, bundled_holidays
from portal.regulation.working_days import CalendarName, CalendarUnknown, Nation

# Reference data kept beside the checkout.
REFERENCE_DATA = Path(__file__).parents[3].parent / "shared" / "data"

DIVISIONS = {
    "england-and-wales": Nation.ENGLAND_AND_WALES,
    "scotland": Nation.SCOTLAND,
    "northern-ireland": Nation.NORTHERN_IRELAND,
}


def test_the_bundle_equals_the_reference_list() -> None:
    """From 2025 on, the bundled holidays are exactly the reference list: every day, nation and title."""
    path = REFERENCE_DATA / "bank_holidays_uk_union_2025_2028.json"
    if not path.exists():
        pytest.skip("the reference data is not beside this checkout")
    expected = {
        (date.fromisoformat(day), DIVISIONS[division], title)
        for day, nations in json.loads(path.read_text())["days"].items()
        for division, title in nations.items()
    }
    bundled = {(h.day, h.nation, h.title) for h in bundled_holidays() if h.day.year >= 2025}
    assert bundled == expected


@pytest.mark.parametrize("name", list(CalendarName))
def test_every_bundled_calendar_is_known_to_2028(name: CalendarName) -> None:
    """Each calendar is complete from 2012 to 2028."""
    calendar = bundled_calendar(name)
    assert (calendar.first_year, calendar.last_year) == (2012, 2028)


def test_the_days_on_which_only_the_uk_wide_calendar_rests() -> None:
    """In 2026 five days are holidays elsewhere in the United Kingdom but not in England and Wales."""
    only_elsewhere = (
        bundled_calendar(CalendarName.UK_UNION).holidays - bundled_calendar(CalendarName.ENGLAND_AND_WALES).holidays
    )
    assert sorted(day for day in only_elsewhere if day.year == 2026) == [
        date(2026, 1, 2),
        date(2026, 3, 17),
        date(2026, 7, 13),
        date(2026, 8, 3),
        date(2026, 11, 30),
    ]


def test_the_world_cup_is_no_bank_holiday() -> None:
    """15 June 2026 is a working day: other lists call it a Scottish holiday, GOV.UK's does not."""
    assert bundled_calendar(CalendarName.SCOTLAND).is_working_day(date(2026, 6, 15))


def test_a_half_recorded_year_is_not_known() -> None:
    """One day of 2029 typed in by hand does not make 2029 known: its other holidays would be missed."""
    begun = (*bundled_holidays(), Holiday(date(2029, 1, 1), Nation.ENGLAND_AND_WALES, "New Year’s Day"))
    calendar = build_calendar(CalendarName.ENGLAND_AND_WALES, begun)
    assert calendar.last_year == 2028


def test_a_fully_recorded_year_is_known() -> None:
    """A year with a full set of holidays extends the calendar, also across nations for the UK-wide one."""
    whole = tuple(
        Holiday(date(2029, 6, day), nation, "Recorded")
        for nation, count in (
            (Nation.ENGLAND_AND_WALES, 8),
            (Nation.SCOTLAND, 9),
            (Nation.NORTHERN_IRELAND, 10),
        )
        for day in range(1, count + 1)
    )
    assert build_calendar(CalendarName.UK_UNION, (*bundled_holidays(), *whole)).last_year == 2029


def test_years_after_a_gap_do_not_vouch_for_the_years_before_it() -> None:
    """Known years are one unbroken run: after a missing 2027 only 2028 counts as known."""
    holey = [h for h in bundled_holidays() if h.day.year != 2027]
    calendar = build_calendar(CalendarName.ENGLAND_AND_WALES, holey)
    assert (calendar.first_year, calendar.last_year) == (2028, 2028)


def test_a_withdrawn_day_is_worked_but_its_year_stays_known() -> None:
    """A holiday that an administrator withdrew no longer stops the count, and the year is still complete."""
    changed = [Holiday(h.day, h.nation, h.title, observed=h.day != date(2026, 5, 4)) for h in bundled_holidays()]
    calendar = build_calendar(CalendarName.ENGLAND_AND_WALES, changed)
    assert calendar.is_working_day(date(2026, 5, 4))
    assert calendar.last_year == 2028


def test_an_empty_table_refuses_every_date() -> None:
    """Without any recorded holiday nothing can be counted, and the message says that none is recorded."""
    calendar = build_calendar(CalendarName.UK_UNION, ())
    with pytest.raises(CalendarUnknown, match="recorded years: none"):
        calendar.is_working_day(date(2026, 11, 23))
