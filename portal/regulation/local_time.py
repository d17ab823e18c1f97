"""Wall-clock times in Europe/London and the UTC instants they mean.

Deadlines are typed and read as local wall-clock times; instants are stored in UTC. Twice a year the two do
not correspond: an hour that does not exist (clocks forward) and an hour that happens twice (clocks back). A
deadline in either is refused, never guessed.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from portal.core.clock import LONDON
from portal.core.errors import InvalidInput


class NonExistentTime(InvalidInput):
    """The wall-clock time is skipped on that day, because the clocks go forward."""

    code = "time_does_not_exist"


class AmbiguousTime(InvalidInput):
    """The wall-clock time happens twice on that day, because the clocks go back."""

    code = "time_is_ambiguous"


def to_utc(day: date, clock: time, *, field: str | None = None) -> datetime:
    """Give the UTC instant of a wall-clock time in Europe/London.

    Raises `NonExistentTime` in the hour skipped when the clocks go forward and `AmbiguousTime` in the hour
    that is repeated when they go back; each message says what to choose instead. `field` names the form's
    field.
    """
    first = datetime.combine(day, clock, LONDON)
    second = first.replace(fold=1)
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    said = f"{_clock_words(clock)} on {_day_words(day)}"
    if _round_trips(first):
        raise AmbiguousTime(
            f"{said} happens twice, because the clocks go back at 2am. Choose a time before 1am, or 2am or later.",
            field=field,
        )
    raise NonExistentTime(
        f"{said} does not exist, because the clocks go forward at 1am. Choose a time before 1am, or 2am or later.",
        field=field,
    )


def local_date(instant: datetime) -> date:
    """Give the calendar date in Europe/London of an aware instant."""
    return instant.astimezone(LONDON).date()


def end_of_day(day: date) -> datetime:
    """Give the end of a day in Europe/London as an exclusive UTC instant: midnight at the start of the next
    day.

    Midnight is never skipped or repeated in Europe/London, so this always has an answer.
    """
    return datetime.combine(day + timedelta(days=1), time(0), LONDON).astimezone(UTC)


def start_of_day(day: date) -> datetime:
    """Give the UTC instant at which a day begins in Europe/London."""
    return datetime.combine(day, time(0), LONDON).astimezone(UTC)


def _round_trips(local: datetime) -> bool:
    """A time that exists comes back as itself from UTC; a skipped one comes back an hour later."""
    back = local.astimezone(UTC).astimezone(LONDON)
    return back.replace(tzinfo=None) == local.replace(tzinfo=None)


def _day_words(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def _clock_words(clock: time) -> str:
    minutes = f":{clock.minute:02d}" if clock.minute else ""
    return f"{clock.hour % 12 or 12}{minutes}{'am' if clock.hour < 12 else 'pm'}"
