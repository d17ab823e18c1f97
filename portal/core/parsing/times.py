"""Days and times of day that people type. What can be read in two ways is refused with both readings."""

from __future__ import annotations

import re
from calendar import month_name
from datetime import date, time

from portal.core.errors import InvalidInput
from portal.core.parsing.text import one_line

PARTS = ("day", "month", "year")
EARLIEST_YEAR, LATEST_YEAR = 1900, 2199
REAL_DAY = "The date must be a real one, such as 4 12 2026."
REAL_TIME = "Type a time that exists, such as noon, 5pm or 17:00."
WHICH_TIME = "Type a time, such as noon, 5pm or 17:00."
MIDNIGHT = (
    "Midnight can mean the moment at which that day begins or the one at which it ends. Type 00:00 for the first, or "
    "11:59pm for the last minute of the day."
)
MONTHS = tuple(name.lower() for name in month_name[1:])
_DAY = re.compile(r"([0-9]{1,2})(st|nd|rd|th)?", re.IGNORECASE)
_CLOCK = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))?(am|pm)?")
_FOUR = re.compile(r"([0-9]{2})([0-9]{2})(?:h|hrs|hours)?")
_ZONE = re.compile(r"(gmt|bst|utc|z|[+-][0-9:]+)$")


def read_day(day: str | None, month: str | None, year: str | None, *, field: str | None = None) -> date | None:
    """Read a day from its three boxes; None when all are empty. A month is a number, its name, or the name's first
    three letters or more. Raises `InvalidInput`.
    """
    typed = [one_line(part) for part in (day, month, year)]
    if not any(typed):
        return None
    for part, given in zip(PARTS, typed, strict=True):
        if not given:
            raise InvalidInput(f"The date must include a {part}.", field=field)
    if not re.fullmatch("[0-9]{4}", typed[2]):
        raise InvalidInput("The year must have 4 digits, such as 2027.", field=field)
    numbered, named = _DAY.fullmatch(typed[0]), _month(typed[1])
    if not EARLIEST_YEAR <= int(typed[2]) <= LATEST_YEAR:
        raise InvalidInput(f"The year must be between {EARLIEST_YEAR} and {LATEST_YEAR}.", field=field)
    if numbered is None or named is None:
        raise InvalidInput(REAL_DAY, field=field)
    try:
        return date(int(typed[2]), named, int(numbered[1]))
    except ValueError:
        raise InvalidInput(REAL_DAY, field=field) from None


def read_time(typed: str | None, *, field: str | None = None) -> time | None:
    """Read a time of day by the clocks of the United Kingdom; None when nothing was typed. Raises `InvalidInput`."""
    said = one_line(typed).lower()
    text = re.sub(r"([ap])\.m\.?$", r"\1m", said).replace(" ", "")
    if not text:
        return None
    if "midnight" in text or re.fullmatch(r"12([:.]00)?am|24[:.]?00", text):
        raise InvalidInput(MIDNIGHT, field=field)
    if _ZONE.search(text):
        raise InvalidInput("Leave the zone out: times are those of the clocks in the United Kingdom.", field=field)
    if re.fullmatch(r"(12([:.]00)?)?(noon|midday)", text):
        return time(12)
    found = _FOUR.fullmatch(text) or _CLOCK.fullmatch(text)
    if found is None or not any(found.groups()[1:]):
        raise InvalidInput(WHICH_TIME, field=field)
    half = found[3] if found.re is _CLOCK else None
    return _of_day(said, found[1], int(found[2] or 0), half, field)


def _of_day(said: str, digits: str, minute: int, half: str | None, field: str | None) -> time:
    hour = int(digits)
    if minute > 59 or hour > 23 or (half and not 1 <= hour <= 12):
        raise InvalidInput(REAL_TIME, field=field)
    if not half and len(digits) == 1 and hour:
        morning, evening = f"{hour}:{minute:02d}am", f"{hour}:{minute:02d}pm"
        message = (
            f"“{said}” can be read as {morning} or as {evening}. Type it with am or pm, or as {hour:02d}:{minute:02d}"
        )
        raise InvalidInput(f"{message} or {hour + 12}:{minute:02d}.", field=field)
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute)


def _month(typed: str) -> int | None:
    if re.fullmatch("[0-9]{1,2}", typed):
        return int(typed)
    name = typed.lower().removesuffix(".")
    return next((place for place, month in enumerate(MONTHS, 1) if len(name) >= 3 and month.startswith(name)), None)
