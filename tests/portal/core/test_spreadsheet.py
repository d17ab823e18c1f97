"""Files that are safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.spreadsheet import MARK, as_text, csv_lines


@pytest.mark.parametrize("cell", ["=1+1", "+44", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " \u2028=1"])
def test_formulas_stay_text(cell: str) -> None:
    """What a spreadsheet would run begins with an apostrophe."""
    assert as_text(cell) == f"'{cell.strip()}"


@pytest.mark.parametrize("cell", ["", "Demo", "1+1", "'=1", "a=b", "GB-COH-09506232"])
def test_the_rest_is_left_alone(cell: str) -> None:
    """Everything else stays as it is."""
    assert as_text(cell) == cell


@given(st.lists(st.lists(st.text(st.characters(exclude_characters="\x00", codec="utf-8")), min_size=2, max_size=2)))
def test_every_row_comes_back_on_a_line_of_its_own(rows: list[list[str]]) -> None:
    """Excel is told the code page, each row is one line, and no cell begins as a formula."""
    written = "".join(csv_lines(["a", "b"], rows))
    assert written.startswith(MARK)
    assert len(written.splitlines()) == len(rows) + 1
    read = list(csv.reader(io.StringIO(written.removeprefix(MARK), newline="")))
    assert read == [["a", "b"], *[[as_text(cell) for cell in row] for row in rows]]
    assert [cell for row in read for cell in row if cell[:1] in "=+-@" and cell] == []
