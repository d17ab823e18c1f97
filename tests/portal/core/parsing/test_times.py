"""Days and times are read where they mean one instant."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import InvalidInput
from portal.core.parsing.times import MIDNIGHT, REAL_DAY, REAL_TIME, WHICH_TIME, read_day, read_time

NOON = ("noon", "Midday", "12 noon", "12:00 noon", "12.00 midday", "12pm", "1200", "12:00")
HALF_PAST_FIVE = ("5.30 p.m.", "5:30pm", "5.30 PM", "17:30", "17.30", "1730", "17:30\u200b")


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        (("4", "12", "2026"), date(2026, 12, 4)),
        (("04", "December", "2026"), date(2026, 12, 4)),
        (("5th", "sept", "2027"), date(2027, 9, 5)),
        (("1ST", "Mar.", "2027"), date(2027, 3, 1)),
        ((" 2\u200b", "march", "2027"), date(2027, 3, 2)),
        (("", " ", "\u2800"), None),
    ],
)
def test_days_are_read(typed: tuple[str, str, str], day: date | None) -> None:
    """Numbers, ordinals, the month's name or the beginning of it; three empty boxes are no day."""
    assert read_day(*typed) == day


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        (("31", "2", "2027"), REAL_DAY),
        (("29", "2", "2027"), REAL_DAY),
        (("4", "marmalade", "2027"), REAL_DAY),
        (("4", "ma", "2027"), REAL_DAY),
        (("4", "decade", "2027"), REAL_DAY),
        (("4", "13", "2027"), REAL_DAY),
        (("1" * 25, "1", "2027"), REAL_DAY),
        (("1", "1" * 25, "2027"), REAL_DAY),
        (("٤", "1", "2027"), REAL_DAY),
        (("1", "1", "0001"), "The year must be between 1900 and 2199."),
        (("1", "1", "9999"), "The year must be between 1900 and 2199."),
        (("1", "1", "27"), "The year must have 4 digits, such as 2027."),
        (("1", "1", "1" * 25), "The year must have 4 digits, such as 2027."),
        (("1", "\u200b", "2027"), "The date must include a month."),
        (("", "1", "2027"), "The date must include a day."),
    ],
)
def test_what_is_no_day_is_refused(typed: tuple[str, str, str], message: str) -> None:
    """A month by its whole name or a real beginning of it, a year that a contract may have, and never an error page."""
    with pytest.raises(InvalidInput) as refused:
        read_day(*typed, field="closes")
    assert (refused.value.message, refused.value.field) == (message, "closes")


@pytest.mark.parametrize(
    ("typed", "clock"),
    [
        *((typed, time(12)) for typed in NOON),
        *((typed, time(17, 30)) for typed in HALF_PAST_FIVE),
        ("0530", time(5, 30)),
        ("05:30", time(5, 30)),
        ("1.15 a.m", time(1, 15)),
        ("00:00", time(0)),
        ("0:30", time(0, 30)),
        ("", None),
        ("\u2800", None),
    ],
)  # fmt: skip
def test_times_are_read(typed: str, clock: time | None) -> None:
    """As people write them: noon in words, a half of the day with or without full stops, the 24-hour clock."""
    assert read_time(typed) == clock


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        *((typed, MIDNIGHT) for typed in ("midnight", "12 midnight", "12am", "12:00 a.m.", "24:00", "2400")),
        ("17:00 GMT", "Leave the zone out: times are those of the clocks in the United Kingdom."),
        ("5pm BST", "Leave the zone out: times are those of the clocks in the United Kingdom."),
        ("5:30", "“5:30” can be read as 5:30am or as 5:30pm. Type it with am or pm, or as 05:30 or 17:30."),
        *((typed, WHICH_TIME) for typed in ("5", "soon", "٥pm", "5;30pm", "17:0", "99999", "½pm")),
        *((typed, REAL_TIME) for typed in ("25:00", "13pm", "0pm", "9:75", "1275")),
    ],
)  # fmt: skip
def test_what_is_no_one_time_is_refused(typed: str, message: str) -> None:
    """Midnight ends one day and begins another; half past five comes twice a day; GMT is not the clock in July."""
    with pytest.raises(InvalidInput) as refused:
        read_time(typed, field="closes_time")
    assert (refused.value.message, refused.value.field) == (message, "closes_time")


@given(st.times())
def test_every_minute_can_be_typed_in_two_ways(clock: time) -> None:
    """On the 24-hour clock and with its half of the day; only the first minute of a day has one way."""
    minute = clock.replace(second=0, microsecond=0)
    assert read_time(f"{minute:%H:%M}") == minute
    half = f"{minute.hour % 12 or 12}.{minute:%M} {'a.m.' if minute.hour < 12 else 'p.m.'}"
    if minute != time(0):
        assert read_time(half) == minute


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_every_day_can_be_typed(day: date) -> None:
    """By number, by name and by the name's first three letters."""
    for month in (str(day.month), f"{day:%B}", f"{day:%b}"):
        assert read_day(str(day.day), month, str(day.year)) == day


@given(st.text(), st.text(), st.text())
def test_any_text_is_read_or_refused(day: str, month: str, year: str) -> None:
    """Nothing that can be typed is an error of the portal's."""
    for read in (lambda: read_day(day, month, year), lambda: read_time(day)):
        try:
            read()
        except InvalidInput:
            continue
