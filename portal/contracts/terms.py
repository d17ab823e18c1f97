"""The term of a contract: calendar months from its first day, and the break points inside it."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from portal.core.words import london_date


def months_after(start: date, months: int) -> date:
    """The same day of the month `months` later, or that month's last day where it is shorter.

    >>> months_after(date(2027, 1, 31), 1)
    datetime.date(2027, 2, 28)
    >>> months_after(date(2027, 4, 1), 30)
    datetime.date(2029, 10, 1)
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class Milestone:
    """One date of a contract as a stage of a road: behind today ("done"), today's stretch ("current"), or to come."""

    text: str
    state: str
    at: str
    detail: str = ""


def milestones(start: date, end_until: date, breaks: Iterable[tuple[int, date]], today: date) -> list[Milestone]:
    """The first day, each break point (months after the start, date) and the last day, as seen from `today`."""
    days = [(start, "Starts", "")]
    days += [(day, "Break point", f"after {months} months") for months, day in breaks]
    days.append((end_until - timedelta(days=1), "Ends", ""))
    passed = sum(day <= today for day, _, _ in days)
    return [
        Milestone(text, _state(index, passed, len(days)), london_date(day), detail)
        for index, (day, text, detail) in enumerate(days)
    ]


def _state(index: int, passed: int, count: int) -> str:
    if passed == count or index < passed - 1:
        return "done"
    return "current" if index == passed - 1 else "next"
