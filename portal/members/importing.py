"""Bringing the members of an existing arrangement along from a file: first a dry run that stores what is wrong by row
and column, then the ready rows in one transaction. Importing the same again changes nothing.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import Conflict, NotFound, WrongState
from portal.core.parsing.text import one_line
from portal.core.permissions import Actor, Verb, policy
from portal.core.taking import lock, take
from portal.core.uniqueness import unless_taken
from portal.frameworks.models import Framework
from portal.importing.correcting import open_row, put_cells, take_answer
from portal.importing.files import read_file
from portal.importing.states import RowStatus
from portal.members.importing_checks import Checked, check_rows
from portal.members.importing_columns import MEMBERS_FILE
from portal.members.importing_writing import Counts, write_rows
from portal.members.models import ImportBatch, ImportRow

PAGE_SIZE = 50


@dataclass(frozen=True)
class Tally:
    """How many rows of a file are in each state."""

    rejected: int = 0
    ready: int = 0
    imported: int = 0


@dataclass(frozen=True)
class RowPage:
    """A page of a file's rows, and the number after which the next one begins (None at the end)."""

    rows: Sequence[ImportRow]
    next_after: int | None = field(default=None)


def find_batch(batch_id: uuid.UUID, framework: Framework) -> ImportBatch:
    """The file among those of the framework; raises `NotFound`."""
    batch = db.session.get(ImportBatch, batch_id)
    if batch is None or batch.framework_id != framework.id:
        raise NotFound("There is no such file.")
    return batch


def find_row(batch: ImportBatch, number: int) -> ImportRow:
    """The row on that line; raises `NotFound`."""
    row = db.session.get(ImportRow, (batch.id, number)) if number < 2**31 else None
    if row is None:
        raise NotFound("The file has no such row.")
    return row


def batches_of(framework_id: uuid.UUID) -> list[tuple[ImportBatch, Tally]]:
    """The framework's files, newest first, each with its tally. Two statements."""
    batches = db.session.scalars(
        select(ImportBatch)
        .where(ImportBatch.framework_id == framework_id)
        .order_by(ImportBatch.created_at.desc(), ImportBatch.id)
        .limit(PAGE_SIZE)
    ).all()
    found = _tallies([batch.id for batch in batches])
    return [(batch, found.get(batch.id, Tally())) for batch in batches]


def tally_of(batch: ImportBatch) -> Tally:
    """How many of its rows are in each state."""
    return _tallies([batch.id]).get(batch.id, Tally())


def rows_page(batch: ImportBatch, status: RowStatus, *, after: int = 0) -> RowPage:
    """Up to `PAGE_SIZE` rows in that state, by line, after a line."""
    rows = db.session.scalars(
        select(ImportRow)
        .where(ImportRow.batch_id == batch.id, ImportRow.status == status, ImportRow.number > after)
        .order_by(ImportRow.number)
        .limit(PAGE_SIZE + 1)
    ).all()
    return RowPage(rows[:PAGE_SIZE], rows[PAGE_SIZE - 1].number if len(rows) > PAGE_SIZE else None)


def read_members_file(
    *, framework: Framework, file_name: str, content: bytes, actor: Actor, now: datetime
) -> ImportBatch:
    """Read a CSV file of members and check it: a dry run, nothing but the file's rows is stored.

    Each row is ready, or rejected with what is wrong by column. Raises `InvalidInput` (field "file") for what is no
    such file, `WrongState` when the framework is not in force.
    """
    policy.require(actor, Verb.IMPORT_MEMBERS, framework)
    _require_valid(framework, now)
    batch = ImportBatch(
        framework_id=framework.id,
        file_name=one_line(file_name)[:200] or "members.csv",
        sha256=hashlib.sha256(content).hexdigest(),
        created_by_id=actor.user_id,
        rows=[
            ImportRow(number=row.number, cells=row.cells, status=RowStatus.REJECTED, faults={}, is_new=False)
            for row in read_file(content, MEMBERS_FILE)
        ],
    )
    check_rows(framework, batch.rows, now)
    db.session.add(batch)
    db.session.flush()
    return batch


def correct_row(*, batch: ImportBatch, number: int, cells: Mapping[str, str], actor: Actor, now: datetime) -> ImportRow:
    """Put other cells into a row that is not imported yet, and check the whole file again.

    What was decided about its organisation falls when the name or a number changes. Raises `NotFound` for a row that
    the file has not, `WrongState` for one that is imported.
    """
    _begin(batch, actor, now)
    row = open_row(batch.rows, number)
    put_cells(row, cells, MEMBERS_FILE.names)
    _check(batch, now)
    return row


def decide_organisation(*, batch: ImportBatch, number: int, answer: str, actor: Actor, now: datetime) -> ImportRow:
    """Say which organisation a row speaks of, for every row that writes it the same way, and check the file again.

    `answer` is one of the row's candidates ("same:" and a provider's id; "row:" and a line, whose name and numbers
    are then taken over) or `NEW`: another organisation than all of them. Raises `InvalidInput` (field "answer") for
    anything else, `NotFound` and `WrongState` as `correct_row` does.
    """
    _begin(batch, actor, now)
    row = open_row(batch.rows, number)
    take_answer(batch.rows, row, answer)
    _check(batch, now)
    return row


def leave_row_out(*, batch: ImportBatch, number: int, actor: Actor, now: datetime) -> None:
    """Take a row that is not imported yet out of the file, and check the others again."""
    _begin(batch, actor, now)
    batch.rows.remove(open_row(batch.rows, number))
    db.session.flush()
    _check(batch, now)


def import_ready_rows(*, batch: ImportBatch, actor: Actor, now: datetime) -> Counts:
    """Import every row that is ready, all of them or, when one of them cannot be, none.

    The rows are checked once more against what is there now. New providers are registered (not verified, with
    nobody signed in), new settings and what they offer are added, and the providers become members of the lots from
    the day that the row says. What is there already stays as it is. Records MEMBERS_IMPORTED with the counts, unless
    there was nothing new. Raises `WrongState` when no row is ready or the framework is not in force, `Conflict` when
    somebody registered one of the organisations in the same moment.
    """
    framework = take(batch.framework, Verb.IMPORT_MEMBERS, actor=actor)
    _begin(batch, actor, now)
    ready = [one for one in _check(batch, now) if one.row.status is RowStatus.READY]
    if not ready:
        raise WrongState("No row is ready to import. Correct a row first.")
    counts = _written(framework, ready)
    for one in ready:
        one.row.status = RowStatus.IMPORTED
    if counts.anything:
        record(
            EventKind.MEMBERS_IMPORTED,
            framework,
            actor=actor,
            batch=batch.id,
            sha256=batch.sha256,
            rows=counts.rows,
            providers=[str(provider_id) for provider_id in counts.member_ids],
            registered=counts.providers,
            settings=counts.settings,
            offers=counts.offers,
            admissions=counts.admissions,
            lots=sorted({str(one.reading.lot.id) for one in ready if one.reading.lot}),
        )
    return counts


def discard_file(*, batch: ImportBatch, actor: Actor, now: datetime) -> None:
    """Throw a file's rows away; what was imported from it stays."""
    _begin(batch, actor, now)
    db.session.delete(batch)


MET_BY_AN_IMPORT = (
    "uq_provider_company_number", "uq_provider_charity_number", "uq_admission_lot_id_provider_id_current",
)  # fmt: skip
"""What somebody else can have written between the check of a file and its import."""


def _written(framework: Framework, ready: Sequence[Checked]) -> Counts:
    with unless_taken(dict.fromkeys(MET_BY_AN_IMPORT, _registered_meanwhile)):
        return write_rows(framework, ready)


def _registered_meanwhile() -> Conflict:
    return Conflict("Somebody registered one of these organisations in this moment. Import again.")


def _begin(batch: ImportBatch, actor: Actor, now: datetime) -> None:
    """The file's row locked, permission, and state: two officers correct one file in turn."""
    lock(ImportBatch, batch.id, joinedload(ImportBatch.framework), selectinload(ImportBatch.rows))
    policy.require(actor, Verb.IMPORT_MEMBERS, batch.framework)
    _require_valid(batch.framework, now)


def _require_valid(framework: Framework, now: datetime) -> None:
    if not framework.is_valid(now):
        raise WrongState("Members are imported while this is in force.")


def _check(batch: ImportBatch, now: datetime) -> list[Checked]:
    checked = check_rows(batch.framework, batch.rows, now)
    db.session.flush()
    return checked


def _tallies(batch_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Tally]:
    counted = db.session.execute(
        select(ImportRow.batch_id, ImportRow.status, func.count())
        .where(ImportRow.batch_id.in_(batch_ids))
        .group_by(ImportRow.batch_id, ImportRow.status)
    )
    found: dict[uuid.UUID, dict[str, int]] = {}
    for batch_id, status, count in counted:
        found.setdefault(batch_id, {})[status.value] = count
    return {batch_id: Tally(**each) for batch_id, each in found.items()}
