"""How values are written on every page and in every letter: times with their zone, pounds, marks, sizes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from portal.core.clock import LONDON
from portal.core.parsing.figures import POUNDS

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def london(instant: datetime | None) -> str:
    """ "noon on Friday 4 December 2026 GMT": date, time and zone, always all three."""
    if instant is None:
        return "not set"
    local = instant.astimezone(LONDON)
    return f"{_time(local)} on {WEEKDAYS[local.weekday()]} {_date(local)} {local.tzname()}"


def london_until(end: datetime | None) -> str:
    """ "the end of Sunday 31 March 2030" for an exclusive end at midnight, which nobody reads as the day before;
    any other instant as `london` writes it.
    """
    local = end.astimezone(LONDON) if end is not None else None
    if local is None or (local.hour, local.minute, local.second) != (0, 0, 0):
        return london(end)
    last = (local - timedelta(days=1)).date()
    return f"the end of {WEEKDAYS[last.weekday()]} {_date(last)}"


def london_short(instant: datetime | None) -> str:
    """ "4 Dec 2026, 12:00 GMT", for tables."""
    if instant is None:
        return "not set"
    local = instant.astimezone(LONDON)
    return f"{local.day} {_MONTHS[local.month - 1][:3]} {local.year}, {local:%H:%M} {local.tzname()}"


def to_the_second(instant: datetime) -> str:
    """ "4 Dec 2026, 12:00:07 GMT", for logs."""
    local = instant.astimezone(LONDON)
    return f"{local.day} {_MONTHS[local.month - 1][:3]} {local.year}, {local:%H:%M:%S} {local.tzname()}"


def london_date(day: date | datetime | None) -> str:
    """ "4 December 2026" in Europe/London."""
    if day is None:
        return "not set"
    return _date(day.astimezone(LONDON) if isinstance(day, datetime) else day)


def micro(instant: datetime) -> str:
    """ "2026-12-04 11:58:07.123456 UTC": a receipt's time, to the microsecond."""
    return instant.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")


def pounds(amount: Decimal | int | str | None) -> str:
    """ "£118,000", or "£118,000.50" when there are pence."""
    if amount is None:
        return "not set"
    return POUNDS.write(Decimal(amount))


def marks(value: Decimal | Fraction | str | int | None) -> str:
    """At most four places, without superfluous zeros: "83.3661", "32", "27.5"."""
    if value is None:
        return "–"
    if isinstance(value, Fraction):
        value = Decimal(value.numerator) / Decimal(value.denominator)
    text = f"{Decimal(value):.4f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def percent(value: Decimal | Fraction | str | int | None) -> str:
    """ "40%"."""
    return "–" if value is None else f"{marks(value)}%"


def counted(number: Decimal | Fraction | str | int, one: str, many: str = "") -> str:
    """ "1 provider", "1,234 providers", "1 task is", "0.5 marks": a number with its noun (see `noun`)."""
    written = f"{number:,}" if isinstance(number, int) else marks(number)
    return f"{written} {noun(number, one, many)}"


def noun(number: Decimal | Fraction | str | int, one: str, many: str = "") -> str:
    """The noun of a number that stands elsewhere; its plural is `many`, or ends in s."""
    return one if Fraction(number) == 1 else many or f"{one}s"


def listed(things: Iterable[str]) -> str:
    """Things in a row: "this, that and another"; empty for none."""
    *most, last = [*things] or [""]
    return f"{', '.join(most)} and {last}" if most else last


def filesize(count: int) -> str:
    """ "0 bytes", "12 KB", "3.4 MB"."""
    if count < 1000:
        return counted(count, "byte")
    if count < 1_000_000:
        return f"{count / 1000:.0f} KB"
    return f"{count / 1_000_000:.1f} MB"


def law_in_words(law: str) -> str:
    """ "Procurement Act 2023, section 38" for "PA2023 s.38", and the like for the other laws."""
    for short, words in _LAWS:
        law = law.replace(short, words)
    return law


def _date(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _time(local: datetime) -> str:
    if (local.hour, local.minute, local.second) == (12, 0, 0):
        return "noon"
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        return "midnight at the start of the day"
    minutes = "" if (local.minute, local.second) == (0, 0) else f":{local:%M}"
    seconds = f":{local:%S}" if local.second else ""
    return f"{(local.hour - 1) % 12 + 1}{minutes}{seconds}{'am' if local.hour < 12 else 'pm'}"


_LAWS = (
    ("PA2023 ss.", "Procurement Act 2023, sections "),
    ("PA2023 s.", "Procurement Act 2023, section "),
    ("PA2023 Sch ", "Procurement Act 2023, Schedule "),
    ("PCR2015 reg ", "Public Contracts Regulations 2015, regulation "),
    ("SI 2024/716 reg ", "SI 2024/716, regulation "),
    ("PR24 reg ", "Procurement Regulations 2024, regulation "),
    (", s.", " and section "),
)
FILTERS = (
    london,
    london_short,
    to_the_second,
    london_until,
    london_date,
    micro,
    pounds,
    marks,
    percent,
    counted,
    noun,
    filesize,
    law_in_words,
)
"""What every template has as a filter, by its own name."""
