"""Checking an imported file as a whole: each row, rows against each other, and all of them against what is there."""

from __future__ import annotations

import uuid
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.core.columns import db
from portal.frameworks.member_models import Admission
from portal.frameworks.models import Framework, FrameworkLot
from portal.frameworks.states import CURRENT, AdmissionStatus
from portal.importing.files import SHAPE
from portal.importing.organisations import ALIKE, Organisation, resolve_rows
from portal.importing.states import RowStatus
from portal.members.importing_cells import MemberReading, Reader
from portal.members.models import ImportRow
from portal.organisations.models import Setting
from portal.organisations.names import name_key
from portal.regulation.local_time import local_date

# What two rows about one setting must agree on.
_OF_A_SETTING = ("area", "postcode", "registration_number", "capacity", "vacancies")
# What the file must not contradict in a setting that is there already; free places the provider keeps itself.
_KEPT = ("area", "postcode", "registration_number")


Member = tuple[Organisation | None, FrameworkLot | None]
Place = tuple[Organisation | None, str]


@dataclass(frozen=True)
class Checked:
    """A row, what it says, and of whom; `setting` is the one that is there already, if it is."""

    row: ImportRow
    reading: MemberReading
    organisation: Organisation | None
    setting: Setting | None

    @property
    def member(self) -> Member:
        """Who, on which lot."""
        return self.organisation, self.reading.lot

    @property
    def place(self) -> Place:
        """Whose, and which setting."""
        return self.organisation, name_key(self.reading.setting)


def check_rows(framework: Framework, rows: Iterable[ImportRow], now: datetime) -> list[Checked]:
    """Check every row that is not imported yet, write down what is wrong with it or that it is ready, and return what
    was found. Four statements, however many rows.
    """
    waiting = sorted((row for row in rows if row.status is not RowStatus.IMPORTED), key=lambda row: row.number)
    reader = Reader(framework, now)
    readings = {row.number: reader.read(row.number, row.cells) for row in waiting}
    resolved = resolve_rows(waiting, readings)
    known = {organisation.id for organisation in resolved.organisations.values() if organisation.id}
    settings = _settings_of(known)
    checked = []
    for row in waiting:
        reading, whose = readings[row.number], resolved.organisations.get(row.number)
        held = settings.get((whose.id, name_key(reading.setting))) if whose and whose.id and reading.setting else None
        checked.append(Checked(row, reading, whose, held))
    _check_memberships(framework, checked, known)
    _check_settings(checked)
    _check_against_each_other(checked)
    for one in checked:
        _write_down(one, resolved.candidates[one.row.number])
    return checked


def _settings_of(provider_ids: Iterable[uuid.UUID | None]) -> dict[tuple[uuid.UUID, str], Setting]:
    """The providers' settings by name; of two with one name the one that is open."""
    rows = db.session.scalars(select(Setting).where(Setting.provider_id.in_(list(provider_ids))))
    ordered = sorted(rows, key=lambda setting: (setting.closed_at is None, setting.created_at))
    return {(setting.provider_id, name_key(setting.name)): setting for setting in ordered}


def _check_memberships(framework: Framework, checked: Sequence[Checked], known: Iterable[uuid.UUID | None]) -> None:
    """A membership that ended is not brought back by a file: the provider applies again."""
    rows = db.session.scalars(
        select(Admission)
        .where(Admission.framework_id == framework.id, Admission.provider_id.in_(list(known)))
        .order_by(Admission.admitted_at)
    ).all()
    current = {(row.provider_id, row.lot_id) for row in rows if row.status in CURRENT}
    ended = {(row.provider_id, row.lot_id): row for row in rows if row.status not in CURRENT}
    for one in checked:
        if one.organisation is None or one.organisation.id is None or one.reading.lot is None:
            continue
        key = (one.organisation.id, one.reading.lot.id)
        over = ended.get(key)
        if over is not None and over.ended_at is not None and key not in current:
            how = "was removed from" if over.status is AdmissionStatus.REMOVED else "left"
            day = local_date(over.ended_at).isoformat()
            one.reading.fault("provider", f"It {how} this lot on {day}. It can apply again; a file brings nobody back.")


def _check_settings(checked: Sequence[Checked]) -> None:
    for one in checked:
        if one.setting is None:
            continue
        if one.setting.closed_at is not None:
            day = local_date(one.setting.closed_at).isoformat()
            one.reading.fault("setting", f"The provider closed this setting on {day}. Leave it out, or name another.")
        for column in _KEPT:
            said, held = getattr(one.reading, column), getattr(one.setting, column)
            if said and held and said.casefold() != held.casefold():
                one.reading.fault(
                    column, f"The setting is here already, with “{held}”. Correct the row, or name another."
                )


def _check_against_each_other(checked: Sequence[Checked]) -> None:
    offers: dict[Hashable, int] = {}
    days: dict[Hashable, MemberReading] = {}
    places: dict[Hashable, MemberReading] = {}
    for one in checked:
        reading = one.reading
        if one.organisation is None or reading.lot is None:
            continue
        same = offers.setdefault((*one.member, *one.place, reading.band, reading.placement_type), reading.number)
        if same != reading.number:
            reading.fault(SHAPE, f"This row says the same as row {same}. Leave one of them out.")
        first = days.setdefault(one.member, reading)
        if None not in {first.admitted_on, reading.admitted_on} and first.admitted_on != reading.admitted_on:
            reading.fault("admitted_on", f"Row {first.number} says {first.admitted_on} for this provider and lot.")
        if reading.setting:
            _compare(places.setdefault(one.place, reading), reading)


def _compare(first: MemberReading, reading: MemberReading) -> None:
    for column in _OF_A_SETTING:
        before, now = getattr(first, column), getattr(reading, column)
        if before != now and column not in first.faults and column not in reading.faults:
            reading.fault(column, f"Row {first.number} says “{before}” for this setting. Both rows must say the same.")


def _write_down(one: Checked, alike: list[dict[str, str]]) -> None:
    faults: dict[str, Any] = dict(one.reading.faults)
    if faults and alike:
        faults[ALIKE] = alike
    status = RowStatus.REJECTED if faults else RowStatus.READY
    if (one.row.faults, one.row.status) != (faults, status):
        one.row.faults, one.row.status = faults, status
