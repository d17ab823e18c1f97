"""Workbooks (XLSX) that people fill in: made by XlsxWriter, read here cell by cell (decision 26).

Both keep off the disk, because a bid may stand in them. What is read is a stranger's file: `core.inspecting` has judged
its parts before, entities are refused by defusedxml, and how much is read is limited. No formula is ever worked out.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element, ParseError

import xlsxwriter
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from portal.core.clock import LONDON
from portal.core.errors import InvalidInput
from portal.core.numbers import plain

LONGEST_CELL = 32_767
"""Characters: more than that no spreadsheet holds in one cell."""
MOST_ELEMENTS = 500_000
"""Of one file's XML: a price schedule of 5,000 rows and ten years has fewer than 300,000."""
LARGEST_PART = 40_000_000
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
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


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
    elif entry.figure and re.fullmatch(r"-?[0-9.]{1,15}", entry.text):
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
    left = [MOST_ELEMENTS]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            places = _places(archive, left)
            strings = [_string(found) for found in _found(archive, "xl/sharedStrings.xml", "si", left)]
            return {title: list(_rows(archive, part, strings, left)) for title, part in places}
    except (ParseError, DefusedXmlException, zipfile.BadZipFile, KeyError, IndexError, ValueError, OSError) as broken:
        raise InvalidInput("The file is damaged, or was not saved by a spreadsheet.") from broken


def _places(archive: zipfile.ZipFile, left: list[int]) -> list[tuple[str, str]]:
    """Each sheet's title, and the part that holds it."""
    targets = {
        each.get("Id"): each.get("Target", "")
        for each in _found(archive, "xl/_rels/workbook.xml.rels", "Relationship", left)
    }
    named = []
    for sheet in _found(archive, "xl/workbook.xml", "sheet", left):
        related = next((value for name, value in sheet.items() if name.endswith("}id")), None)
        target = targets[related]
        named.append((sheet.get("name", ""), target.lstrip("/") if target.startswith("/") else f"xl/{target}"))
    return named


def _rows(archive: zipfile.ZipFile, part: str, strings: list[str], left: list[int]) -> Iterator[dict[int, str]]:
    for row in _found(archive, part, "row", left):
        cells: dict[int, str] = {}
        for cell in row:
            column = _column(cell.get("r"), otherwise=max(cells, default=-1) + 1)
            text = _text(cell, strings)
            if text:
                cells[column] = text
        if cells:
            yield cells


def _found(archive: zipfile.ZipFile, part: str, tag: str, left: list[int]) -> Iterator[Element]:
    """The elements with that name in a part, whatever their namespace, each forgotten after its turn."""
    if part not in archive.namelist():
        return
    if archive.getinfo(part).file_size > LARGEST_PART:
        raise InvalidInput("The file holds more than the one that was downloaded here.")
    with archive.open(part) as stream:
        for _event, element in iterparse(stream):
            left[0] -= 1
            if left[0] < 0:
                raise InvalidInput("The file holds more than the one that was downloaded here.")
            if _local(element) == tag:
                yield element
                element.clear()


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
    return _ESCAPED.sub(lambda code: chr(int(code[1], 16)), "".join(piece.text or "" for piece in pieces))


def _number(value: str) -> str:
    try:
        read = float(value)
    except ValueError:
        return value
    return plain(Decimal(f"{read:.{_EXACT}g}")) if abs(read) < _HIGHEST else value


def _column(place: str | None, *, otherwise: int) -> int:
    """The column of a cell by its place ("B7"), from 0."""
    letters = "".join(sign for sign in (place or "") if sign.isalpha())
    if not letters:
        return otherwise
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter.upper()) - ord("A") + 1
    return number - 1


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]
