"""The term of a contract: calendar months from its first day, and the break points inside it."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def months_after(start: date, months: int) -> date:
    """The same day of the month `months` later, or that month's last day where it is shorter.

    >>> months_after(date(2027, 1, 31), 1)
    datetime.date(2027, 2, 28)
    >>> months_after(date(2027, 4, 1), 30)
    datetime.date(2029, 10, 1)
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))
