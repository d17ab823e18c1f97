"""Reading a file of members: its encoding, its heading, its rows. Every cell is text; nothing is made of it here."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from portal.core.errors import InvalidInput

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


COLUMNS = (
    Column("provider", "Provider", "The organisation’s name as its register has it.", "Demo Care Ltd", required=True),
    Column(
        "company_number",
        "Company number",
        "8 characters from Companies House. Each row needs this or a charity number.",
        "09506232",
    ),
    Column("charity_number", "Charity number", "SC before a Scottish number, NIC for Northern Ireland.", ""),
    Column("setting", "Setting", "The place’s name. Leave it empty for a member without places.", "Demo House"),
    Column("area", "Council area", "The council area that the setting lies in.", "Demotown"),
    Column("postcode", "Postcode", "The setting’s full postcode, or empty.", "ZZ99 9ZZ"),
    Column("registration_number", "Registration number", "The regulator’s number, such as an Ofsted URN.", "SC000001"),
    Column("capacity", "Places", "A whole number in figures.", "6"),
    Column("vacancies", "Free places", "A whole number in figures, at most the number of places.", "2"),
    Column("lot", "Lot", "The lot’s number or its title.", "1", required=True),
    Column("band", "Banding", "The banding’s title, where the lot has bandings.", "Band 1"),
    Column("placement_type", "Placement type", "One of the lot’s placement types, where it names some.", "Residential"),
    Column(
        "admitted_on",
        "Admitted on",
        "The day of admission: 2018-04-01, or day/month/year as 01/04/2018.",
        "2018-04-01",
        required=True,
    ),
)
NAMES = tuple(column.name for column in COLUMNS)
NEEDED = tuple(column.name for column in COLUMNS if column.required)


@dataclass(frozen=True)
class FileRow:
    """A row as it stands in the file: the line that it begins on (the heading is 1), and its cells by column."""

    number: int
    cells: dict[str, str]


def read_file(content: bytes) -> list[FileRow]:
    """Read the rows of a CSV file; empty ones are passed over.

    Raises `InvalidInput` (field "file") for what is no such file: empty, too large, not UTF-8, another separator,
    columns that are missing, unknown or there twice, quotes that do not end, more rows than are taken at once.
    """
    if len(content) > LARGEST:
        raise _wrong(f"The file has {len(content) / 1024 / 1024:.1f} MB. Send at most 2 MB; split it into several.")
    reader = csv.reader(io.StringIO(_decoded(content), newline=""), strict=True)
    try:
        heading = _read_heading(next(reader, []))
        rows = list(_rows(reader, heading))
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
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as broken:
        line = content.count(b"\n", 0, broken.start) + 1
        raise _wrong(
            f"Line {line} is not UTF-8: the file was probably saved as Windows-1252 (“ANSI”), in which some letters "
            f"would be read wrongly. {_SAVE_AS}"
        ) from broken
    if "\x00" in text:
        raise _wrong(f"The file holds NUL characters, so it is no CSV. {_SAVE_AS}")
    if not text.strip():
        raise _wrong("The file is empty.")
    return text


_SAVE_AS = "In Excel choose Save as, then “CSV UTF-8 (Comma delimited)”; in LibreOffice choose the character set UTF-8."


def _read_heading(cells: Sequence[str]) -> list[str]:
    names = ["_".join(cell.split()).lower() for cell in cells]
    if len(names) == 1 and (";" in names[0] or "\t" in cells[0]):
        raise _wrong("The columns are separated by semicolons or tabs. Save the file with commas.")
    while names and not names[-1]:
        names.pop()
    if unknown := sorted({name for name in names if name not in NAMES}):
        shown = ", ".join(f"“{name[:40]}”" for name in unknown[:5])
        raise _wrong(f"The heading has columns that are not known: {shown}. Take the names from the template.")
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise _wrong(f"The heading has {', '.join(twice)} more than once.")
    missing = [name for name in NEEDED if name not in names]
    if not {"company_number", "charity_number"} & set(names):
        missing.append("company_number or charity_number")
    if missing:
        raise _wrong(f"The heading lacks {', '.join(missing)}. Take the names from the template.")
    return names


def _rows(reader: Iterator[list[str]], heading: Sequence[str]) -> Iterator[FileRow]:
    number = 2
    for taken, cells in enumerate(reader):
        if taken > 2 * MOST_ROWS:
            break
        while len(cells) > len(heading) and not cells[-1].strip():
            cells.pop()
        if any(cell.strip() for cell in cells):
            held = dict.fromkeys(NAMES, "") | dict(zip(heading, (cell.strip() for cell in cells), strict=False))
            if len(cells) != len(heading):
                held[SHAPE] = f"{len(cells)} of {len(heading)}"
            yield FileRow(number, held)
        number = reader.line_num + 1  # type: ignore[attr-defined]


def _wrong(message: str) -> InvalidInput:
    return InvalidInput(message, field="file")
