"""Workbooks that strangers send: what is read of them, and that none costs more than one that was made here."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

import pytest

from portal.core.errors import InvalidInput
from portal.core.workbooks import Entry, Sheet, make_workbook, read_workbook

DAMAGED = "The file is damaged"
TOO_MUCH = "The file holds more than the one that was downloaded here."
RELATED = '<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>'


def _workbook(rows: str, *, strings: str = "", sheets: int = 1, kind: str = "") -> bytes:
    """A workbook with as little around its rows as its reader needs; `kind` stands before the sheet."""
    named = "".join(f'<sheet name="Sheet {number}" r:id="r1"/>' for number in range(sheets))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", f'<workbook xmlns:r="urn:r"><sheets>{named}</sheets></workbook>')
        archive.writestr("xl/_rels/workbook.xml.rels", RELATED)
        archive.writestr("xl/sharedStrings.xml", f"<sst>{strings}</sst>")
        archive.writestr("xl/worksheets/sheet1.xml", f"{kind}<worksheet>{rows}</worksheet>")
    return made.getvalue()


def test_a_cell_without_a_place_follows_the_one_before_it() -> None:
    """Also where that one is empty, or stands further on (ECMA-376-1, 18.3.1.4)."""
    rows = '<row><c><v>1</v></c><c/><c><v>3</v></c><c r="F1"><v>6</v></c><c><v>7</v></c></row>'
    assert read_workbook(_workbook(rows)) == {"Sheet 0": [{0: "1", 2: "3", 5: "6", 6: "7"}]}


MANY = " ".join(f"a{number}='1'" for number in range(60_000))
HOSTILE = {
    "elements that never end": (TOO_MUCH, lambda: _workbook("<a>" * 1_100_000)),
    "attributes without end": (
        TOO_MUCH,
        lambda: _workbook(f"<row>{f'<c {MANY}/>' * 20}</row>"),
    ),
    "one part named as many sheets": (TOO_MUCH, lambda: _workbook("<row/>", sheets=101)),
    "one long part named as a few sheets": (TOO_MUCH, lambda: _workbook(" " * 20_000_000, sheets=5)),
    "one long text in many cells": (
        TOO_MUCH,
        lambda: _workbook('<row><c t="s"><v>0</v></c></row>' * 100, strings=f"<si><t>{'x' * 1_000_000}</t></si>"),
    ),
    "a type that gives attributes": (
        DAMAGED,
        lambda: _workbook("<row><c/></row>", kind='<!DOCTYPE worksheet [<!ATTLIST c r CDATA "A1">]>'),
    ),
    "a column that no spreadsheet has": (DAMAGED, lambda: _workbook(f"<row><c r='{'A' * 2_000_000}1'/></row>")),
    "an encoding that nobody knows": (DAMAGED, lambda: _workbook("", kind='<?xml version="1.0" encoding="x-none"?>')),
    "a text that is not there": (DAMAGED, lambda: _workbook('<row><c t="s"><v>7</v></c></row>')),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_before_it_costs_anything(kind: str) -> None:
    """Limits count over all parts, attributes and repeated texts, and where an element begins."""
    words, made = HOSTILE[kind]
    with pytest.raises(InvalidInput, match=words):
        read_workbook(made())


def test_a_row_of_many_cells_without_places_is_read_in_one_pass() -> None:
    """As many as one may hold: each is placed by the one before it, not by all before it."""
    [row] = read_workbook(_workbook(f"<row>{'<c><v>1</v></c>' * 200_000}</row>"))["Sheet 0"]
    assert len(row) == 200_000


@pytest.mark.parametrize("typed", ["1.2.3", ".", "-", "1.", "12345678901234567"])
def test_a_draft_that_is_no_figure_yet_stays_as_it_was_typed(typed: str) -> None:
    """A box for a figure keeps what cannot be read; the workbook has it as text."""
    sheet = Sheet("Rates", [], [("Rate", 10)], [[Entry(typed, figure=True)]])
    made = make_workbook([sheet], at=datetime(2026, 3, 2, 9, tzinfo=UTC))
    assert read_workbook(made) == {"Rates": [{0: "Rate"}, {0: typed}]}
