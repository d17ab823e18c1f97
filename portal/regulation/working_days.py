"""Working days, and the three conventions by which the law counts them.

A `Calendar` is a value: the set of bank holidays and the years for which they are known. Nothing here needs
a database. Outside the known years every function refuses with `CalendarUnknown`, because a missing bank
holiday would end a standstill a day early.

"Working day" in the Procurement Act 2023 is UK-wide: not a Saturday, a Sunday or a bank holiday in any part
of the United Kingdom (PA2023 s.123(1)). The 2015 Regulations name no territory: a duty is counted by England
and Wales (earlier, safer) and a waiting period by the whole United Kingdom (later, safer).

The three conventions are never mixed (each `DeadlineRule` names its own):

* `last_day_inclusive`: "the period of n days beginning with the day on which ..."; the day itself counts.
* `last_day_from_day_after`: the period begins the day after and ends with the last day (PA2023 s.54(5)).
* `last_day_pcr`: the day of the event does not count, the period holds at least two working days, and it
  never ends on a day that is not a working day (PCR2015 reg 2(3)-(4)).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import MAXYEAR, MINYEAR, date, timedelta
from enum import StrEnum

from portal.core.errors import PortalError

ONE_DAY = timedelta(days=1)
SATURDAY = 5


class Nation(StrEnum):
    """The parts of the United Kingdom for which GOV.UK lists bank holidays."""

    ENGLAND_AND_WALES = "ENGLAND_AND_WALES"
    SCOTLAND = "SCOTLAND"
    NORTHERN_IRELAND = "NORTHERN_IRELAND"


class CalendarName(StrEnum):
    """Whose bank holidays count: one nation's, or those of any."""

    ENGLAND_AND_WALES = "ENGLAND_AND_WALES"
    SCOTLAND = "SCOTLAND"
    NORTHERN_IRELAND = "NORTHERN_IRELAND"
    UK_UNION = "UK_UNION"


class Convention(StrEnum):
    """How a period is counted; see the module's docstring."""

    INCLUSIVE = "INCLUSIVE"
    FROM_DAY_AFTER = "FROM_DAY_AFTER"
    PCR = "PCR"


class Unit(StrEnum):
    """What a period is counted in."""

    CALENDAR_DAY = "CALENDAR_DAY"
    WORKING_DAY = "WORKING_DAY"
    YEAR = "YEAR"


class CalendarUnknown(PortalError):
    """The bank holidays of a year are not known, so a date in it cannot be computed."""

    code = "calendar_unknown"
    status = 422

    def __init__(self, calendar: Calendar, day: date) -> None:
        known = f"{calendar.first_year} to {calendar.last_year}" if calendar.knows_any else "none"
        super().__init__(
            f"The bank holidays of {day.year} are not recorded (recorded years: {known}), so this period "
            "cannot be counted. Choose an earlier date, or ask the platform administrator to add them."
        )
        self.day = day


@dataclass(frozen=True)
class Calendar:
    """The bank holidays of one territory, and the years (both inclusive) for which they are complete."""

    name: CalendarName
    holidays: frozenset[date]
    first_year: int
    last_year: int

    @property
    def knows_any(self) -> bool:
        """True when at least one year is known."""
        return self.first_year <= self.last_year

    def of_any_year(self) -> Calendar:
        """The same for every year: where bank holidays are not recorded, plain weekdays count."""
        return replace(self, first_year=MINYEAR, last_year=MAXYEAR)

    def require_known(self, day: date) -> None:
        """Raise `CalendarUnknown` when `day` lies outside the years whose bank holidays are known."""
        if not self.first_year <= day.year <= self.last_year:
            raise CalendarUnknown(self, day)

    def is_working_day(self, day: date) -> bool:
        """Say whether `day` is neither a Saturday, a Sunday nor a bank holiday here."""
        self.require_known(day)
        return day.weekday() < SATURDAY and day not in self.holidays

    def first_working_day_from(self, day: date) -> date:
        """Give `day` itself when it is a working day, else the next one."""
        while not self.is_working_day(day):
            day += ONE_DAY
        return day

    def working_days_between(self, first: date, last: date) -> int:
        """Count the working days from `first` to `last`, both included."""
        days = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
        return sum(1 for day in days if self.is_working_day(day))


def union(calendars: Iterable[Calendar]) -> Calendar:
    """Join the nations' calendars into the UK-wide one: a holiday anywhere is a holiday, and only the years
    that every nation knows are known.
    """
    parts = tuple(calendars)
    return Calendar(
        name=CalendarName.UK_UNION,
        holidays=frozenset().union(*(part.holidays for part in parts)),
        first_year=max(part.first_year for part in parts),
        last_year=min(part.last_year for part in parts),
    )


def last_day_inclusive(start: date, n: int, unit: Unit, calendar: Calendar | None = None) -> date:
    """Give the last day of "the period of n days (or years) beginning with `start`".

    A working-day period counts `start` only if it is a working day itself. `calendar` is needed for working
    days. Raises `CalendarUnknown`, and `ValueError` for n < 1.
    """
    _require_positive(n)
    if unit is Unit.CALENDAR_DAY:
        return start + timedelta(days=n - 1)
    if unit is Unit.YEAR:
        return years_later(start, n) - ONE_DAY
    return _nth_working_day(start, n, _required(calendar))


def last_day_from_day_after(start: date, n: int, unit: Unit, calendar: Calendar | None = None) -> date:
    """Give the last day of a period of n that begins the day after `start`; nothing rolls forward.

    Raises `CalendarUnknown`, and `ValueError` for n < 1.
    """
    return last_day_inclusive(start + ONE_DAY, n, unit, calendar)


def last_day_pcr(start: date, n: int, unit: Unit, calendar: Calendar) -> date:
    """Give the last day of a period under PCR2015 reg 2(3)-(4), in days, working days or years.

    `start` is the day of the event and does not count; the period holds at least two working days; an end on
    a day that is no working day moves to the next working day. Raises `CalendarUnknown`, `ValueError` for n
    < 1.
    """
    end = last_day_from_day_after(start, n, unit, calendar)
    return max(calendar.first_working_day_from(end), _nth_working_day(start + ONE_DAY, 2, calendar))


def last_day(start: date, n: int, unit: Unit, convention: Convention, calendar: Calendar | None) -> date:
    """Give the last day of a period counted by the named convention."""
    if convention is Convention.INCLUSIVE:
        return last_day_inclusive(start, n, unit, calendar)
    if convention is Convention.FROM_DAY_AFTER:
        return last_day_from_day_after(start, n, unit, calendar)
    return last_day_pcr(start, n, unit, _required(calendar))


def years_later(start: date, years: int) -> date:
    """Give the first day after a period of years that begins on `start`: `months_later` of as many months."""
    return months_later(start, 12 * years)


def months_later(start: date, months: int) -> date:
    """Give the first day after a period of months that begins on `start`.

    It is the same day of the month; where that month has no such day the period ends with the month (the
    corresponding-date rule: Dodds v Walker [1981] 1 WLR 1027).

    >>> months_later(date(2027, 4, 1), 30), months_later(date(2027, 1, 31), 1)
    (datetime.date(2029, 10, 1), datetime.date(2027, 3, 1))
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if start.day <= monthrange(year, month + 1)[1]:
        return date(year, month + 1, start.day)
    return date(year, month + 2, 1)


def _nth_working_day(start: date, n: int, calendar: Calendar) -> date:
    day = calendar.first_working_day_from(start)
    for _ in range(n - 1):
        day = calendar.first_working_day_from(day + ONE_DAY)
    return day


def _required(calendar: Calendar | None) -> Calendar:
    if calendar is None:
        raise ValueError("a calendar is needed to count working days")
    return calendar


def _require_positive(n: int) -> None:
    if n < 1:
        raise ValueError("a period has at least one day")
