"""Lists as workbooks (XLSX), written from front to end: a hundred thousand rows take no more memory than their file.

XlsxWriter, which makes the workbooks that people fill in, keeps every cell in memory or on the disk (decision 26); a
list needs little of it. Cells are text or figures, never formulas, and the file names nobody.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from portal.core.clock import LONDON
from portal.core.workbooks import ESCAPED, LONGEST_CELL

AT_ONCE = 200
"""Rows that are packed together."""
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_FORMAT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_WRAPPED, _HEADING = 1, 2
"""Places among the cell formats of `_STYLES`."""
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="3">'
    '<fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '<fill><patternFill patternType="solid"><fgColor rgb="FFE9E6DF"/></patternFill></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/>'
    '<xf applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>'
    '<xf fontId="1" fillId="2" applyFont="1" applyFill="1" applyAlignment="1">'
    '<alignment vertical="top" wrapText="1"/></xf></cellXfs></styleSheet>'
)


@dataclass(frozen=True)
class Listing:
    """A list: its headings with the widths of their columns in characters, and its rows as they come.

    The cells of the columns in `figures` are numbers, or empty.
    """

    title: str
    columns: Sequence[str]
    widths: Sequence[int]
    rows: Iterable[Sequence[str]]
    figures: Collection[str] = ()


def list_workbook(listings: Iterable[Listing], *, at: datetime) -> bytes:
    """Lists as a workbook, dated `at`, a sheet each: its headings stay and filter, nothing is locked or hidden."""
    made = io.BytesIO()
    stamp = at.astimezone(LONDON).timetuple()[:6]
    titles: list[str] = []
    with zipfile.ZipFile(made, "w") as book:
        for listing in listings:
            titles.append(listing.title)
            with book.open(_part(f"xl/worksheets/sheet{len(titles)}.xml", stamp), "w") as sheet:
                for piece in _sheet(listing):
                    sheet.write(piece.encode())
        for name, content in _frame(titles):
            book.writestr(_part(name, stamp), _HEAD + content)
    return made.getvalue()


def _part(name: str, stamp: tuple[int, ...]) -> zipfile.ZipInfo:
    part = zipfile.ZipInfo(name, stamp)  # type: ignore[arg-type]
    part.compress_type = zipfile.ZIP_DEFLATED
    return part


def _sheet(listing: Listing) -> Iterator[str]:
    letters = [_letters(number) for number in range(len(listing.columns))]
    figures = [column in listing.figures for column in listing.columns]
    columns = "".join(
        f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
        for number, width in enumerate(listing.widths, 1)
    )
    yield (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" '
        f'topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols>{columns}</cols>'
        "<sheetData>"
    )
    yield _row(1, letters, listing.columns, [False] * len(letters), _HEADING)
    last, held = 1, []
    for last, cells in enumerate(listing.rows, 2):
        held.append(_row(last, letters, cells, figures, _WRAPPED))
        if len(held) == AT_ONCE:
            yield "".join(held)
            held.clear()
    yield "".join(held)
    yield f'</sheetData><autoFilter ref="A1:{letters[-1]}{last}"/></worksheet>'


def _row(number: int, letters: Sequence[str], cells: Sequence[str], figures: Sequence[bool], style: int) -> str:
    written = "".join(
        f'<c r="{letter}{number}" s="{style}"><v>{float(cell)!r}</v></c>'
        if figure
        else f'<c r="{letter}{number}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{_text(cell)}</t></is></c>'
        for letter, cell, figure in zip(letters, cells, figures, strict=True)
        if cell
    )
    return f'<row r="{number}">{written}</row>'


def _text(cell: str) -> str:
    """As it is read back: what looks like a code of the format is no code, and what XML cannot hold is left out."""
    return escape(ESCAPED.sub(r"_x005F_x\1_", _NOT_IN_XML.sub("", cell[:LONGEST_CELL])))


def _letters(column: int) -> str:
    """What a spreadsheet calls a column, from 0: "A", "Z", "AA"."""
    before, last = divmod(column, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + last)


def _frame(titles: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What stands around the sheets."""
    numbers = range(1, len(titles) + 1)
    sheets = "".join(
        f'<sheet name={quoteattr(title)} sheetId="{number}" r:id="rId{number}"/>'
        for number, title in zip(numbers, titles, strict=True)
    )
    yield "xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{sheets}</sheets></workbook>'
    targets = [(f"rId{number}", "worksheet", f"worksheets/sheet{number}.xml") for number in numbers]
    yield "xl/_rels/workbook.xml.rels", _relations([*targets, ("styles", "styles", "styles.xml")])
    yield "_rels/.rels", _relations([("book", "officeDocument", "xl/workbook.xml")])
    yield "xl/styles.xml", _STYLES
    kinds = [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles")]
    kinds += [(f"/xl/worksheets/sheet{number}.xml", "worksheet") for number in numbers]
    parts = "".join(f'<Override PartName="{name}" ContentType="{_FORMAT}.{kind}+xml"/>' for name, kind in kinds)
    relations = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    yield "[Content_Types].xml", f'<Types xmlns="{_PACKAGE}/content-types">{relations}{parts}</Types>'


def _relations(targets: Sequence[tuple[str, str, str]]) -> str:
    each = "".join(
        f'<Relationship Id="{name}" Type="{_RELATIONS}/{kind}" Target="{target}"/>' for name, kind, target in targets
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{each}</Relationships>'
