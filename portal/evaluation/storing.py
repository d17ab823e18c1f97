"""Results in the database, written and read in pieces: the JSON of a large one is 80 MB and never whole in memory."""

from __future__ import annotations

import hashlib
import sys
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import func, select, true

from portal.core.canonical import text_of
from portal.core.columns import db
from portal.evaluation.models import Result
from portal.tendering.models import Lot
from tender_scoring import Result as Outcome

PIECE = 1000
"""Entries of a list that are written or read at once."""


def canonical(case: dict[str, Any]) -> Iterator[str]:
    """Yield a case as canonical JSON: keys sorted, no spaces; its lists of entries in pieces."""
    for number, key in enumerate(sorted(case)):
        yield f"{',' if number else '{'}{text_of(key)}:"
        if not isinstance(case[key], list):
            yield text_of(case[key])
            continue
        yield "["
        for start in range(0, len(case[key]), PIECE):
            yield ("," if start else "") + text_of(case[key][start : start + PIECE])[1:-1]
        yield "]"
    yield "}"


def hash_of(case: dict[str, Any]) -> str:
    """SHA-256 (hexadecimal) of the case as canonical JSON: the same inputs never make a second result."""
    digest = hashlib.sha256()
    for piece in canonical(case):
        digest.update(piece.encode())
    return digest.hexdigest()


def store_result(*, lot: Lot, inputs_hash: str, case: dict[str, Any], outcome: Outcome, now: datetime) -> Result:
    """Write a result, its inputs and its steps as they are worked out; the diagnostics come later."""
    made = uuid.uuid4()
    columns: dict[str, Iterable[str]] = {
        "id": [str(made)],
        "itt_id": [str(lot.itt_id)],
        "lot_id": [str(lot.id)],
        "inputs_hash": [inputs_hash],
        "inputs": canonical(case),
        "outcome": [text_of(outcome.without_steps())],
        "steps": chain("[", outcome.json_steps(PIECE), "]"),
        "calculated_at": [now.isoformat()],
    }
    connection: Any = db.session.connection().connection.driver_connection
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {Result.__tablename__} ({', '.join(columns)}) FROM STDIN") as copy,
    ):
        for number, pieces in enumerate(columns.values()):
            copy.write("\t" if number else "")
            for piece in pieces:
                # Of what COPY gives a meaning JSON has only the backslash, and line breaks between its values.
                copy.write(piece.replace("\\", "\\\\").replace("\n", " "))
        copy.write("\n")
    return db.session.get_one(Result, made)


def stored_case(result_id: uuid.UUID) -> dict[str, Any]:
    """Read a result's inputs, the texts that its many scores share kept once each."""
    case: dict[str, Any] = db.session.execute(
        select(Result.inputs.op("-")("scores")).where(Result.id == result_id)
    ).scalar_one()
    entry = func.jsonb_array_elements(Result.inputs["scores"]).table_valued("value", with_ordinality="number")
    entry = entry.render_derived()
    piece = func.div(entry.c.number - 1, PIECE)
    pieces = db.session.scalars(
        select(func.json_agg(entry.c.value))
        .select_from(Result)
        .join(entry, true())
        .where(Result.id == result_id)
        .group_by(piece)
        .order_by(piece)
        .execution_options(yield_per=5)
    )
    case["scores"] = [
        {key: value if key == "reason" else sys.intern(value) for key, value in given.items()}
        for entries in pieces
        for given in entries
    ]
    return case
