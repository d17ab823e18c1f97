"""Wall-clock times in Europe/London, and the two hours of the year that are refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.regulation.local_time import (
    AmbiguousTime,
    NonExistentTime,
    end_of_day,
    local_date,
    start_of_day,
    to_utc,
)


@pytest.mark.parametrize(
    ("day", "clock", "instant"),
    [
        (date(2026, 12, 4), time(12), datetime(2026, 12, 4, 12, tzinfo=UTC)),
        (date(2026, 7, 3), time(12), datetime(2026, 7, 3, 11, tzinfo=UTC)),
        (date(2027, 3, 28), time(0, 59), datetime(2027, 3, 28, 0, 59, tzinfo=UTC)),
        (date(2027, 3, 28), time(2), datetime(2027, 3, 28, 1, tzinfo=UTC)),
        (date(2027, 10, 31), time(0, 59), datetime(2027, 10, 30, 23, 59, tzinfo=UTC)),
        (date(2027, 10, 31), time(2), datetime(2027, 10, 31, 2, tzinfo=UTC)),
    ],
)
def test_an_ordinary_time_is_one_instant(day: date, clock: time, instant: datetime) -> None:
    """A wall-clock time in winter, in summer and beside the clock changes is one instant in UTC."""
    assert to_utc(day, clock) == instant


@pytest.mark.parametrize("clock", [time(1), time(1, 30), time(1, 59, 59)])
def test_the_hour_that_does_not_exist_is_refused(clock: time) -> None:
    """A time in the skipped hour of 28 March 2027 is refused beside its field."""
    with pytest.raises(NonExistentTime) as refused:
        to_utc(date(2027, 3, 28), clock, field="closes_at")
    assert refused.value.field == "closes_at"


def test_the_refusal_of_a_skipped_time_says_what_to_choose() -> None:
    """The message names the time, the reason and what would do instead."""
    with pytest.raises(NonExistentTime) as refused:
        to_utc(date(2027, 3, 28), time(1, 30))
    assert refused.value.message == (
        "1:30am on Sunday 28 March 2027 does not exist, because the clocks go forward at 1am. "
        "Choose a time before 1am, or 2am or later."
    )


def test_the_hour_that_happens_twice_is_refused() -> None:
    """A time in the repeated hour of 31 October 2027 is refused with what would do instead."""
    with pytest.raises(AmbiguousTime) as refused:
        to_utc(date(2027, 10, 31), time(1, 30), field="closes_at")
    assert (refused.value.field, refused.value.message) == (
        "closes_at",
        "1:30am on Sunday 31 October 2027 happens twice, because the clocks go back at 2am. "
        "Choose a time before 1am, or 2am or later.",
    )


def test_a_day_ends_at_the_next_midnight_in_london() -> None:
    """The exclusive end of a day is midnight in Europe/London: an hour earlier in UTC during summer time."""
    assert end_of_day(date(2026, 12, 4)) == datetime(2026, 12, 5, tzinfo=UTC)
    assert end_of_day(date(2026, 7, 29)) == datetime(2026, 7, 29, 23, tzinfo=UTC)


@pytest.mark.parametrize(("day", "hours"), [(date(2027, 3, 28), 23), (date(2027, 10, 31), 25)])
def test_the_days_of_the_clock_changes_have_23_and_25_hours(day: date, hours: int) -> None:
    """The two days on which the clocks change are an hour shorter and an hour longer."""
    assert end_of_day(day) - start_of_day(day) == timedelta(hours=hours)


@given(day=st.dates(date(2020, 1, 1), date(2035, 12, 31)), clock=st.times())
def test_an_instant_comes_back_as_its_own_wall_clock_time(day: date, clock: time) -> None:
    """Every time is either refused as skipped or repeated, or names an instant on its own day."""
    try:
        instant = to_utc(day, clock)
    except (AmbiguousTime, NonExistentTime):
        assert clock.hour == 1
        assert day.weekday() == 6
    else:
        assert local_date(instant) == day
        assert start_of_day(day) <= instant < end_of_day(day)
