"""Reading what people type."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form

from portal.core.parsing.figures import MONTHS, NUMBER, PERCENT, POUNDS
from portal.core.parsing.times import MIDNIGHT, REAL_DAY, WHICH_TIME
from portal.web.fields import (
    CodesField,
    DayField,
    FigureField,
    MonthsField,
    PercentField,
    PoundsField,
    TimeField,
    WholeField,
    page,
)


class Example(Form):  # type: ignore[misc, unused-ignore]
    """One field of each kind."""

    figure = FigureField("Figure")
    pounds = PoundsField("Pounds")
    whole = WholeField("Whole", MONTHS)
    share = PercentField("Share")
    text = page("Text")
    months = MonthsField("Months")
    codes = CodesField("Codes")
    day = DayField("Day")
    clock = TimeField("Clock")


def read(name: str, typed: str) -> Any:
    """The field after somebody typed into it."""
    form = Example(MultiDict({name: typed}))
    form.validate()
    return form[name]


def test_a_text_that_was_not_sent_is_empty() -> None:
    """An activity is given text, whatever box a request left out."""
    form = Example(MultiDict({"figure": "40"}))
    assert form.text.data == ""


@pytest.mark.parametrize(
    ("name", "typed", "data"),
    [
        ("figure", "40", Decimal(40)),
        ("share", " 12.5 % ", Decimal("12.5")),
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
        ("figure", "forty", NUMBER.example),
        ("figure", "1.23456", "Use at most 4 decimal places."),
        ("pounds", "£143,00", f"“£143,00” can be read as £143 or as £14,300. {POUNDS.example}"),
        ("pounds", "20%", f"Leave out the %. {POUNDS.example}"),
        ("whole", "1,5", f"“1,5” can be read as 1.5 or as 15. {MONTHS.example}"),
        ("share", "12,5", f"“12,5” can be read as 12.5% or as 125%. {PERCENT.example}"),
        ("months", "12, soon", "Type the break points as months, such as 12, 18."),
        ("clock", "5", WHICH_TIME),
        ("clock", "midnight", MIDNIGHT),
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
        (("", "", ""), None, []),
        (("31", "2", "2027"), None, [REAL_DAY]),
        (("1" * 25, "2", "2027"), None, [REAL_DAY]),
    ],
)
def test_a_day_is_read_from_three_boxes(typed: tuple[str, ...], data: date | None, errors: list[str]) -> None:
    """What is impossible is said, and the boxes keep what was typed."""
    parts = dict(zip(("day", "month", "year"), typed, strict=True))
    form = Example(MultiDict({f"day-{part}": text for part, text in parts.items()}))
    form.validate()
    assert (form.day.data, list(form.day.errors), form.day.typed) == (data, errors, parts)


def test_fields_that_were_not_sent_are_empty() -> None:
    """A form without any of its fields is read, and holds nothing."""
    form = Example(MultiDict({"other": "1"}))
    assert form.validate()
    assert {name: form[name].data for name in ("figure", "pounds", "whole", "day", "clock")} == dict.fromkeys(
        ("figure", "pounds", "whole", "day", "clock")
    )


def test_an_amount_is_repeated_as_it_was_understood() -> None:
    """Pounds only, and only where there is an amount that was understood."""
    shown = {typed: read("pounds", typed).understood for typed in ("118000.5", "£240,000", "", "118000,50")}
    assert shown == {"118000.5": "£118,000.50", "£240,000": "£240,000", "": "", "118000,50": ""}
    assert read("share", "20").understood == ""


def test_a_text_is_as_long_as_browsers_count() -> None:
    """An emoji of two code units counts two, a line break one."""
    assert list(read("text", "😀" * 10_000).errors) == []
    assert list(read("text", "😀" * 10_000 + "a").errors) == ["Use at most 20,000 characters."]
    assert list(read("text", "\r\n" * 20_000).errors) == []


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
