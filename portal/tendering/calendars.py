"""The days of a procurement in their order, for pages and calendar files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from portal.core.calendar_file import Entry, write_calendar
from portal.tendering.models import InvitationToTender


def days_of(itt: InvitationToTender) -> Iterator[Entry]:
    """Every day that is set, as everybody may know it."""
    about = f"{itt.reference}, {itt.authority.name}"
    days = (
        ("questions", "Last time for questions", itt.asking_until if itt.questions_until else None),
        ("answers", "Answers by", itt.answers_by_date),
        ("visit", "Visit", itt.visit_date),
        ("closing", "Bidding closes", itt.closes_at),
        ("presentations", "Presentations", itt.presentations_date),
        ("decision", "Decision expected", itt.award_date),
        ("start", "Contract starts", itt.contract_start_date),
    )
    words = {"visit": itt.visit_words, "presentations": itt.presentations_words}
    for key, title, on in days:
        if on is not None:
            yield Entry(key, f"{title}: {itt.title}", on, "\n".join(filter(None, [about, words.get(key)])))


def calendar_of(itt: InvitationToTender, *, url: str, now: datetime) -> bytes:
    """The timetable as a calendar file; a changed day moves the entry that a calendar has already."""
    return write_calendar(name=itt.title, about=itt.reference, url=url, entries=days_of(itt), now=now)
