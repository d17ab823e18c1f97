"""Reading a CSV file of rows: its encoding, its heading, its rows. Every cell is a line of text as it is seen; nothing
is made of it here.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from portal.core.errors import InvalidInput
from portal.core.parsing.text import has_text, one_line

LARGEST = 2 * 1024 * 1024
MOST_ROWS = 5000
LONGEST_CELL = 1000
SHAPE = "row"
"""Stands among a row's cells and faults for the row itself: as a cell, how many cells it had when that was wrong."""


@dataclass(frozen=True)
class Column:
    """A column of the file: its name in the heading, and what belongs there."""

    name: str
    title: str
    explained: str
    example: str
    required: bool = False


@dataclass(frozen=True)
class Layout:
    """The columns that a kind of file may have; of each group in `any_of` it needs at least one."""

    columns: tuple[Column, ...]
    any_of: tuple[tuple[str, ...], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in their order."""
        return tuple(column.name for column in self.columns)

    def lacking(self, names: Collection[str]) -> list[str]:
        """What a heading with those names has not and needs."""
        missing = [column.name for column in self.columns if column.required and column.name not in names]
        return missing + [" or ".join(group) for group in self.any_of if not set(group) & set(names)]


@dataclass(frozen=True)
class FileRow:
    """A row as it stands in the file: the line that it begins on (the heading is 1), and its cells by column."""

    number: int
    cells: dict[str, str]


def read_file(content: bytes, layout: Layout) -> list[FileRow]:
    """Read the rows of a CSV file with those columns; empty ones are passed over.

    Raises `InvalidInput` (field "file") for what is no such file: empty, too large, not UTF-8, another separator,
    columns that are missing, unknown or there twice, quotes that do not end, more rows than are taken at once.
    """
    if len(content) > LARGEST:
        raise _wrong(f"The file has {len(content) / 1024 / 1024:.1f} MB. Send at most 2 MB; split it into several.")
    reader = csv.reader(io.StringIO(_decoded(content), newline=""), strict=True)
    try:
        heading = _read_heading(next(reader, []), layout)
        rows = list(_rows(reader, heading, layout))
    except csv.Error as broken:
        raise _wrong(
            f"Line {reader.line_num} cannot be read as CSV ({broken}). Look for a quote without end."
        ) from broken
    if not rows:
        raise _wrong("The file has a heading and no rows.")
    if len(rows) > MOST_ROWS:
        raise _wrong(f"The file has more than {MOST_ROWS:,} rows. Split it into several.")
    return rows


def _decoded(content: bytes) -> str:
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise _wrong(f"The file is in UTF-16. {_SAVE_AS}")
    if content[:4] == b"PK\x03\x04":
        raise _wrong(f"The file is a spreadsheet (xlsx), not CSV. {_SAVE_AS}")
    try:
        # Each program that saves the file may put a mark of its own before it.
        text = content.decode("utf-8").lstrip("\ufeff")
    except UnicodeDecodeError as broken:
        line = content.count(b"\n", 0, broken.start) + 1
        raise _wrong(
            f"Line {line} is not UTF-8: the file was probably saved as Windows-1252 (“ANSI”), in which some letters "
            f"would be read wrongly. {_SAVE_AS}"
        ) from broken
    if "\x00" in text:
        raise _wrong(f"The file holds NUL characters, so it is no CSV. {_SAVE_AS}")
    if not has_text(text):
        raise _wrong("The file is empty.")
    return text


_SAVE_AS = "In Excel choose Save as, then “CSV UTF-8 (Comma delimited)”; in LibreOffice choose the character set UTF-8."


def _read_heading(cells: Sequence[str], layout: Layout) -> list[str]:
    names = [one_line(cell).replace(" ", "_").lower() for cell in cells]
    if len(names) == 1 and (";" in names[0] or "\t" in cells[0]):
        raise _wrong("The columns are separated by semicolons or tabs. Save the file with commas.")
    while names and not names[-1]:
        names.pop()
    if unknown := sorted({name for name in names if name not in layout.names}):
        shown = ", ".join(f"“{name[:40]}”" for name in unknown[:5])
        raise _wrong(f"The heading has columns that are not known: {shown}. Take the names from the template.")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise _wrong(f"The heading has {', '.join(twice)} more than once.")
    if missing := layout.lacking(names):
        raise _wrong(f"The heading lacks {', '.join(missing)}. Take the names from the template.")
    return names


def _rows(reader: Iterator[list[str]], heading: Sequence[str], layout: Layout) -> Iterator[FileRow]:
    number = 2
    for taken, cells in enumerate(reader):
        if taken > 2 * MOST_ROWS:
            break
        cells = [one_line(cell) for cell in cells]
        while len(cells) > len(heading) and not cells[-1]:
            cells.pop()
        if any(cells):
            held = dict.fromkeys(layout.names, "") | dict(zip(heading, cells, strict=False))
            if len(cells) != len(heading):
                held[SHAPE] = f"{len(cells)} of {len(heading)}"
            yield FileRow(number, held)
        number = reader.line_num + 1  # type: ignore[attr-defined]


def _wrong(message: str) -> InvalidInput:
    return InvalidInput(message, field="file")
