"""The debarment list: bringing it in as it was read, and who behind a bid is on it (PA2023 s.28, s.57, s.62)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import InvalidInput, all_at_once
from portal.core.parsing.text import squeeze
from portal.core.permissions import Actor
from portal.core.words import london_date
from portal.importing.cells import read_day
from portal.importing.files import SHAPE, Column, FileRow, Layout, read_file
from portal.judging.behind import Behind
from portal.judging.debarment_models import DebarmentEntry, DebarmentList
from portal.judging.states import Concern
from portal.organisations.names import name_key
from portal.regulation.local_time import local_date

LAYOUT = Layout(
    (
        Column("name", "Name", "As the list has it.", "Demo Builders Ltd", required=True),
        Column("number", "Number", "Of a company or charity, where the list gives one.", "09506232"),
        Column("ground", "Ground", "The ground that the entry relates to.", "Competition infringement", required=True),
        Column("kind", "Kind", "mandatory or discretionary.", "mandatory", required=True),
        Column("until", "Until", "When the ground is expected to cease to apply.", "2029-03-31"),
        Column("contracts", "Contracts", "Which contracts a threat to national security keeps it from.", ""),
    )
)
KINDS = {"mandatory": True, "discretionary": False}
OLD_AFTER = timedelta(days=7)
NO_NUMBER = ""


@dataclass(frozen=True)
class Match:
    """Somebody behind a bid who may be on the list: looked at by an officer, never decided by itself."""

    entry: DebarmentEntry
    name: str
    concern: Concern
    by_number: bool

    @property
    def ground(self) -> str:
        """The key of the ground that is raised of it (`portal/judging/grounds.py`)."""
        return "debarred" if self.entry.is_mandatory else "debarred_discretionary"


def bring_in(
    *, content: bytes | None, read_on: date | None, by_id: uuid.UUID | None, actor: Actor, now: datetime
) -> DebarmentList:
    """Bring in the list as it was on a day: the rows of a CSV file, or nobody where `content` is None.

    What was brought in before stays as it was, with its day; `by_id` is whoever read it. Records
    DEBARMENT_LIST_BROUGHT_IN. Raises `InvalidInput` (field "read_on") for no day, one that has not come or is not after
    the last, and (field "file") for the file, each row that is wrong by itself.
    """
    if read_on is None:
        raise InvalidInput("Give the day on which you read it.", field="read_on")
    last = latest_list()
    if read_on > local_date(now):
        raise InvalidInput("The list cannot have been read on a day that has not come.", field="read_on")
    if last is not None and read_on <= last.read_on_date:
        here = london_date(last.read_on_date)
        raise InvalidInput(f"A list that was read on {here} is here already: bring in a later one.", field="read_on")
    rows = read_file(content, LAYOUT) if content is not None else []
    brought = DebarmentList(read_on_date=read_on, brought_in_by_id=by_id, brought_in_at=now, entries=_entries(rows))
    db.session.add(brought)
    db.session.flush()
    record(EventKind.DEBARMENT_LIST_BROUGHT_IN, brought, actor=actor, read_on=str(read_on), entries=len(rows))
    return brought


@dataclass(frozen=True)
class ListRead:
    """A list that was brought in, and how many are on it."""

    debarment: DebarmentList
    entries: int


def lists_read() -> list[ListRead]:
    """Every list that was brought in, the newest first."""
    entries = select(func.count()).where(DebarmentEntry.list_id == DebarmentList.id).scalar_subquery()
    found = select(DebarmentList, entries).order_by(DebarmentList.read_on_date.desc())
    return [ListRead(one, count) for one, count in db.session.execute(found)]


def latest_list() -> DebarmentList | None:
    """The list that was read last, with its entries; None where nobody has brought one in."""
    newest = select(DebarmentList).order_by(DebarmentList.read_on_date.desc()).limit(1)
    return db.session.scalars(newest.options(selectinload(DebarmentList.entries))).one_or_none()


def matches_in(entries: Iterable[DebarmentEntry], behind: Sequence[Behind]) -> list[Match]:
    """Who of those behind a bid is on the list, by number or by a name that reads the same."""
    found = []
    for entry in entries:
        key, reads_as = _key(entry.number), name_key(entry.name)
        for one in behind:
            by_number = key != NO_NUMBER and key in map(_key, one.numbers)
            if by_number or name_key(one.name) == reads_as:
                found.append(Match(entry, one.name, one.concern, by_number))
    return found


def _key(number: str) -> str:
    """A number as it is compared: without gaps and leading noughts, which lists and people leave out."""
    return squeeze(number).upper().lstrip("0")


def _entries(rows: Sequence[FileRow]) -> list[DebarmentEntry]:
    read: list[DebarmentEntry] = []
    all_at_once(*(partial(_read_into, read, row) for row in rows))
    return read


def _read_into(read: list[DebarmentEntry], row: FileRow) -> None:
    try:
        read.append(_entry(row))
    except InvalidInput as wrong:
        raise InvalidInput(f"Row {row.number}: {wrong.message}", field="file") from wrong


def _entry(row: FileRow) -> DebarmentEntry:
    cells = row.cells
    if SHAPE in cells:
        raise InvalidInput(
            f"It has {cells[SHAPE]} cells. Look for a comma that belongs to a name: such a cell is quoted."
        )
    for column in LAYOUT.columns:
        if column.required and not cells[column.name]:
            raise InvalidInput(f"{column.title} is empty. {column.explained}")
    if cells["kind"].lower() not in KINDS:
        raise InvalidInput(f"The kind is “{cells['kind'][:40]}”. Write mandatory or discretionary.")
    return DebarmentEntry(
        name=cells["name"],
        number=cells["number"],
        ground=cells["ground"],
        is_mandatory=KINDS[cells["kind"].lower()],
        until_date=read_day(cells["until"], missing="") if cells["until"] else None,
        contracts=cells["contracts"],
    )
