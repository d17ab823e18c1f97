"""Text files that spreadsheets open."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from portal.core.parsing.text import one_line

MARK = "\ufeff"
"""Excel reads a CSV file in the computer's own code page unless it begins with the byte-order mark."""
FORMULA = frozenset("=+-@")
"""How a cell begins that a spreadsheet would run as a formula."""


def as_text(value: str) -> str:
    """The cell on one line, kept as text by a leading apostrophe where a spreadsheet would take it for a formula."""
    line = " ".join(value.split())
    return f"'{line}" if line[:1] in FORMULA else line


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a CSV file with its byte-order mark, heading first, each cell safe to open.

    A number that begins with a zero loses it in a spreadsheet, whatever stands around it in the file: identifiers of
    organisations go into a column of their own as org-id codes (GB-COH-09506232), which stay text everywhere.
    """
    yield MARK
    for row in chain([columns], rows):
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="\r\n").writerow([as_text(cell) for cell in row])
        yield buffer.getvalue()


def pasted_cells(text: str | None) -> list[list[str]]:
    """The cells of lines pasted from a spreadsheet, by tabs where there are any, else by commas; no empty lines."""
    lines = (text or "").splitlines()
    separator = "\t" if any("\t" in line for line in lines) else ","
    read = csv.reader(lines, delimiter=separator)
    return [cells for cells in ([one_line(cell) for cell in line] for line in read) if any(cells)]
