"""A calendar file is what RFC 5545 says."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from portal.core.calendar_file import LONGEST_LINE, Entry, write_calendar

NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)


def written(*entries: Entry, name: str = "Early help") -> list[str]:
    """The lines of the file, unfolded."""
    raw = write_calendar(name=name, about="ITT-1", url="https://portal.example/ITT-1", entries=entries, now=NOW)
    return raw.decode().replace("\r\n ", "").split("\r\n")


def test_a_day_and_an_instant_are_entries() -> None:
    """A day lasts to the next, exclusively; an instant is in UTC; the same key is the same entry for ever."""
    lines = written(Entry("closing", "Closes", NOW, "A; b, c\nd"), Entry("start", "Starts", date(2027, 4, 1)))
    for line in (
        "UID:closing.ITT-1",
        "DTSTART:20261126T093000Z",
        "DESCRIPTION:A\\; b\\, c\\nd",
        "UID:start.ITT-1",
        "DTSTART;VALUE=DATE:20270401",
        "DTEND;VALUE=DATE:20270402",
    ):
        assert line in lines
    assert (lines[0], lines[-2:], lines.count("BEGIN:VEVENT")) == ("BEGIN:VCALENDAR", ["END:VCALENDAR", ""], 2)


@given(st.text(max_size=200))
def test_no_line_is_too_long_and_none_is_broken(name: str) -> None:
    """Whatever a title holds, lines have at most 75 octets and hold no control character."""
    raw = write_calendar(name=name, about="ITT-1", url="", entries=[Entry("a", name, NOW)], now=NOW)
    for line in raw.split(b"\r\n"):
        assert len(line) <= LONGEST_LINE
        assert all(octet >= 32 for octet in line)
