"""Months and milestones."""

from __future__ import annotations

from datetime import date

import pytest

from portal.contracts.terms import milestones, months_after


@pytest.mark.parametrize(
    ("start", "months", "day"),
    [
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2027, 1, 31), 13, date(2028, 2, 29)),
        (date(2027, 4, 1), 30, date(2029, 10, 1)),
        (date(2026, 12, 15), 12, date(2027, 12, 15)),
        (date(2027, 5, 31), 0, date(2027, 5, 31)),
    ],
)
def test_months_after(start: date, months: int, day: date) -> None:
    """The same day of a later month, or that month's last one."""
    assert months_after(start, months) == day


@pytest.mark.parametrize(
    ("today", "states"),
    [
        (date(2027, 3, 31), ["next", "next", "next"]),
        (date(2027, 4, 1), ["current", "next", "next"]),
        (date(2028, 4, 1), ["done", "current", "next"]),
        (date(2029, 9, 30), ["done", "done", "done"]),
    ],
)
def test_milestones(today: date, states: list[str]) -> None:
    """First day, break points and last day, as seen from a day."""
    found = milestones(date(2027, 4, 1), date(2029, 10, 1), [(12, date(2028, 4, 1))], today)
    assert [stage.state for stage in found] == states
    assert [(stage.text, stage.at, stage.detail) for stage in found] == [
        ("Starts", "1 April 2027", ""),
        ("Break point", "1 April 2028", "after 12 months"),
        ("Ends", "30 September 2029", ""),
    ]
