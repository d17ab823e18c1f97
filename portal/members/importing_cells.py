"""What one row of an imported file says, cell by cell: read strictly, never guessed, each fault with its column."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from portal.core.errors import InvalidInput
from portal.frameworks.models import Band, Framework, FrameworkLot
from portal.members.importing_file import LONGEST_CELL, NAMES, SHAPE
from portal.organisations.details import NAME_LENGTH, read_postcode
from portal.organisations.names import clean_name, name_key
from portal.organisations.settings import (
    AREA_LENGTH,
    REGISTRATION_LENGTH,
    bounded,
    quoted,
    read_setting_name,
    whole_number,
)
from portal.regulation.identifiers import Identifier, any_charity_number, company_number
from portal.regulation.local_time import local_date

T = TypeVar("T")

_ISO = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
_BRITISH = re.compile(r"(?P<day>[0-9]{1,2})/(?P<month>[0-9]{1,2})/(?P<year>[0-9]{4})")
OF_A_SETTING = ("area", "postcode", "registration_number", "capacity", "vacancies")


@dataclass
class Reading:
    """A row as it was read: values that are None were missing or wrong, and then `faults` says so by column."""

    number: int
    provider: str = ""
    company: Identifier | None = None
    charity: Identifier | None = None
    setting: str = ""
    """Empty for a member without places."""
    area: str = ""
    postcode: str = ""
    registration_number: str = ""
    capacity: int = 0
    vacancies: int = 0
    lot: FrameworkLot | None = None
    band: Band | None = None
    placement_type: str = ""
    admitted_on: date | None = None
    faults: dict[str, str] = field(default_factory=dict)

    def fault(self, column: str, message: str) -> None:
        """Note what is wrong with a column; the first message stays."""
        self.faults.setdefault(column, message)

    @property
    def numbers(self) -> tuple[Identifier | None, Identifier | None]:
        """Company and charity number."""
        return self.company, self.charity


class Reader:
    """Reads rows against one framework's lots, bandings and validity, as of `now`."""

    def __init__(self, framework: Framework, now: datetime) -> None:
        self._lots = framework.lots
        self._by_name = {str(lot.number): lot for lot in framework.lots}
        self._by_name |= {f"lot {lot.number}": lot for lot in framework.lots}
        titles = [_plain(lot.title) for lot in framework.lots]
        self._by_name |= {_plain(lot.title): lot for lot in framework.lots if titles.count(_plain(lot.title)) == 1}
        self._today = local_date(now)
        self._first = local_date(framework.valid_from) if framework.valid_from else None

    def read(self, number: int, cells: Mapping[str, str]) -> Reading:
        """Read one row."""
        reading = Reading(number)
        values = {name: cells.get(name, "").strip() for name in NAMES}
        if SHAPE in cells:
            reading.fault(
                SHAPE, f"This row has {cells[SHAPE]} cells, so they may stand in the wrong columns. Check each one."
            )
        for name, value in values.items():
            if len(value) > LONGEST_CELL:
                reading.fault(name, f"Use at most {LONGEST_CELL:,} characters.")
        _read_provider(reading, values)
        self._read_lot(reading, values)
        _read_setting(reading, values)
        reading.admitted_on = _try(reading, "admitted_on", lambda: self._day(values["admitted_on"]))
        return reading

    def _read_lot(self, reading: Reading, values: Mapping[str, str]) -> None:
        if not values["lot"]:
            reading.fault("lot", "Enter the lot’s number or title.")
            return
        lot = reading.lot = self._by_name.get(_plain(values["lot"]))
        if lot is None:
            known = "; ".join(f"{lot.number} {lot.title}" for lot in self._lots)
            reading.fault("lot", f"There is no lot {quoted(values['lot'])}. The lots are: {known}.")
            return
        bands = {_plain(band.title): band for band in lot.bands}
        found = _one_of("banding", values["band"], list(bands), [band.title for band in lot.bands])
        band = _try(reading, "band", lambda: found(bool(values["setting"])))
        reading.band = bands[band] if band else None
        types = {_plain(kind): kind for kind in lot.placement_types}
        chosen = _one_of("placement type", values["placement_type"], list(types), lot.placement_types)
        kind = _try(reading, "placement_type", lambda: chosen(bool(values["setting"])))
        reading.placement_type = types[kind] if kind else ""

    def _day(self, typed: str) -> date:
        if not typed:
            raise InvalidInput("Enter the day of admission, such as 2018-04-01.")
        match = _ISO.fullmatch(typed) or _BRITISH.fullmatch(typed)
        if match is None:
            raise InvalidInput(f"{quoted(typed)} is no day. Write 2018-04-01, or day/month/year as 01/04/2018.")
        try:
            day = date(int(match["year"]), int(match["month"]), int(match["day"]))
        except ValueError as wrong:
            raise InvalidInput(f"{quoted(typed)} is not in the calendar. The order is day, month, year.") from wrong
        if day > self._today:
            raise InvalidInput(f"{quoted(typed)} is in the future. Nobody has been admitted then.")
        if self._first and day < self._first:
            raise InvalidInput(f"{quoted(typed)} is before {self._first.isoformat()}, when this began.")
        return day


def _read_provider(reading: Reading, values: Mapping[str, str]) -> None:
    missing = "Enter the provider’s name."
    name = _try(
        reading,
        "provider",
        lambda: bounded(clean_name(values["provider"]), NAME_LENGTH, field="provider", missing=missing),
    )
    reading.provider = name or ""
    if name and not name_key(name):
        reading.fault("provider", "Enter the provider’s name in letters.")
    if values["company_number"]:
        reading.company = _try(reading, "company_number", lambda: company_number(values["company_number"]))
    if values["charity_number"]:
        reading.charity = _try(reading, "charity_number", lambda: any_charity_number(values["charity_number"]))
    if not values["company_number"] and not values["charity_number"]:
        reading.fault("company_number", "Enter a company number or a charity number: names alone tell nobody apart.")


def _read_setting(reading: Reading, values: Mapping[str, str]) -> None:
    if not values["setting"]:
        for name in OF_A_SETTING:
            if values[name]:
                reading.fault("setting", f"Name the setting: the row gives its {name.replace('_', ' ')}.")
        return
    reading.setting = _try(reading, "setting", lambda: read_setting_name(values["setting"], field="setting")) or ""
    missing = "Enter the council area that the setting lies in."
    reading.area = (
        _try(reading, "area", lambda: bounded(clean_name(values["area"]), AREA_LENGTH, field="area", missing=missing))
        or ""
    )
    if values["postcode"]:
        reading.postcode = _try(reading, "postcode", lambda: read_postcode(values["postcode"])) or ""
    register = clean_name(values["registration_number"])
    reading.registration_number = (
        _try(reading, "registration_number", lambda: bounded(register, REGISTRATION_LENGTH, field="")) or ""
    )
    reading.capacity = _try(reading, "capacity", lambda: whole_number(values["capacity"])) or 0
    reading.vacancies = _try(reading, "vacancies", lambda: whole_number(values["vacancies"])) or 0
    if reading.vacancies > reading.capacity and "capacity" not in reading.faults:
        reading.fault(
            "vacancies", f"There are more free places ({reading.vacancies}) than places ({reading.capacity})."
        )


def _one_of(what: str, typed: str, known: list[str], titles: list[str]) -> Callable[[bool], str]:
    """Make the reader of a cell that must be one of the lot's titles; needed where the row has a setting."""

    def read(needed: bool) -> str:
        if not titles and typed:
            raise InvalidInput(f"This lot has no {what}s: leave this empty.")
        if typed and _plain(typed) not in known:
            raise InvalidInput(f"This lot has no {what} {quoted(typed)}. It has: {'; '.join(titles)}.")
        if typed and not needed:
            raise InvalidInput(f"A {what} belongs to a setting: name the setting, or leave this empty.")
        if titles and needed and not typed:
            raise InvalidInput(f"Enter the {what}. This lot has: {'; '.join(titles)}.")
        return _plain(typed)

    return read


def _try(reading: Reading, column: str, read: Callable[[], T]) -> T | None:
    """What `read` reads, or None with the fault noted."""
    try:
        return read()
    except InvalidInput as wrong:
        reading.fault(column, wrong.message)
        return None


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
