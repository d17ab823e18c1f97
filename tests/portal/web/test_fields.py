"""Reading what people type."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form

from portal.web.fields import (
    CodesField,
    DayField,
    FigureField,
    MonthsField,
    PoundsField,
    TimeField,
    WholeField,
    clean,
)


class Example(Form):  # type: ignore[misc, unused-ignore]
    """One field of each kind."""

    figure = FigureField("Figure")
    pounds = PoundsField("Pounds")
    whole = WholeField("Whole")
    months = MonthsField("Months")
    codes = CodesField("Codes")
    day = DayField("Day")
    clock = TimeField("Clock")


def read(name: str, typed: str) -> Any:
    """The field after somebody typed into it."""
    form = Example(MultiDict({name: typed}))
    form.validate()
    return form[name]


@pytest.mark.parametrize(
    ("name", "typed", "data"),
    [
        ("figure", "40", Decimal(40)),
        ("figure", " 12.5 % ", Decimal("12.5")),
        ("figure", "", None),
        ("figure", "0.1250", Decimal("0.1250")),
        ("pounds", "£240,000", Decimal(240000)),
        ("pounds", "1 000.50", Decimal("1000.50")),
        ("whole", "30 months", 30),
        ("whole", "1,200", 1200),
        ("whole", "-3", -3),
        ("months", "12, 18", [12, 18]),
        ("months", "12 and 18 months", [12, 18]),
        ("months", "", []),
        ("codes", "85311300\r\n85312320, 80000000\n", ["85311300", "85312320", "80000000"]),
        ("clock", "noon", time(12)),
        ("clock", "Midday", time(12)),
        ("clock", "12pm", time(12)),
        ("clock", "12am", time(0)),
        ("clock", "5 pm", time(17)),
        ("clock", "5.30pm", time(17, 30)),
        ("clock", "17:05", time(17, 5)),
        ("clock", "", None),
    ],
)
def test_what_is_typed_is_read(name: str, typed: str, data: object) -> None:
    """Signs, commas, spaces and words that people add are understood."""
    field = read(name, typed)
    assert (list(field.errors), field.data) == ([], data)


@pytest.mark.parametrize(
    ("name", "typed", "message"),
    [
        ("figure", "forty", "Type a number, such as 40 or 12.5."),
        ("figure", "1e3", "Type a number, such as 40 or 12.5."),
        ("figure", "NaN", "Type a number, such as 40 or 12.5."),
        ("figure", "٤٠", "Type a number, such as 40 or 12.5."),
        ("figure", "1.23456", "Use at most 4 decimal places."),
        ("pounds", "1.999", "Use at most 2 decimal places."),
        ("pounds", "lots", "Type an amount in pounds, such as 240,000."),
        ("whole", "2.5", "Type a whole number, such as 30."),
        ("months", "12, soon", "Type the break points as months, such as 12, 18."),
        ("clock", "5", "Type a time, such as noon, 5pm or 17:00."),
        ("clock", "midnight", "Type a time, such as noon, 5pm or 17:00."),
        ("clock", "25:00", "Type a time that exists, such as noon, 5pm or 17:00."),
        ("clock", "13pm", "Type a time that exists, such as noon, 5pm or 17:00."),
        ("clock", "9:75", "Type a time that exists, such as noon, 5pm or 17:00."),
    ],
)
def test_what_cannot_be_read_is_refused_and_kept(name: str, typed: str, message: str) -> None:
    """The message says what to type, and what was typed stays in the box."""
    field = read(name, typed)
    assert (list(field.errors), field.data in (None, []), field._value()) == ([message], True, typed)


@pytest.mark.parametrize(
    ("typed", "data", "errors"),
    [
        (("4", "12", "2026"), date(2026, 12, 4), []),
        (("04", "December", "2026"), date(2026, 12, 4), []),
        (("", "", ""), None, []),
        (("31", "2", "2027"), None, ["The date must be a real one, such as 4 12 2026."]),
        (("4", "twelve", "2026"), None, ["The date must be a real one, such as 4 12 2026."]),
        (("4", "", "2026"), None, ["The date must include a month."]),
        (("", "12", "2026"), None, ["The date must include a day."]),
        (("4", "12", "26"), None, ["The year must have 4 digits, such as 2027."]),
    ],
)
def test_a_day_is_read_from_three_boxes(typed: tuple[str, ...], data: date | None, errors: list[str]) -> None:
    """Numbers or the month's name; what is missing or impossible is said, and the boxes keep what was typed."""
    parts = dict(zip(("day", "month", "year"), typed, strict=True))
    form = Example(MultiDict({f"day-{part}": text for part, text in parts.items()}))
    form.validate()
    assert (form.day.data, list(form.day.errors), form.day.typed) == (data, errors, parts)


def test_saved_values_are_shown_as_people_write_them() -> None:
    """No superfluous zeros, "noon" for noon, a day in its boxes, codes one a line."""
    form = Example(
        data={
            "figure": Decimal("40.0000"),
            "months": [12, 18],
            "codes": ["85311300", "85312320"],
            "day": date(2026, 12, 4),
            "clock": time(12),
            "whole": 30,
        }
    )
    shown = [form[name]._value() for name in ("figure", "months", "codes", "clock", "whole")]
    assert shown == ["40", "12, 18", "85311300\n85312320", "noon", "30"]
    assert form.day.typed == {"day": "4", "month": "12", "year": "2026"}


def test_characters_that_nobody_means_are_dropped() -> None:
    """NUL and other control characters go, line ends and tabs stay."""
    assert clean(" a\x00b\x07\n\tc\r\n ") == "ab\n\tc"
