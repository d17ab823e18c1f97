"""Uploads are judged by name, first bytes and a zip's table of contents; nothing is unpacked (U-04, U-05, U-07)."""

from __future__ import annotations

import io
import struct
import unicodedata
import zipfile

import pytest

from portal.core.errors import InvalidInput
from portal.core.inspecting import LARGEST_FILE, inspect_file, shown_name
from tests.factories.bidding import PDF

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 20


def archive(*names: str, mimetype: str | None = None, content: bytes = b"x", **entries: bytes) -> bytes:
    """A zip with these entries, an OpenDocument one when `mimetype` is given."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as writing:
        if mimetype:
            writing.writestr(zipfile.ZipInfo("mimetype"), mimetype)
        for name in names:
            writing.writestr(name, content)
    return made.getvalue()


def docx(*more: str) -> bytes:
    return archive("[Content_Types].xml", "word/document.xml", *more)


XLSX = archive("[Content_Types].xml", "xl/workbook.xml")
PPTX = archive("[Content_Types].xml", "ppt/presentation.xml")
ODT = archive("content.xml", mimetype="application/vnd.oasis.opendocument.text")
ODS = archive("content.xml", mimetype="application/vnd.oasis.opendocument.spreadsheet")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", PDF),
        ("a.docx", docx()),
        ("a.xlsx", XLSX),
        ("a.pptx", PPTX),
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
        writing.writestr("[Content_Types].xml", "x")
        writing.writestr("word/document.xml", "x")
        link = zipfile.ZipInfo("word/link")
        link.external_attr = 0o120777 << 16
        writing.writestr(link, "/etc/passwd")
    return made.getvalue()


def huge() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as writing:
        writing.writestr("[Content_Types].xml", "x")
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
        ("a.zip", archive("a"), "type"),
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
        ("a.docx", archive("readme.txt"), "not a docx"),
        ("a.docx", b"plain words", "not a docx"),
        ("a.docx", docx()[:-30], "damaged or cut off"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "password"),
        ("a.docx", encrypted(docx()), "password"),
        ("a.pdf", PDF.replace(b"/Root 1 0 R", b"/Root 1 0 R /Encrypt 2 0 R"), "password"),
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
