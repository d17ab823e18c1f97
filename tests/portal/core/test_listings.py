"""Lists as workbooks: what is written is read back as it was, and rows are asked for as they are written."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime

from defusedxml.ElementTree import fromstring

from portal.core.listings import Listing, list_workbook
from portal.core.workbooks import read_workbook

AT = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
ODD = ("=1+1", " spaces ", 'a < b & "c"', "_x0041_", "two\nlines", "\x07bell", "é漢😀")


def test_what_is_written_is_read_back() -> None:
    """Texts stay texts, also what looks like a formula or a code of the format; figures are figures; two sheets."""
    odd = Listing("Odd", ("Text", "Figure"), (20, 10), [(text, "12.5") for text in ODD], {"Figure"})
    read = read_workbook(list_workbook([odd, Listing("Few & none", ("A",), (9,), [])], at=AT))
    assert list(read) == ["Odd", "Few & none"]
    assert read["Odd"][1:] == [{0: text.replace("\x07", ""), 1: "12.5"} for text in ODD]
    assert read["Few & none"] == [{0: "A"}]


def test_every_part_is_sound_and_dated() -> None:
    """Each part parses, is named where the format wants it named, and carries the day of the list."""
    made = list_workbook([Listing("One", ("A", "B"), (9, 9), [("x", "1")], {"B"})], at=AT)
    with zipfile.ZipFile(io.BytesIO(made)) as book:
        parts = {part.filename: part.date_time for part in book.infolist()}
        trees = {name: fromstring(book.read(name)) for name in parts}
    assert set(parts.values()) == {(2026, 11, 26, 12, 0, 0)}
    named = {each.get("PartName", "").lstrip("/") for each in trees["[Content_Types].xml"]}
    assert {name for name in parts if name.startswith("xl/") and "_rels" not in name} == named - {""}


def test_rows_are_forgotten_once_they_are_written() -> None:
    """Twenty thousand rows take little more memory than the file that they become."""

    def rows() -> Iterator[tuple[str, str]]:
        for number in range(20_000):
            yield f"Row {number}", "The answer says who does what, and when." * 5

    tracemalloc.start()
    made = list_workbook([Listing("Long", ("A", "B"), (9, 9), rows())], at=AT)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 5 * len(made) + 1_000_000
