"""What one row of an imported file says, cell by cell: read strictly, never guessed, each fault with its column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from portal.core.errors import InvalidInput
from portal.frameworks.models import Band, Framework, FrameworkLot
from portal.importing.cells import Reading, plain, read_day
from portal.members.importing_columns import MEMBERS_FILE
from portal.organisations.details import read_postcode
from portal.organisations.settings import quoted, read_area, read_registration, read_setting_name, whole_number
from portal.regulation.local_time import local_date

OF_A_SETTING = ("area", "postcode", "registration_number", "capacity", "vacancies")


@dataclass
class MemberReading(Reading):
    """A row about a member, and where it gives one about a setting."""

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


class Reader:
    """Reads rows against one framework's lots, bandings and validity, as of `now`."""

    def __init__(self, framework: Framework, now: datetime) -> None:
        self._lots = framework.lots
        self._by_name = {str(lot.number): lot for lot in framework.lots}
        self._by_name |= {f"lot {lot.number}": lot for lot in framework.lots}
        titles = [plain(lot.title) for lot in framework.lots]
        self._by_name |= {plain(lot.title): lot for lot in framework.lots if titles.count(plain(lot.title)) == 1}
        self._today = local_date(now)
        self._first = local_date(framework.valid_from) if framework.valid_from else None

    def read(self, number: int, cells: Mapping[str, str]) -> MemberReading:
        """Read one row."""
        reading = MemberReading(number)
        values = reading.values(cells, MEMBERS_FILE.names)
        reading.read_organisation(values)
        self._read_lot(reading, values)
        _read_setting(reading, values)
        reading.admitted_on = reading.attempt("admitted_on", lambda: self._day(values["admitted_on"]))
        return reading

    def _read_lot(self, reading: MemberReading, values: Mapping[str, str]) -> None:
        if not values["lot"]:
            reading.fault("lot", "Enter the lot’s number or title.")
            return
        lot = reading.lot = self._by_name.get(plain(values["lot"]))
        if lot is None:
            known = "; ".join(f"{lot.number} {lot.title}" for lot in self._lots)
            reading.fault("lot", f"There is no lot {quoted(values['lot'])}. The lots are: {known}.")
            return
        bands = {plain(band.title): band for band in lot.bands}
        found = _one_of("banding", values["band"], list(bands), [band.title for band in lot.bands])
        band = reading.attempt("band", lambda: found(bool(values["setting"])))
        reading.band = bands[band] if band else None
        types = {plain(kind): kind for kind in lot.placement_types}
        chosen = _one_of("placement type", values["placement_type"], list(types), lot.placement_types)
        kind = reading.attempt("placement_type", lambda: chosen(bool(values["setting"])))
        reading.placement_type = types[kind] if kind else ""

    def _day(self, typed: str) -> date:
        day = read_day(typed, missing="Enter the day of admission, such as 2018-04-01.")
        if day > self._today:
            raise InvalidInput(f"{quoted(typed)} is in the future. Nobody has been admitted then.")
        if self._first and day < self._first:
            raise InvalidInput(f"{quoted(typed)} is before {self._first.isoformat()}, when this began.")
        return day


def _read_setting(reading: MemberReading, values: Mapping[str, str]) -> None:
    if not values["setting"]:
        for name in OF_A_SETTING:
            if values[name]:
                reading.fault("setting", f"Name the setting: the row gives its {name.replace('_', ' ')}.")
        return
    reading.setting = reading.attempt("setting", lambda: read_setting_name(values["setting"], field="setting")) or ""
    reading.area = reading.attempt("area", lambda: read_area(values["area"], field="area")) or ""
    if values["postcode"]:
        reading.postcode = reading.attempt("postcode", lambda: read_postcode(values["postcode"])) or ""
    number = "registration_number"
    reading.registration_number = reading.attempt(number, lambda: read_registration(values[number], field="")) or ""
    reading.capacity = reading.attempt("capacity", lambda: whole_number(values["capacity"])) or 0
    reading.vacancies = reading.attempt("vacancies", lambda: whole_number(values["vacancies"])) or 0
    if reading.vacancies > reading.capacity and "capacity" not in reading.faults:
        reading.fault(
            "vacancies", f"There are more free places ({reading.vacancies}) than places ({reading.capacity})."
        )


def _one_of(what: str, typed: str, known: list[str], titles: list[str]) -> Callable[[bool], str]:
    """Make the reader of a cell that must be one of the lot's titles; needed where the row has a setting."""

    def read(needed: bool) -> str:
        if not titles and typed:
            raise InvalidInput(f"This lot has no {what}s: leave this empty.")
        if typed and plain(typed) not in known:
            raise InvalidInput(f"This lot has no {what} {quoted(typed)}. It has: {'; '.join(titles)}.")
        if typed and not needed:
            raise InvalidInput(f"A {what} belongs to a setting: name the setting, or leave this empty.")
        if titles and needed and not typed:
            raise InvalidInput(f"Enter the {what}. This lot has: {'; '.join(titles)}.")
        return plain(typed)

    return read
