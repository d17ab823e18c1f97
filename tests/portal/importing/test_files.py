"""Reading a file of members as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import InvalidInput
from portal.importing.files import LARGEST, MOST_ROWS, SHAPE, FileRow, read_file
from portal.members.importing_columns import MEMBERS_FILE
from tests.factories.importing import member_row, members_file, setting_row

HEADING = ",".join(MEMBERS_FILE.names).encode()
SAVE_AS = "In Excel choose Save as, then “CSV UTF-8 (Comma delimited)”; in LibreOffice choose the character set UTF-8."


def test_rows_keep_their_lines() -> None:
    """Each row has the line that it begins on, also after a cell of several lines and after empty rows."""
    content = members_file(member_row(provider="Demo\nCare"), {}, member_row(), member_row(provider="Café Démo"))
    rows = read_file(content, MEMBERS_FILE)
    assert [(row.number, row.cells["provider"]) for row in rows] == [
        (2, "Demo Care"),
        (5, "Demo Care Ltd"),
        (6, "Café Démo"),
    ]
    assert rows[0].cells.keys() == set(MEMBERS_FILE.names)


@pytest.mark.parametrize("marks", ["\ufeff", "\ufeff\ufeff", "\u200b\ufeff", "\ufeff\u2060"])
def test_marks_before_the_heading_change_nothing(marks: str) -> None:
    """UTF-8 is read with byte order marks of one or several programs, and with invisible spaces, as without."""
    content = members_file(setting_row(provider="Café Démo"))
    assert read_file(marks.encode() + content, MEMBERS_FILE) == read_file(content, MEMBERS_FILE)


def test_a_mark_before_a_quoted_heading_changes_nothing() -> None:
    """The second of two marks stands before a quotation mark, which would be read as a part of the name."""
    quoted = b'"provider"' + HEADING.removeprefix(b"provider") + b"\nDemo Care"
    assert read_file(2 * b"\xef\xbb\xbf" + quoted, MEMBERS_FILE)[0].cells["provider"] == "Demo Care"


@pytest.mark.parametrize("leftover", ["\x1a", "\u200b", "\u00a0", '"\u2060",\ufeff'])
def test_what_cannot_be_seen_is_no_row(leftover: str) -> None:
    """The end mark of old programs (ctrl-Z), invisible and other spaces after the last row are passed over."""
    content = members_file(setting_row())
    assert read_file(content + leftover.encode(), MEMBERS_FILE) == read_file(content, MEMBERS_FILE)


def test_cells_hold_what_is_seen() -> None:
    """Invisible characters in a number or a name are gone, so that no message is about what nobody can see."""
    plain, dirty = member_row(), member_row()
    dirty["company_number"] = f"\u200b{plain['company_number']}\u2060"
    dirty["provider"] = plain["provider"].replace(" ", "\u00a0\u00ad ")
    assert read_file(members_file(dirty), MEMBERS_FILE) == read_file(members_file(plain), MEMBERS_FILE)


@pytest.mark.parametrize("noise", ["\ufeff", "\u200b", "\u00ad\u2060", "\u00a0", "\u2800"])
def test_what_cannot_be_seen_changes_nothing(noise: str) -> None:
    """A second byte order mark, a zero-width space in the heading or a cell, and a row of nothing else, such as ^Z."""
    content = members_file(setting_row(provider="Café Démo")).decode("utf-8-sig")
    heading, _, row = content.partition("\r\n")
    marked = f"{noise}{heading}\r\n{noise}{row}{noise}\r\n\x1a\r\n"
    assert read_file(marked.encode(), MEMBERS_FILE) == read_file(content.encode(), MEMBERS_FILE)


def test_the_heading_may_be_written_freely() -> None:
    """Case, spaces, order, empty columns at the end and columns that are not needed do not matter."""
    rows = read_file(b"LOT, Provider ,company number,Admitted On,,\n1,Demo,09506232,2018-04-01,,\n", MEMBERS_FILE)
    assert [row.cells for row in rows] == [
        dict.fromkeys(MEMBERS_FILE.names, "")
        | {"lot": "1", "provider": "Demo", "company_number": "09506232", "admitted_on": "2018-04-01"}
    ]


@pytest.mark.parametrize(("line", "shape"), [(b"Demo,1", "2 of 13"), (b",".join([b"x"] * 15), "15 of 13")])
def test_a_row_of_another_length(line: bytes, shape: str) -> None:
    """Cells may stand in wrong columns then: that is noted, never put right."""
    rows = read_file(HEADING + b"\n" + line, MEMBERS_FILE)
    assert rows[0].cells[SHAPE] == shape


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The file is empty."),
        (b" \n\n", "The file is empty."),
        (HEADING, "The file has a heading and no rows."),
        (HEADING + b"\n,,,\n", "The file has a heading and no rows."),
        (
            HEADING + "\nDémo,1".encode("cp1252"),
            "Line 2 is not UTF-8: the file was probably saved as Windows-1252 (“ANSI”), in which some letters would "
            f"be read wrongly. {SAVE_AS}",
        ),
        ("provider".encode("utf-16"), f"The file is in UTF-16. {SAVE_AS}"),
        (b"PK\x03\x04rest", f"The file is a spreadsheet (xlsx), not CSV. {SAVE_AS}"),
        (HEADING + b"\nDemo\x00", f"The file holds NUL characters, so it is no CSV. {SAVE_AS}"),
        (
            HEADING.replace(b",", b";") + b"\nDemo;1",
            "The columns are separated by semicolons or tabs. Save the file with commas.",
        ),
        (
            HEADING + b",price\nDemo",
            "The heading has columns that are not known: “price”. Take the names from the template.",
        ),
        (HEADING + b",lot\nDemo", "The heading has lot more than once."),
        (
            b"provider,setting\nDemo,House",
            "The heading lacks lot, admitted_on, company_number or charity_number. Take the names from the template.",
        ),
        (
            HEADING + b'\n"Demo',
            "Line 2 cannot be read as CSV (unexpected end of data). Look for a quote without end.",
        ),
        (HEADING + b"\n" + b"x" * LARGEST, "The file has 2.0 MB. Send at most 2 MB; split it into several."),
        (
            HEADING + b"\nDemo" * (MOST_ROWS + 1),
            "The file has more than 5,000 rows. Split it into several.",
        ),
    ],
)
def test_what_is_no_such_file(content: bytes, message: str) -> None:
    """Each refusal says what to do."""
    with pytest.raises(InvalidInput) as refused:
        read_file(content, MEMBERS_FILE)
    assert (refused.value.field, refused.value.message) == ("file", message)


@given(
    st.one_of(
        st.binary(max_size=300),
        st.text(max_size=300).map(lambda text: HEADING + b"\n" + text.encode("utf-8", "replace")),
    )
)
def test_whatever_is_sent(content: bytes) -> None:
    """Any bytes are read into rows of text, or refused beside the field; nothing else happens."""
    field = "file"
    rows: list[FileRow] = []
    try:
        rows = read_file(content, MEMBERS_FILE)
    except InvalidInput as refused:
        field = str(refused.field)
    assert field == "file"
    assert all(isinstance(cell, str) for row in rows for cell in row.cells.values())
    assert sorted({row.number for row in rows}) == [row.number for row in rows]
