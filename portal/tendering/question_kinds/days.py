"""A kind that is answered with a day."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from portal.core.errors import InvalidInput
from portal.core.parsing.times import REAL_DAY, read_day
from portal.core.words import london_date
from portal.tendering.question_kinds.kind import Asked, Control, Kind, Setting, Settings, Shown
from portal.tendering.states import QuestionKind

_STORED = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def parts_of(text: str) -> tuple[str, str, str]:
    """Day, month and year of a day as it is stored, or as it was typed into three boxes ("31/2/2027")."""
    if _STORED.fullmatch(text):
        year, month, day = text.split("-")
        return day.lstrip("0"), month.lstrip("0"), year
    day, month, year = (*text.split("/"), "", "", "")[:3]
    return day, month, year


def day_in(text: str | None, *, field: str | None = None) -> date | None:
    """Read a day as it is stored or was typed; None for none. Raises `InvalidInput`."""
    if (text or "").count("/") > 2:
        raise InvalidInput(REAL_DAY, field=field)
    return read_day(*parts_of(text or ""), field=field)


class Day(Kind):
    """A day, between the first and the last that can be given."""

    name = QuestionKind.DATE
    title = "With a date"
    hint = "You can say from when, and until when."
    control = Control.DAY
    settings: ClassVar[tuple[Setting, ...]] = (
        Setting("earliest", "Earliest day that can be given", "Leave it empty if there is none.", Control.DAY),
        Setting("latest", "Latest day that can be given", "Leave it empty if there is none.", Control.DAY),
    )

    def read_settings(self, typed: Mapping[str, str]) -> dict[str, Any]:
        """The first and the last day."""
        earliest, latest = (day_in(typed.get(name), field=name) for name in ("earliest", "latest"))
        if earliest and latest and latest < earliest:
            raise InvalidInput("The latest day comes before the earliest.", field="latest")
        return {name: day.isoformat() for name, day in (("earliest", earliest), ("latest", latest)) if day}

    def rule(self, settings: Settings) -> str:
        """Between which days."""
        earliest, latest = (london_date(day_in(settings.get(name))) for name in ("earliest", "latest"))
        from_, until = (f" from {earliest}" if settings.get("earliest") else ""), f" until {latest}"
        return "A date" + from_ + (until if settings.get("latest") else "")

    def read(self, text: str, asked: Asked) -> date:
        """The day; refused outside of what can be given."""
        day = day_in(text)
        earliest, latest = (day_in(asked.settings.get(name)) for name in ("earliest", "latest"))
        if day is None:
            raise InvalidInput(REAL_DAY)
        if earliest and day < earliest:
            raise InvalidInput(f"The date must be {london_date(earliest)} or later.")
        if latest and day > latest:
            raise InvalidInput(f"The date must be {london_date(latest)} or earlier.")
        return day

    def write(self, value: date) -> str:
        """As ISO 8601 writes it."""
        return value.isoformat()

    def show(self, value: date, settings: Settings) -> Shown:
        """In words."""
        return Shown(london_date(value))
