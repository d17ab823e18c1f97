"""Days and times as a calendar file (iCalendar, RFC 5545), which every calendar takes in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

LONGEST_LINE = 75
"""Octets without the line's end (RFC 5545, 3.1)."""
MEDIA_TYPE = "text/calendar"


@dataclass(frozen=True)
class Entry:
    """One day, or one instant; `key` stays the same when the day is changed, so that a calendar moves it."""

    key: str
    title: str
    on: date | datetime
    text: str = ""


def write_calendar(*, name: str, about: str, url: str, entries: Iterable[Entry], now: datetime) -> bytes:
    """Write the file: `about` is unique to what the entries are about, `url` its page."""
    return "".join(
        f"{folded}\r\n" for line in _lines(name, about, url, entries, now) for folded in _fold(line)
    ).encode()


def _lines(name: str, about: str, url: str, entries: Iterable[Entry], now: datetime) -> Iterator[str]:
    yield from ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Fairlot//Timetable//EN", "METHOD:PUBLISH")
    yield f"X-WR-CALNAME:{_escaped(name)}"
    for entry in entries:
        yield from ("BEGIN:VEVENT", f"UID:{entry.key}.{about}", f"DTSTAMP:{_instant(now)}")
        yield from _when(entry.on)
        yield f"SUMMARY:{_escaped(entry.title)}"
        if entry.text:
            yield f"DESCRIPTION:{_escaped(entry.text)}"
        yield f"URL:{url}"
        # Nobody is busy because of a deadline.
        yield from ("TRANSP:TRANSPARENT", "END:VEVENT")
    yield "END:VCALENDAR"


def _when(on: date | datetime) -> Iterator[str]:
    if isinstance(on, datetime):
        yield f"DTSTART:{_instant(on)}"
    else:
        yield f"DTSTART;VALUE=DATE:{on:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{on + timedelta(days=1):%Y%m%d}"


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    """Text as a value (RFC 5545, 3.3.11)."""
    for plain, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\n"), ("\n", "\\n")):
        text = text.replace(plain, written)
    return "".join(character for character in text if character >= " ")


def _fold(line: str) -> Iterator[str]:
    """The line in pieces of at most 75 octets, each after the first begun with a space; no character is cut."""
    piece, size = "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > LONGEST_LINE:
            yield piece
            piece, size = " ", 1
        piece, size = piece + character, size + octets
    yield piece
