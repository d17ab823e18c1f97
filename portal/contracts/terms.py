"""The term of a contract as a road: its first day, the break points inside it, its last day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from portal.core.words import counted, london_date


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
    days += [(day, "Break point", f"after {counted(months, 'month')}") for months, day in breaks]
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
