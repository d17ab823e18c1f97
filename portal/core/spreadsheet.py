"""Text files that spreadsheets open."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

FORMULA = frozenset("=+-@\t\r\n")
"""How a cell begins that a spreadsheet would run as a formula."""


def as_text(value: str) -> str:
    """The cell, kept as text by a leading apostrophe where a spreadsheet would take it for a formula."""
    return f"'{value}" if value[:1] in FORMULA else value


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a CSV file, heading first, each cell safe to open."""
    for row in chain([columns], rows):
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="\r\n").writerow([as_text(cell) for cell in row])
        yield buffer.getvalue()
