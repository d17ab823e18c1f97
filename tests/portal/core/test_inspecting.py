"""Uploads are judged by what readers can open, a zip by its table of contents first (U-04, U-05, U-07)."""

from __future__ import annotations

import io
import os
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from portal.core import apart, opening_pdfs
from portal.core.errors import InvalidInput
from portal.core.inspecting import LARGEST_FILE, inspect_file, shown_name
from portal.core.opening_pdfs import Opened, open_pdf
from tests.factories.files import make_office, make_open_document, make_pdf, make_zip

ROOT = Path(__file__).parents[3]
REPORTED = ROOT.parent / "shared" / "data" / "reported"
RULES = ROOT / "docs" / "what-can-be-typed.md"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 20
PDF = make_pdf()
XLSX = make_office("xlsx")
ODT = make_open_document("application/vnd.oasis.opendocument.text")
ODS = make_open_document("application/vnd.oasis.opendocument.spreadsheet")


def docx(*more: str) -> bytes:
    return make_office("docx", *more)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", PDF),
        ("a.docx", docx()),
        ("a.xlsx", XLSX),
        ("a.pptx", make_office("pptx")),
        ("a.odt", ODT),
        ("a.ods", ODS),
        ("a.png", PNG),
        ("a.jpg", JPG),
        ("A.JPEG", JPG),
        ("a.txt", "BMI is measured. £5 – naïve".encode()),
        ("a.csv", b"name;price\r\nA;1\r\n"),
    ],
)
def test_every_allowed_type_is_kept_under_its_name(name: str, content: bytes) -> None:
    """The ten allowed types pass when their content is what the name says."""
    assert inspect_file(name, content).name == name


def encrypted(content: bytes) -> bytes:
    """Set the "encrypted" flag of every entry in the zip's directory."""
    changed = bytearray(content)
    at = changed.find(b"PK\x01\x02")
    while at != -1:
        changed[at + 8 : at + 10] = struct.pack("<H", 1)
        at = changed.find(b"PK\x01\x02", at + 4)
    return bytes(changed)


def linking() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as writing:
        writing.writestr("word/document.xml", "x")
        link = zipfile.ZipInfo("word/link")
        link.external_attr = 0o120777 << 16
        writing.writestr(link, "/etc/passwd")
    return made.getvalue()


def huge() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as writing:
        writing.writestr("word/document.xml", b"\x00" * 70_000_000)
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.svg", b"<svg/>", "type"),
        ("a.html", b"<html>", "type"),
        ("a.xhtml", b"<html>", "type"),
        ("a.mht", b"x", "type"),
        ("a.url", b"x", "type"),
        ("a.lnk", b"x", "type"),
        ("a.docm", docx(), "type"),
        ("a.xlsm", XLSX, "type"),
        ("a.zip", make_zip({"a": b"x"}), "type"),
        ("a.pdf.exe", b"MZ\x00", "type"),
        ("noextension", PDF, "type"),
        ("a.docx", docx("word/vbaProject.bin"), "macros"),
        ("a.pdf", b"MZ\x90\x00" + b"\x00" * 60, "not a PDF"),
        ("a.txt", b"MZ\x90\x00" + b"\x00" * 60, "plain text"),
        ("a.txt", PDF, "plain text"),
        ("a.png", JPG, "not a PNG"),
        ("a.jpg", b"not a picture", "not a JPG"),
        ("a.docx", XLSX, "not a docx"),
        ("a.odt", ODS, "not a odt"),
        ("a.docx", make_zip({"readme.txt": b"x"}), "not a docx"),
        ("a.docx", b"plain words", "not a docx"),
        ("a.docx", docx()[:-30], "damaged or cut off"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "password"),
        ("a.docx", encrypted(docx()), "password"),
        ("a.pdf", make_pdf(user_password="secret"), "password"),
        ("a.pdf", b"%PDF-1.7\n1 0 obj", "cut off"),
        ("a.docx", docx("../../etc/passwd"), "lead out"),
        ("a.docx", docx("/etc/passwd"), "lead out"),
        ("a.docx", linking(), "lead out"),
        ("a.docx", docx(*(f"part{number}" for number in range(1000))), "1,000 parts"),
        ("a.docx", huge(), "far more than its own size"),
        ("a.pdf", b"", "is empty"),
        ("a.pdf", PDF + b"\x00" * LARGEST_FILE, "larger than 50 MB"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_name_with_the_reason(name: str, content: bytes, reason: str) -> None:
    """The refusal starts with the file's name and says what is wrong."""
    with pytest.raises(InvalidInput) as refused:
        inspect_file(name, content)
    assert refused.value.message.startswith(name)
    assert reason in refused.value.message


def test_fifty_megabytes_exactly_are_kept() -> None:
    """The limit itself is allowed."""
    assert inspect_file("a.txt", b"x" * LARGEST_FILE).media_type == "text/plain"


def refusal_of(name: str, content: bytes) -> str | None:
    """Why a file cannot be kept, None when it can."""
    try:
        inspect_file(name, content)
    except InvalidInput as refused:
        return refused.message.removeprefix(f"{name} ")
    return None


@pytest.mark.parametrize("revision", [2, 3, 4])
def test_a_password_counts_only_if_it_is_asked_for_when_the_file_is_opened(revision: int) -> None:
    """A PDF that may not be printed or changed opens for everybody; one that asks for a password opens for nobody."""
    assert refusal_of("a.pdf", make_pdf(user_password="", revision=revision)) is None
    assert "is protected by a password" in str(refusal_of("a.pdf", make_pdf(user_password="x", revision=revision)))


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + PDF,
        b"\r\n\r\n" + PDF,
        PDF + b"\x00" * 5000,
        PDF.replace(b"%%EOF", b""),
        PDF.replace(b"startxref\n", b"startxref\n9"),
        PDF.replace(b"\n", b"\r\n"),
        PDF.replace(b"%%EOF", b"% /Encrypt 5 0 R\n%%EOF"),
        make_pdf(pages=300),
    ],
    ids=["bom", "lines-before", "padded", "no-end-mark", "wrong-place", "line-ends", "a-word-of-encryption", "long"],
)
def test_a_pdf_that_readers_mend_or_do_not_mind_is_kept(content: bytes) -> None:
    """Faults that every reader passes over silently are none."""
    assert refusal_of("a.pdf", content) is None


@pytest.mark.parametrize(
    "content",
    [
        *(make_pdf(5)[: len(make_pdf(5)) * part // 100] for part in (20, 60, 95)),
        b"%PDF-1.7\nnothing\n%%EOF\n",
        make_pdf(pages=0),
        make_pdf(3).replace(b"5 0 obj", b"9 0 obj"),
        PDF.replace(b"/Kids [3 0 R]", b"/Kids [2 0 R]"),
    ],
    ids=["20%", "60%", "95%", "no-objects", "no-pages", "a-page-is-missing", "pages-in-a-circle"],
)
def test_a_damaged_pdf_is_said_to_be_damaged(content: bytes) -> None:
    """It opens for nobody, or not with all its pages: the sentence says so, and what to do."""
    assert refusal_of("a.pdf", content) == "is damaged or cut off. Save it again and choose it again."


def swelling_pdf() -> bytes:
    """A PDF of a megabyte whose table of objects unpacks to more than a reader may use."""
    packing = zlib.compressobj()
    zeros = bytes(1024 * 1024)
    packed = b"".join(packing.compress(zeros) for _ in range(apart.MOST_MEMORY // len(zeros)))
    packed += packing.flush()
    table = b"5 0 obj\n<</Type /XRef /Size 9 /W [1 4 2] /Root 1 0 R /Filter /FlateDecode /Length %d>>\nstream\n"
    start = b"%PDF-1.7\n1 0 obj\n<</Type /Catalog /Pages 2 0 R>>\nendobj\n"
    return start + table % len(packed) + packed + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(start)


@pytest.mark.parametrize(
    "make",
    [
        swelling_pdf,
        lambda: b"%PDF-1.7\n1 0 obj\n" + b"[" * 1_000_000,
        lambda: b"%PDF-1.7\n" + os.urandom(1_000_000),
    ],
    ids=["swelling", "nested", "noise"],
)
def test_a_hostile_pdf_is_damaged_and_breaks_nothing(make: Callable[[], bytes]) -> None:
    """What swells, nests without end or is noise ends in a verdict."""
    assert open_pdf(make()) is Opened.DAMAGED


def test_a_reader_that_is_killed_gives_a_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that takes more time than a file may is damaged; the portal's process goes on."""
    monkeypatch.setattr(apart, "LONGEST_SECONDS", 0)
    assert open_pdf(PDF) is Opened.DAMAGED


def test_a_reader_that_cannot_run_is_no_fault_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation without the reader's library raises: nobody is told that a good file is damaged."""
    monkeypatch.setattr(opening_pdfs, "__name__", "portal.core.not_there")
    with pytest.raises(RuntimeError, match="does not work here"):
        open_pdf(PDF)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
def test_text_is_text_in_every_form_that_notepad_saves(encoding: str) -> None:
    """ANSI, UTF-8, and "Unicode" with its mark, in either order of bytes."""
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    assert refusal_of("a.txt", mark + "Safeguarding – £5, naïve\r\n".encode(encoding)) is None
    assert refusal_of("a.csv", mark + "name;price\r\nA;£1\r\n\x1a".encode(encoding)) is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("no mark".encode("utf-16-le"), "is not plain text"),
        ("with \x00 inside".encode("utf-16"), "is not plain text"),
        (b"\xff\xfe\x00\x00" + "wide".encode("utf-32-le"), "is not plain text"),
        ("cut in a letter".encode("utf-16")[:-1], "is damaged or cut off"),
        (b"\xff\xfe\x00\xd8\x00\xd8", "is damaged or cut off"),
        (JPG, "is not plain text"),
    ],
)
def test_what_is_no_text_is_refused_with_the_right_reason(content: bytes, reason: str) -> None:
    """The mark of UTF-16 alone makes no text."""
    assert str(refusal_of("a.txt", content)).startswith(reason)


def test_an_office_file_is_what_its_list_of_types_says() -> None:
    """The names of its parts are its program's own affair; macros are found whatever they are called."""
    word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    listed = f'<Types><Override PartName="/word/document2.xml" ContentType="{word}"/></Types>'.encode()
    assert refusal_of("a.docx", make_zip({"[Content_Types].xml": listed, "word/document2.xml": b"<x/>"})) is None
    for types in ("application/vnd.ms-word.document.macroEnabled.main+xml", "application/vnd.ms-office.vbaProject"):
        assert "has macros inside" in str(refusal_of("a.docx", make_office("docx", types=types)))
    assert refusal_of("a.docx", make_office("docx", types="text/xml")) == (
        "is not a docx file, although its name says so."
    )


def test_an_open_document_that_asks_for_a_password_is_protected() -> None:
    """It says so in its manifest, not in the zip."""
    manifest = b'<manifest:encryption-data manifest:checksum="x"/>'
    protected = make_open_document("application/vnd.oasis.opendocument.text", manifest)
    assert "is protected by a password" in str(refusal_of("a.odt", protected))


def test_a_zip_that_is_damaged_inside_is_said_to_be_damaged() -> None:
    """Its table of contents may be whole: what counts is that every part can be read."""
    content = bytearray(make_office("docx", long=os.urandom(1000)))
    content[content.find(b"long") + 500] ^= 0xFF
    assert "is damaged or cut off" in str(refusal_of("a.docx", bytes(content)))
    packed = make_zip({"[Content_Types].xml": b"x", "word/document.xml": b"x"}, zipfile.ZIP_LZMA)
    assert "office programs do not open" in str(refusal_of("a.docx", packed))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", make_pdf(user_password="x")),
        ("a.pdf", make_pdf(pages=0)),
        ("a.docx", docx("word/vbaProject.bin")),
    ],
)
def test_the_published_rule_has_the_sentences(name: str, content: bytes) -> None:
    """What the documentation promises to say is what is said."""
    assert f"| … {refusal_of(name, content)} |" in RULES.read_text()


@pytest.mark.skipif(not REPORTED.is_dir(), reason="the files that people reported lie beside the checkout")
@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("certificate-restricted-open-without-password.pdf", None),
        ("notepad-unicode.txt", None),
        ("holding/plain.pdf", None),
        ("holding/bom-before-header.pdf", None),
        ("holding/ordinary.docx", None),
        ("holding/windows-1252.csv", None),
        ("holding/user-password.pdf", "is protected by a password"),
        ("holding/empty.pdf", "is empty"),
        ("holding/xlsx-renamed.csv", "is not plain text"),
    ],
)
def test_files_that_people_reported_are_judged_rightly(name: str, refused: str | None) -> None:
    """What opens is kept; what was refused for a good reason still is."""
    found = refusal_of(Path(name).name, (REPORTED / name).read_bytes())
    assert found is None if refused is None else str(found).startswith(refused)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\secret.pdf", "secret.pdf"),
        ("a\x00b.pdf", "ab.pdf"),
        ("%2e%2e%2fpasswd.pdf", "%2e%2e%2fpasswd.pdf"),
        ("x" * 300 + ".pdf", "x" * 146 + ".pdf"),
        ("CON", "_CON"),
        ("con.pdf", "_con.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("plan 🎉.pdf", "plan 🎉.pdf"),
        ("a\r\nSet-Cookie: b.pdf", "a Set-Cookie: b.pdf"),
        ('say "hello".pdf', 'say "hello".pdf'),
        ("", "A file without a name"),
        ("...", "A file without a name"),
    ],
)
def test_names_are_made_harmless_for_showing(given: str, shown: str) -> None:
    """No folders, no invisible or direction-changing characters, at most 150 of them."""
    assert shown_name(given) == shown


def test_the_same_name_typed_in_two_unicode_forms_is_shown_in_one() -> None:
    """Names are shown in Unicode's composed form."""
    assert shown_name(unicodedata.normalize("NFD", "café.pdf")) == "café.pdf"
