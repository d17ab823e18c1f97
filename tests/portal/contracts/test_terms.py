"""Milestones."""

from __future__ import annotations

from datetime import date

import pytest

from portal.contracts.terms import milestones


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
