"""Documents: accessible, the same for the same data, and never running what people wrote."""

from __future__ import annotations

import ctypes
import json
from datetime import UTC, datetime
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.core import apart, pdf
from portal.core.pdf import Document, Facts, Heading, NotPrinted, Table, Text, make_pdf
from portal.core.printing import _SCRIPTS, printable

MADE_AT = datetime(2026, 11, 26, 1, 2, 3, tzinfo=UTC)
MARKUP = '#panic("ran") #read("/etc/passwd") #import "@preview/x:1.0.0": * $ sum $ *bold* = head \\ <label> // /* `raw`'
SHA = "3f" * 32


def document(*parts: Any, title: str = "A bid", lead: str = "For a service.", footer: str = "BID-1") -> Document:
    return Document(title, lead, footer, parts, MADE_AT)


def read(made: bytes) -> pypdfium2.PdfDocument:
    return pypdfium2.PdfDocument(made)


def text_of(made: bytes) -> str:
    """What a reader's search and a screen reader find, page after page, on one line."""
    found = read(made)
    whole = " ".join(page.get_textpage().get_text_range() for page in found)
    return " ".join(whole.replace("\u200b", "").split())


def tags_of(made: bytes) -> list[str]:
    """The kinds of the structure's elements, page after page."""
    found: list[str] = []

    def walk(element: Any) -> None:
        name = ctypes.create_string_buffer(200)
        size = pdfium.FPDF_StructElement_GetType(element, name, 200)
        found.append(name.raw[: size - 2].decode("utf-16-le"))
        for index in range(pdfium.FPDF_StructElement_CountChildren(element)):
            child = pdfium.FPDF_StructElement_GetChildAtIndex(element, index)
            if child:
                walk(child)

    for page in read(made):
        tree = pdfium.FPDF_StructTree_GetForPage(page)
        for index in range(pdfium.FPDF_StructTree_CountChildren(tree)):
            walk(pdfium.FPDF_StructTree_GetChildAtIndex(tree, index))
        pdfium.FPDF_StructTree_Close(tree)
    return found


WHOLE = document(
    Facts((("Bidder", "Bright Steps"), ("Commitment", f"\n{SHA}"))),
    Heading("Answers"),
    Heading("How will you listen?", 3),
    Text("First.\n\nSecond,\non two lines."),
    Table(("File", "Size"), (("policy.pdf", "1 MB"),) * 80, (5, 1)),
)


def test_a_document_says_what_accessible_pdf_asks() -> None:
    """Title, language, tags, headings, list, table with its head on every page, and the number of each page."""
    made = make_pdf(WHOLE)
    found = read(made)
    language = ctypes.create_string_buffer(40)
    size = pdfium.FPDFCatalog_GetLanguage(found, ctypes.cast(language, ctypes.POINTER(ctypes.c_ushort)), 40)
    assert language.raw[: size - 2].decode("utf-16-le") == "en-GB"
    assert found.get_metadata_dict()["Title"] == "A bid"
    assert pdfium.FPDFCatalog_IsTagged(found)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made
    tags = tags_of(made)
    assert {"H1", "H2", "H3", "P", "L", "LI", "Lbl", "LBody", "Table", "THead", "TH", "TBody", "TD"} <= set(tags)
    assert tags.count("H1") == 1
    assert len(found) > 1
    for number, page in enumerate(found, 1):
        words = page.get_textpage().get_text_range()
        assert f"Page {number} of {len(found)}" in words
        assert "BID-1" in words
    assert SHA in text_of(made)


def test_the_same_data_gives_the_same_bytes() -> None:
    """Nothing of the machine or the minute is in a document."""
    assert make_pdf(WHOLE) == make_pdf(WHOLE)


def test_what_people_wrote_is_never_run() -> None:
    """Markup in every place that takes text is printed as it was written."""
    made = make_pdf(
        document(
            Heading(MARKUP),
            Text(MARKUP),
            Facts(((MARKUP, MARKUP),)),
            Table((MARKUP,), ((MARKUP,),), (1,)),
            title=MARKUP,
            lead=MARKUP,
        )
    )
    plain = "".join(MARKUP.split())
    assert "".join(text_of(made).split()).count(plain) == 8


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.text(max_size=60), min_size=4, max_size=20))
def test_every_nonsense_is_printed(texts: list[str]) -> None:
    """Whatever characters people type, in whatever order, a whole document comes of them."""
    first, *others = texts
    parts = [Heading(first or "x"), Facts(tuple((said, first) for said in others)), *map(Text, others)]
    made = make_pdf(document(*parts, Table((first, "b"), ((others[0], others[1]),), (1, 1)), title=first, lead=first))
    assert len(read(made)) >= 1


def test_every_letter_that_is_printed_as_itself_has_one() -> None:
    """All the characters that are not named in brackets are in the fonts that come along."""
    letters = [chr(code) for first, last in _SCRIPTS for code in range(first, last + 1)]
    said = {"title": "x", "lead": "x", "footer": "x", "author": "x", "made_at": 0}
    parts = [{"kind": "text", "text": " ".join(printable(letter) for letter in letters)}]
    assert apart.run_apart(pdf.__name__, json.dumps(said | {"parts": parts}).encode()).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Zoë Ŵyn – £5 “now”", "Zoë Ŵyn – £5 “now”"),
        ("\U0001f600 ok", "[grinning face] ok"),
        ("a\x00b\u202ec\ufe0f\u200dd", "abcd"),
        ("one\r\ntwo\u2028three", "one\ntwo\nthree"),
        ("x" * 90, "\u200b".join(["x" * 40, "x" * 40, "x" * 10])),
        (SHA, SHA),
    ],
    ids=["letters", "a picture", "the invisible", "ends of lines", "a long word", "a hash"],
)
def test_what_cannot_be_printed_is_named(typed: str, printed: str) -> None:
    """A picture has its name in brackets, what is invisible goes, a long word may break, a hash may not."""
    assert printable(typed) == printed


def test_what_takes_too_long_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """A document that ends its process gives a sentence, not an error of the portal."""
    monkeypatch.setattr(apart, "LONGEST_SECONDS", 0)
    with pytest.raises(NotPrinted, match="too large"):
        make_pdf(WHOLE)


def test_a_document_of_many_pages_is_printed() -> None:
    """Three thousand rows are one document."""
    rows = tuple((f"Item {number}", "£1.00", "12") for number in range(3000))
    assert len(read(make_pdf(document(Table(("Item", "Rate", "Quantity"), rows, (3, 1, 1)))))) > 50
