"""Pages of strangers' files, drawn with a mark."""

from __future__ import annotations

import struct
import zlib
from datetime import UTC, datetime

import pytest

from portal.core import apart
from portal.core.errors import NotFound
from portal.core.pdf import Document, Text
from portal.core.pdf import make_pdf as print_document
from portal.core.showing import MOST_HEIGHT, WIDTH, NotShown, show_page
from tests.factories.files import make_pdf

PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
MARK = "Ada Ö. · 26 Nov 2026, 20:50 · ITT-1 · Provider 2"


def png(width: int, height: int, kind: int, rows: bytes, *, interlaced: int = 0, palette: bytes = b"") -> bytes:
    """A PNG whose unfiltered rows are given."""
    head = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, interlaced)
    parts = [
        (b"IHDR", head),
        *([(b"PLTE", palette)] if palette else []),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ]
    packed = (
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def pixels(drawn: bytes) -> tuple[int, int, list[bytes]]:
    """The width and height of what was drawn, and its rows of red, green and blue."""
    width, height = struct.unpack_from(">II", drawn, 16)
    (length,) = struct.unpack_from(">I", drawn, 33)
    raw = zlib.decompress(drawn[41 : 41 + length])
    step = 1 + 3 * width
    return width, height, [raw[at + 1 : at + step] for at in range(0, len(raw), step)]


def test_a_page_is_drawn_with_its_text_and_the_mark_across() -> None:
    """A page of words says them, and two readers get two pictures; a blank page is no longer blank."""
    made = print_document(
        Document("Policy", "Lead", "F", (Text("We keep children safe."),), datetime(2026, 1, 1, tzinfo=UTC))
    )
    told = show_page(made, PDF, page=1, mark=MARK, drawn=False)
    assert (told.pages, told.picture) == (1, b"")
    assert "We keep children safe." in told.text
    first = show_page(made, PDF, page=1, mark=MARK, drawn=True)
    assert first.picture != show_page(made, PDF, page=1, mark=MARK.replace("Ada", "Bob"), drawn=True).picture
    width, height, rows = pixels(show_page(make_pdf(3), PDF, page=3, mark=MARK, drawn=True).picture)
    assert (width, height) == (WIDTH, WIDTH * 842 // 595)
    for band in range(0, height - 300, 300):
        assert any(set(row) != {255} for row in rows[band : band + 300])


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (png(2, 1, 0, b"\0\x00\xff"), [(0, 0, 0), (255, 255, 255)]),
        (png(2, 1, 2, b"\0\xff\0\0\0\0\xff"), [(255, 0, 0), (0, 0, 255)]),
        (png(2, 1, 3, b"\0\1\0", palette=b"\0\0\xff\xff\0\0"), [(255, 0, 0), (0, 0, 255)]),
        (png(2, 1, 4, b"\0\0\xff\0\0"), [(0, 0, 0), (255, 255, 255)]),
        (png(2, 1, 6, b"\0\xff\0\0\xff\0\0\0\0"), [(255, 0, 0), (255, 255, 255)]),
    ],
    ids=["grey", "colour", "palette", "grey with opacity", "colour with opacity"],
)
def test_a_picture_is_shown_in_its_colours(content: bytes, expected: list[tuple[int, int, int]]) -> None:
    """Left and right keep their colours; what nothing is painted on is white paper."""
    width, height, rows = pixels(show_page(content, PNG, page=1, mark=" ", drawn=True).picture)
    found = [tuple(rows[height // 2][3 * at : 3 * at + 3]) for at in (width // 8, width * 7 // 8)]
    assert all(
        abs(a - b) <= 12 for one, two in zip(found, expected, strict=True) for a, b in zip(one, two, strict=True)
    )


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"", PDF),
        (b"%PDF-1.7 nothing", PDF),
        (make_pdf(user_password="secret"), PDF),
        (make_pdf(501), PDF),
        (b"", PNG),
        (b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0", PNG),
        (png(50_000, 50_000, 2, b"\0"), PNG),
        (png(2, 1, 2, b"\0\xff\0\0\0\0\xff", interlaced=1), PNG),
        (b"", JPEG),
        (b"\xff\xd8\xff\xc0\0", JPEG),
        (b"\xff\xd8" + b"\xff\xe0\0\0" * 9, JPEG),
    ],
)
def test_what_cannot_be_shown_is_refused_in_words(content: bytes, media_type: str) -> None:
    """Damaged, locked, too long or too large: nothing is drawn and the portal goes on."""
    with pytest.raises(NotShown, match=r"[Dd]ownload"):
        show_page(content, media_type, page=1, mark=MARK, drawn=True)


def test_a_page_that_is_not_there_is_not_found() -> None:
    """Neither the page after the last nor one before the first."""
    for page in (0, -1, 3, 10**30):
        with pytest.raises(NotFound):
            show_page(make_pdf(2), PDF, page=page, mark=MARK, drawn=True)


def test_a_page_of_any_size_is_drawn_small() -> None:
    """A page that is a mile high has no more pixels than another."""
    width, height, _ = pixels(
        show_page(make_pdf().replace(b"595 842", b"9 99999"), PDF, page=1, mark=MARK, drawn=True).picture
    )
    assert width >= 1
    assert height <= MOST_HEIGHT


def test_a_file_that_never_ends_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes longer than it may is stopped, and is no fault of the portal."""
    monkeypatch.setattr(apart, "LONGEST_SECONDS", 0)
    with pytest.raises(NotShown):
        show_page(make_pdf(), PDF, page=1, mark=MARK, drawn=True)
