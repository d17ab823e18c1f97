"""Putting a file's rows right before they are imported: their cells, and whom they speak of."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from portal.core.errors import InvalidInput, NotFound, WrongState
from portal.core.parsing.text import one_line
from portal.importing.models import ImportedRow
from portal.importing.organisations import ALIKE, OF_A_PROVIDER, identity
from portal.importing.states import RowStatus

Row = TypeVar("Row", bound=ImportedRow)

NEW = "new"
"""The answer that a row's provider is none of those with a like name."""


def find_row(rows: Iterable[Row], number: int) -> Row:
    """The row on that line; raises `NotFound`."""
    for row in rows:
        if row.number == number:
            return row
    raise NotFound("The file has no such row.")


def open_row(rows: Iterable[Row], number: int) -> Row:
    """The row on that line, which is not imported yet; raises `NotFound`, `WrongState`."""
    row = find_row(rows, number)
    if row.status is RowStatus.IMPORTED:
        raise WrongState("This row is imported. Its provider changes its settings now.")
    return row


def put_cells(row: ImportedRow, cells: Mapping[str, str], names: Iterable[str]) -> None:
    """Put other cells into a row; what was decided about its organisation falls when the name or a number changes."""
    before = identity(row)
    row.cells = {name: one_line(cells.get(name)) for name in names}
    if identity(row) != before:
        row.same_as_id, row.is_new = None, False


def take_answer(rows: Sequence[ImportedRow], row: ImportedRow, answer: str) -> None:
    """Take an officer's word on which organisation a row speaks of, for every row that writes it the same way.

    `answer` is one of the row's candidates ("same:" and a provider's id; "row:" and a line, whose name and numbers
    are then taken over) or `NEW`. Raises `InvalidInput` (field "answer") for anything else.
    """
    if answer not in {candidate["answer"] for candidate in row.faults.get(ALIKE, ())} | {NEW}:
        raise InvalidInput("Choose one of the answers.", field="answer")
    kind, _, what = answer.partition(":")
    alike = [other for other in rows if identity(other) == identity(row) and other.status is not RowStatus.IMPORTED]
    taken = {name: find_row(rows, int(what)).cells[name] for name in OF_A_PROVIDER} if kind == "row" else {}
    for other in alike:
        other.cells = {**other.cells, **taken}
        other.same_as_id = uuid.UUID(what) if kind == "same" else None
        other.is_new = answer == NEW
