"""The bank holidays that come with the product, for all three parts of the United Kingdom, without a network.

The data is GOV.UK's own list (Open Government Licence v3), bundled in the package govuk-bank-holidays. The
file is read directly: importing that package's module would load an HTTP client into every process for
nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from portal.regulation.working_days import Calendar, CalendarName, Nation, union

_DIVISIONS = {
    "england-and-wales": Nation.ENGLAND_AND_WALES,
    "scotland": Nation.SCOTLAND,
    "northern-ireland": Nation.NORTHERN_IRELAND,
}

# How many bank holidays an ordinary year has. A year with fewer is incomplete (somebody has begun to add it
# by hand), and counting over it would release a contract early: it is not known.
FULL_YEAR = {Nation.ENGLAND_AND_WALES: 8, Nation.SCOTLAND: 9, Nation.NORTHERN_IRELAND: 10}


@dataclass(frozen=True)
class Holiday:
    """One bank holiday in one nation. `observed` is false when an administrator has withdrawn the day."""

    day: date
    nation: Nation
    title: str
    observed: bool = True


@cache
def bundled_holidays() -> tuple[Holiday, ...]:
    """Read every bank holiday of the bundled list, in order of day and nation."""
    text = files("govuk_bank_holidays").joinpath("bank-holidays.json").read_text(encoding="utf-8")
    return tuple(
        sorted(
            (
                Holiday(day=date.fromisoformat(event["date"]), nation=_DIVISIONS[division], title=event["title"])
                for division, content in json.loads(text).items()
                for event in content["events"]
            ),
            key=lambda holiday: (holiday.day, holiday.nation),
        )
    )


@cache
def bundled_calendar(name: CalendarName) -> Calendar:
    """Build one calendar from the bundled list alone."""
    return build_calendar(name, bundled_holidays())


def build_calendar(name: CalendarName, holidays: Iterable[Holiday]) -> Calendar:
    """Build one calendar from bank holidays: a nation's own, or the union of the three.

    A nation's known years are the unbroken run that ends with its latest complete year.
    """
    known = tuple(holidays)
    if name is CalendarName.UK_UNION:
        return union(_nation_calendar(nation, known) for nation in Nation)
    return _nation_calendar(Nation(name.value), known)


def _nation_calendar(nation: Nation, holidays: tuple[Holiday, ...]) -> Calendar:
    own = [holiday for holiday in holidays if holiday.nation is nation]
    complete = _complete_years(nation, own)
    # No complete year at all gives the empty range 1 to 0, which refuses every date.
    last = max(complete, default=0)
    first = last if complete else 1
    while first - 1 in complete:
        first -= 1
    return Calendar(
        name=CalendarName(nation.value),
        holidays=frozenset(holiday.day for holiday in own if holiday.observed),
        first_year=first,
        last_year=last,
    )


def _complete_years(nation: Nation, holidays: Iterable[Holiday]) -> set[int]:
    counts: dict[int, int] = {}
    for holiday in holidays:
        counts[holiday.day.year] = counts.get(holiday.day.year, 0) + 1
    return {year for year, count in counts.items() if count >= FULL_YEAR[nation]}
