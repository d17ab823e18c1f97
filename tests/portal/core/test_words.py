"""How values are written."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from portal.core import words


def utc(*parts: int) -> datetime:
    """An instant."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("instant", "written"),
    [
        (utc(2026, 12, 4, 12), "noon on Friday 4 December 2026 GMT"),
        (utc(2026, 7, 1, 11), "noon on Wednesday 1 July 2026 BST"),
        (utc(2026, 7, 1, 23), "midnight at the start of the day on Thursday 2 July 2026 BST"),
        (utc(2026, 1, 5, 9, 5), "9:05am on Monday 5 January 2026 GMT"),
        (utc(2026, 1, 5, 17), "5pm on Monday 5 January 2026 GMT"),
        (utc(2026, 1, 5, 0, 30, 7), "12:30:07am on Monday 5 January 2026 GMT"),
        (utc(2026, 1, 5, 12, 30), "12:30pm on Monday 5 January 2026 GMT"),
        (utc(2026, 10, 25, 0, 30), "1:30am on Sunday 25 October 2026 BST"),
        (utc(2026, 10, 25, 1, 30), "1:30am on Sunday 25 October 2026 GMT"),
        (None, "not set"),
    ],
)
def test_an_instant_has_date_time_and_zone(instant: datetime | None, written: str) -> None:
    """Noon and midnight are words; the hour that comes twice is told apart by its zone."""
    assert words.london(instant) == written


def test_an_exclusive_end_is_the_end_of_the_day_before() -> None:
    """Midnight is told as the end of the last day; any other instant as it is."""
    assert words.london_until(utc(2030, 3, 31, 23)) == "the end of Sunday 31 March 2030"
    assert words.london_until(utc(2029, 2, 24)) == "the end of Friday 23 February 2029"
    assert words.london_until(utc(2026, 12, 4, 12)) == "noon on Friday 4 December 2026 GMT"
    assert words.london_until(None) == "not set"


def test_short_and_bare_dates() -> None:
    """For tables, and for days without a time; the day is London's."""
    assert words.london_short(utc(2026, 7, 1, 23, 30)) == "2 Jul 2026, 00:30 BST"
    assert words.london_date(utc(2026, 7, 1, 23, 30)) == "2 July 2026"
    assert words.london_date(date(2026, 12, 4)) == "4 December 2026"
    assert (words.london_short(None), words.london_date(None)) == ("not set", "not set")


def test_a_receipt_s_time_has_microseconds() -> None:
    """All six places, in UTC."""
    assert words.micro(datetime(2026, 12, 4, 11, 58, 7, 123, tzinfo=UTC)) == "2026-12-04 11:58:07.000123 UTC"


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (Decimal("118000"), "£118,000"),
        (Decimal("118000.00"), "£118,000"),
        (Decimal("118000.50"), "£118,000.50"),
        ("0", "£0"),
        (1234567, "£1,234,567"),
        (None, "not set"),
    ],
)
def test_pounds_show_pence_only_when_there_are_some(amount: object, written: str) -> None:
    """Whole pounds are shorter to read."""
    assert words.pounds(amount) == written  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("83.36610"), "83.3661"),
        (Decimal("32.0000"), "32"),
        (Decimal("27.5"), "27.5"),
        (Fraction(100, 3), "33.3333"),
        (Decimal("-0.00001"), "0"),
        (0, "0"),
        (100, "100"),
        (None, "–"),
    ],
)
def test_marks_have_at_most_four_places(value: object, written: str) -> None:
    """Without superfluous zeros, and never a minus before nothing."""
    assert words.marks(value) == written  # type: ignore[arg-type]
    assert words.percent(value) == ("–" if value is None else f"{written}%")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("count", "written"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1 KB"), (12_400, "12 KB"), (3_400_000, "3.4 MB")],
)
def test_sizes(count: int, written: str) -> None:
    """As file managers write them."""
    assert words.filesize(count) == written
