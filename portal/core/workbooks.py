"""Workbooks (XLSX) that people fill in: made by XlsxWriter, read here cell by cell (decision 26).

Both keep off the disk, because a bid may stand in them. What is read is a stranger's file: `core.inspecting` has judged
its parts before, defusedxml refuses types and entities, and how much is read is limited. No formula is ever worked out.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError

import xlsxwriter
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from portal.core.clock import LONDON
from portal.core.errors import InvalidInput
from portal.core.numbers import plain

LONGEST_CELL = 32_767
"""Characters: more than that no spreadsheet holds in one cell."""
MOST_NODES = 1_000_000
"""Elements and attributes of one file's XML: a price schedule of 5,000 rows and ten years has some 500,000."""
LARGEST = 80_000_000
"""Bytes of one file's XML and characters of its cells together."""
MOST_SHEETS = 100
_EXACT = 15
"""Digits that a spreadsheet keeps of a number."""
_HIGHEST = 1e30
"""Numbers from here on stay as the file writes them, with their exponent."""
_LONGEST_LIST = 255
"""Characters of the answers that a cell offers by itself."""
_CELL: dict[str, Any] = {"text_wrap": True, "valign": "top", "border": 1}
LOOKS: dict[str, dict[str, Any]] = {
    "lead": {"valign": "top"},
    "head": _CELL | {"bold": True, "bg_color": "#E9E6DF"},
    "said": _CELL,
    "entry": _CELL | {"locked": False, "bg_color": "#FFF8E1"},
}
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_PLACE = re.compile("([A-Z]{1,3})[0-9]{1,7}")
_FIGURE = re.compile(r"-?[0-9]{1,15}|(?=.{1,16}$)-?[0-9]+[.][0-9]+")
_RELATED = "xl/_rels/workbook.xml.rels"
_TOO_MUCH = "The file holds more than the one that was downloaded here."


@dataclass(frozen=True)
class Entry:
    """A cell to be filled in: what it holds already, and what it offers."""

    text: str = ""
    options: tuple[str, ...] = ()
    figure: bool = False


@dataclass(frozen=True)
class Sheet:
    """A sheet: what is said on top, its columns (heading and width), its rows. Only an `Entry` can be changed."""

    title: str
    lead: Sequence[str]
    columns: Sequence[tuple[str, int]]
    rows: Sequence[Sequence[str | Entry]]
    hides_first: bool = False
    """Whether the first column is for the machine alone."""


class Formula(str):
    """A cell that holds a formula, which is not worked out here."""


def make_workbook(sheets: Sequence[Sheet], *, at: datetime) -> bytes:
    """The workbook as bytes, dated `at`, its locked cells without a password."""
    made = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(made, options)
    book.set_properties({"created": at.astimezone(LONDON).replace(tzinfo=None)})
    looks = {name: book.add_format(look) for name, look in LOOKS.items()}
    for sheet in sheets:
        _write_sheet(book.add_worksheet(sheet.title), sheet, looks)
    book.close()
    return made.getvalue()


def _write_sheet(page: Any, sheet: Sheet, looks: Mapping[str, Any]) -> None:
    page.protect("", {"format_columns": True, "format_rows": True, "select_locked_cells": True})
    for column, (_heading, width) in enumerate(sheet.columns):
        page.set_column(column, column, width, None, {"hidden": sheet.hides_first and column == 0})
    first_shown = int(sheet.hides_first)
    for row, line in enumerate(sheet.lead):
        page.write_string(row, first_shown, line, looks["lead"])
    head = len(sheet.lead)
    for column, (heading, _width) in enumerate(sheet.columns):
        page.write_string(head, column, heading, looks["head"])
    page.freeze_panes(head + 1, 0)
    page.set_landscape()
    page.fit_to_pages(1, 0)
    for row, cells in enumerate(sheet.rows, head + 1):
        for column, cell in enumerate(cells):
            if isinstance(cell, Entry):
                _write_entry(page, row, column, cell, looks["entry"])
            else:
                page.write_string(row, column, cell[:LONGEST_CELL], looks["said"])


def _write_entry(page: Any, row: int, column: int, entry: Entry, look: Any) -> None:
    if not entry.text:
        page.write_blank(row, column, None, look)
    elif entry.figure and _FIGURE.fullmatch(entry.text):
        page.write_number(row, column, float(entry.text), look)
    else:
        page.write_string(row, column, entry.text, look)
    offered = ",".join(entry.options)
    if entry.options and len(offered) <= _LONGEST_LIST and not any("," in option for option in entry.options):
        page.data_validation(row, column, row, column, {"validate": "list", "source": list(entry.options)})


def read_workbook(content: bytes) -> dict[str, list[dict[int, str]]]:
    """The rows of each sheet by its title, each row as its cells by column from 0; cells without content are left out.

    Numbers come as text as the spreadsheet shows them at most (15 digits), days as the number of the day. Raises
    `InvalidInput` for a file that is no workbook, or holds more than one that was made here ever does.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = _Parts(archive)
            places = _places(parts)
            strings = [_string(found) for found in parts.found("xl/sharedStrings.xml", "si")]
            return {title: list(_rows(parts, part, strings)) for title, part in places}
    except (ParseError, DefusedXmlException, zipfile.BadZipFile, LookupError, ValueError, OSError) as broken:
        raise InvalidInput("The file is damaged, or was not saved by a spreadsheet.") from broken


class _Parts:
    """The parts of a workbook, within limits over all of them: one part can be named, one text used, many times."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._nodes, self._size = MOST_NODES, LARGEST

    def found(self, part: str, tag: str) -> Iterator[Element]:
        """The elements with that name in a part, whatever their namespace, each forgotten after its turn."""
        if part not in self._archive.namelist():
            return
        with self._archive.open(part) as stream:
            # Counted where an element begins: most of what is nested may never end. A type could give every element
            # attributes of its own.
            for event, element in iterparse(_Metered(stream, self), ("start", "end"), forbid_dtd=True):
                if event == "start":
                    self.spend(nodes=1 + len(element.keys()))
                elif _local(element) == tag:
                    yield element
                    element.clear()

    def spend(self, *, nodes: int = 0, size: int = 0) -> None:
        """Count what was read; raises `InvalidInput` once it is too much."""
        self._nodes -= nodes
        self._size -= size
        if self._nodes < 0 or self._size < 0:
            raise InvalidInput(_TOO_MUCH)


class _Metered:
    """A part as its parser reads it, piece by piece."""

    def __init__(self, stream: IO[bytes], parts: _Parts) -> None:
        self._stream, self._parts = stream, parts

    def read(self, size: int) -> bytes:
        """The next piece."""
        piece = self._stream.read(size)
        self._parts.spend(size=len(piece))
        return piece


def _places(parts: _Parts) -> list[tuple[str, str]]:
    """Each sheet's title, and the part that holds it."""
    targets = {each.get("Id"): each.get("Target", "") for each in parts.found(_RELATED, "Relationship")}
    named = []
    for sheet in parts.found("xl/workbook.xml", "sheet"):
        related = next((value for name, value in sheet.items() if name.endswith("}id")), None)
        target = targets[related]
        named.append((sheet.get("name", ""), target.lstrip("/") if target.startswith("/") else f"xl/{target}"))
    if len(named) > MOST_SHEETS:
        raise InvalidInput(_TOO_MUCH)
    return named


def _rows(parts: _Parts, part: str, strings: list[str]) -> Iterator[dict[int, str]]:
    for row in parts.found(part, "row"):
        cells: dict[int, str] = {}
        column = -1
        for cell in row:
            column = _column(cell.get("r"), otherwise=column + 1)
            text = _text(cell, strings)
            parts.spend(size=len(text))
            if text:
                cells[column] = text
        if cells:
            yield cells


def _text(cell: Element, strings: list[str]) -> str:
    kind, held = cell.get("t", "n"), {_local(part): part for part in cell}
    value = (held["v"].text or "") if "v" in held else ""
    if "f" in held:
        return Formula(value or "formula")
    if kind == "s" and value:
        return strings[int(value)]
    if kind == "inlineStr" and "is" in held:
        return _string(held["is"])
    return _number(value) if kind == "n" and value else value


def _string(item: Element) -> str:
    """A text with or without formatting; readings of its signs (`rPh`) are no part of it."""
    pieces = [piece for piece in item if _local(piece) == "t"]
    pieces += [piece for run in item if _local(run) == "r" for piece in run if _local(piece) == "t"]
    return ESCAPED.sub(lambda code: chr(int(code[1], 16)), "".join(piece.text or "" for piece in pieces))


def _number(value: str) -> str:
    try:
        read = float(value)
    except ValueError:
        return value
    return plain(Decimal(f"{read:.{_EXACT}g}")) if abs(read) < _HIGHEST else value


def _column(place: str | None, *, otherwise: int) -> int:
    """The column of a cell by its place ("B7"), from 0; one without a place follows the cell before it."""
    if place is None:
        return otherwise
    named = _PLACE.fullmatch(place)
    if named is None:
        raise ValueError("A cell has no place that a spreadsheet has.")
    number = 0
    for letter in named[1]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
