"""How OCDS writes values: numbers, instants and days."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from portal.core.clock import LONDON
from portal.regulation.local_time import end_of_day, start_of_day

Json = dict[str, Any]


def number(value: Decimal) -> int | float:
    """Write a decimal as a JSON number.

    JSON knows no decimals; a binary float prints back the same digits for the 14 that the database keeps.
    """
    return int(value) if value == value.to_integral_value() else float(value)


def instant(value: datetime) -> str:
    """Write an instant with the time of day and the offset that people in the United Kingdom read."""
    return value.astimezone(LONDON).isoformat(timespec="seconds")


def day_start(day: date) -> str:
    """Write a day as the instant at which it begins."""
    return instant(start_of_day(day))


def day_end(day: date) -> str:
    """Write a day as its last second."""
    return instant(end_of_day(day) - timedelta(seconds=1))


def without_gaps(value: Json) -> Json:
    """Leave out what is None, empty text or an empty list or object, which OCDS does not want to see."""
    return {key: item for key, item in value.items() if item is not None and item not in ("", [], {})}
