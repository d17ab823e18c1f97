"""Which organisation a row of an imported file speaks of: by its registered number, and where names are alike by what
an officer says. Nothing is guessed: whatever is doubtful stays a fault of the row until somebody has decided.
"""

from __future__ import annotations

import uuid
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from portal.core.columns import db
from portal.importing.cells import Reading
from portal.importing.files import Column
from portal.importing.models import ImportedRow
from portal.organisations.likeness import Name, Names, foreign_letters
from portal.organisations.models import Provider
from portal.organisations.names import name_key, other_scripts
from portal.regulation.identifiers import Identifier, Scheme

SHOWN = 5
NUMBERS = ("company_number", "charity_number")
ORGANISATION_COLUMNS = (
    Column("provider", "Provider", "The organisation’s name as its register has it.", "Demo Care Ltd", required=True),
    Column(
        "company_number",
        "Company number",
        "8 characters from Companies House. Each row needs this or a charity number.",
        "09506232",
    ),
    Column("charity_number", "Charity number", "SC before a Scottish number, NIC for Northern Ireland.", ""),
)
OF_A_PROVIDER = tuple(column.name for column in ORGANISATION_COLUMNS)
ALIKE = "alike"
"""Stands among a row's faults: whom its provider may be, as [{"answer", "name", "reason"}]."""


@dataclass(eq=False)
class Organisation:
    """An organisation that rows speak of: registered already (`id`), or to be registered with the import."""

    name: str
    company: Identifier | None
    charity: Identifier | None
    id: uuid.UUID | None = None
    first: int = 0
    """The row that speaks of it first, for one that is not registered yet."""
    doubts: list[tuple[Organisation, str]] = field(default_factory=list)
    """Whom it may be, as long as nobody has decided; rows that write it otherwise are as doubtful."""

    @property
    def words(self) -> str:
        """How a message names it."""
        return f"“{self.name}” in row {self.first}" if self.id is None else f"“{self.name}”, which is registered here"

    @property
    def as_candidate(self) -> dict[str, str]:
        """What a page needs to offer it as the answer."""
        return {"answer": f"row:{self.first}" if self.id is None else f"same:{self.id}", "name": self.name}


@dataclass
class Group:
    """The rows that write one organisation in one way, and what an officer said about it."""

    readings: list[Reading]
    same_as: uuid.UUID | None
    is_new: bool
    candidates: list[dict[str, str]] = field(default_factory=list)

    @property
    def reading(self) -> Reading:
        """The first of them; the others say the same of the organisation."""
        return self.readings[0]

    def fault(self, column: str, message: str) -> None:
        """Note what is wrong with all of them."""
        for reading in self.readings:
            reading.fault(column, message)

    def doubt(self, alike: Sequence[tuple[Organisation, str]]) -> None:
        """Ask an officer whether it is one of those."""
        first, reason = alike[0]
        self.candidates += [one.as_candidate | {"reason": why} for one, why in alike[:SHOWN]]
        self.fault("provider", f"Is this {first.words}? Look: {reason}. Say whether it is the same organisation.")


class Organisations:
    """Everybody who is registered, and everybody whom the file adds, as its groups are resolved in their order."""

    def __init__(self, registered: Iterable[Organisation]) -> None:
        self._by_id: dict[uuid.UUID, Organisation] = {}
        self._by_number: dict[Identifier, Organisation] = {}
        self._new: Names[Organisation] = Names()
        self._alike: dict[int, list[tuple[Organisation, str]]] = {}
        for organisation in registered:
            if organisation.id is not None:
                self._by_id[organisation.id] = organisation
            self._note_numbers(organisation)

    def resolve(self, groups: Sequence[Group]) -> list[Organisation | None]:
        """Resolve each group, noting faults and candidates in it; None where its cells cannot be read."""
        self._alike = self._like_registered([group for group in groups if self._is_unknown(group)])
        return [self._resolve(group) for group in groups]

    def _is_unknown(self, group: Group) -> bool:
        known = any(number in self._by_number for number in group.reading.numbers if number)
        return not known and group.same_as is None and not group.is_new

    def _like_registered(self, groups: Sequence[Group]) -> dict[int, list[tuple[Organisation, str]]]:
        """Whom each of the groups, by its first row, looks like among those registered."""
        if not groups:
            return {}
        asked: Names[Group] = Names()
        for group in groups:
            asked.add(Name.of(group.reading.provider), group)
        found: dict[int, list[tuple[Organisation, str]]] = {}
        for organisation in self._by_id.values():
            for group, reason in asked.like(Name.of(organisation.name)):
                found.setdefault(group.reading.number, []).append((organisation, reason))
        return found

    def _resolve(self, group: Group) -> Organisation | None:
        reading = group.reading
        if set(OF_A_PROVIDER) & reading.faults.keys():
            return None
        numbers = [number for number in reading.numbers if number]
        found = list(dict.fromkeys(self._by_number[number] for number in numbers if number in self._by_number))
        if len(found) > 1:
            group.fault("charity_number", f"The two numbers belong to {found[0].words}, and to {found[1].words}.")
            return None
        if not found and group.same_as is not None:
            found = [self._by_id[group.same_as]]
        if found:
            return self._known(group, found[0])
        alike = self._alike.get(reading.number, []) + self._like_new(group)
        if alike:
            group.doubt(alike)
        elif (question := foreign_letters(reading.provider)) and not group.is_new:
            group.fault("provider", question)
        return self._add(reading, alike)

    def _known(self, group: Group, organisation: Organisation) -> Organisation:
        reading = group.reading
        for column, given, held in (
            ("company_number", reading.company, organisation.company),
            ("charity_number", reading.charity, organisation.charity),
        ):
            if given and held and given != held:
                group.fault(column, f"This is {organisation.words}, with the number {held.value}. Correct one of them.")
        is_said = organisation.id is not None and group.same_as == organisation.id
        if name_key(reading.provider) != name_key(organisation.name) and not is_said:
            group.doubt([(organisation, "it has the same registered number under another name")])
        if organisation.doubts and not group.is_new:
            group.doubt(organisation.doubts)
        if organisation.id is None and "company_number" not in reading.faults:
            organisation.company = organisation.company or reading.company
            organisation.charity = organisation.charity or reading.charity
            if other_scripts(organisation.name):
                organisation.name = reading.provider
            self._note_numbers(organisation)
        return organisation

    def _like_new(self, group: Group) -> list[tuple[Organisation, str]]:
        return [] if group.is_new else list(self._new.like(Name.of(group.reading.provider)))

    def _add(self, reading: Reading, doubts: list[tuple[Organisation, str]]) -> Organisation:
        organisation = Organisation(
            reading.provider, reading.company, reading.charity, first=reading.number, doubts=doubts
        )
        self._note_numbers(organisation)
        self._new.add(Name.of(reading.provider), organisation)
        return organisation

    def _note_numbers(self, organisation: Organisation) -> None:
        for number in (organisation.company, organisation.charity):
            if number:
                self._by_number.setdefault(number, organisation)


@dataclass(frozen=True)
class Resolved:
    """Whom the rows of a file speak of, by line, and for each whom an officer may say that it is."""

    organisations: dict[int, Organisation]
    candidates: dict[int, list[dict[str, str]]]


def identity(row: ImportedRow) -> tuple[str, ...]:
    """How a row writes its organisation: rows that write it the same way are decided together."""
    return tuple(row.cells.get(column, "") for column in OF_A_PROVIDER)


def resolve_rows(rows: Iterable[ImportedRow], readings: Mapping[int, Reading]) -> Resolved:
    """Resolve the organisations of the rows, noting in their readings what is doubtful. One statement."""
    grouped: dict[Hashable, Group] = {}
    for row in rows:
        key = (identity(row), row.same_as_id, row.is_new)
        grouped.setdefault(key, Group([], row.same_as_id, row.is_new)).readings.append(readings[row.number])
    groups = list(grouped.values())
    found = Resolved({}, {})
    for group, organisation in zip(groups, Organisations(registered_organisations()).resolve(groups), strict=True):
        for reading in group.readings:
            found.candidates[reading.number] = group.candidates
            if organisation is not None:
                found.organisations[reading.number] = organisation
    return found


def registered_organisations() -> list[Organisation]:
    """Every provider of the portal. One statement."""
    rows = db.session.execute(
        select(
            Provider.id, Provider.name, Provider.company_number, Provider.charity_scheme, Provider.charity_number
        ).order_by(Provider.created_at, Provider.id)
    )
    return [
        Organisation(
            row.name,
            Identifier(Scheme.COMPANY, row.company_number) if row.company_number else None,
            Identifier(Scheme(row.charity_scheme), row.charity_number) if row.charity_number else None,
            id=row.id,
        )
        for row in rows
    ]
