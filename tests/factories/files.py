"""Small files of the types that can be uploaded, as other people's programs write them."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from typing import Any

import xlsxwriter

OFFICE = "application/vnd.openxmlformats-officedocument."
MAIN_PARTS = {
    "docx": ("word/document.xml", OFFICE + "wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", OFFICE + "spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", OFFICE + "presentationml.presentation.main+xml"),
}
_PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")
_DOCUMENT_ID = b"0123456789abcdef"


def make_pdf(pages: int = 1, *, user_password: str | None = None, revision: int = 3) -> bytes:
    """A PDF of blank pages, encrypted where there is a user password: with "" it opens, but may not be printed."""
    kids = b" ".join(b"%d 0 R" % (3 + page) for page in range(pages))
    bodies = [b"<</Type /Catalog /Pages 2 0 R>>", b"<</Type /Pages /Count %d /Kids [%s]>>" % (pages, kids)]
    bodies += [b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842]>>"] * pages
    trailer = b"/Root 1 0 R /ID [<%s> <%s>]" % ((_DOCUMENT_ID.hex().encode(),) * 2)
    if user_password is not None:
        bodies.append(_protection(user_password, revision))
        trailer += b" /Encrypt %d 0 R" % len(bodies)
    made, places = b"%PDF-1.7\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(bodies) + 1
    made += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    return made + b"trailer <</Size %d %s>>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, made.index(b"xref\n"))


def make_office(kind: str, *more: str, types: str = "", **parts: bytes) -> bytes:
    """A docx, xlsx or pptx whose list of content types says so, with further parts."""
    name, main = MAIN_PARTS[kind]
    listed = f'<Types><Override PartName="/{name}" ContentType="{types or main}"/></Types>'
    return make_zip({"[Content_Types].xml": listed.encode(), name: b"<x/>"} | dict.fromkeys(more, b"x") | parts)


def make_open_document(media_type: str, manifest: bytes = b"<manifest/>") -> bytes:
    """An OpenDocument file: what it is stands first and uncompressed."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as writing:
        writing.writestr(zipfile.ZipInfo("mimetype"), media_type)
        writing.writestr("content.xml", "x")
        writing.writestr("META-INF/manifest.xml", manifest)
    return made.getvalue()


def make_zip(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these parts."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as writing:
        for name, content in parts.items():
            writing.writestr(name, content)
    return made.getvalue()


def _protection(password: str, revision: int) -> bytes:
    """The encryption dictionary of the standard security handler, revisions 2 to 4 (PDF 1.7, algorithms 2 to 5)."""
    length = 5 if revision == 2 else 16
    permissions = -3904  # neither print nor change
    padded = (password.encode() + _PADDING)[:32]
    owner = hashlib.md5(b"owner" + _PADDING[:27], usedforsecurity=False).digest()
    for _ in range(50 if revision > 2 else 0):
        owner = hashlib.md5(owner, usedforsecurity=False).digest()
    entry = _encrypted(padded, owner[:length], revision)
    mixed = padded + entry + permissions.to_bytes(4, "little", signed=True) + _DOCUMENT_ID
    key = hashlib.md5(mixed, usedforsecurity=False).digest()[:length]
    for _ in range(50 if revision > 2 else 0):
        key = hashlib.md5(key, usedforsecurity=False).digest()[:length]
    known = _PADDING if revision == 2 else hashlib.md5(_PADDING + _DOCUMENT_ID, usedforsecurity=False).digest()
    user = _encrypted(known, key, revision).ljust(32, b"\0")
    version = {2: b"/V 1", 3: b"/V 2 /Length 128", 4: b"/V 4 /Length 128 /StmF /StdCF /StrF /StdCF"}[revision]
    filters = b"/CF <</StdCF <</AuthEvent /DocOpen /CFM /AESV2 /Length 16>>>>" if revision == 4 else b""
    return b"<</Filter /Standard %s %s /R %d /P %d /O <%s> /U <%s>>>" % (
        *(version, filters, revision, permissions),
        *(entry.hex().encode(), user.hex().encode()),
    )


def _encrypted(content: bytes, key: bytes, revision: int) -> bytes:
    for turn in range(20 if revision > 2 else 1):
        content = _rc4(content, bytes(byte ^ turn for byte in key))
    return content


def _rc4(content: bytes, key: bytes) -> bytes:
    box, at, out = list(range(256)), 0, bytearray()
    for place in range(256):
        at = (at + box[place] + key[place % len(key)]) % 256
        box[place], box[at] = box[at], box[place]
    first = second = 0
    for byte in content:
        first = (first + 1) % 256
        second = (second + box[first]) % 256
        box[first], box[second] = box[second], box[first]
        out.append(byte ^ box[(box[first] + box[second]) % 256])
    return bytes(out)


def fill_workbook(
    sheets: Mapping[str, list[dict[int, Any]]], answers: Mapping[str, Any] = {}, rates: Any = ()
) -> bytes:
    """The workbook as a spreadsheet program would save it: no formats, answers in column D, rates from column G."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    for title, rows in sheets.items():
        page = book.add_worksheet(title)
        for at, row in enumerate(rows):
            cells: dict[int, Any] = dict(row)
            if title == "Questions" and row.get(0) in answers:
                cells[3] = answers[row[0]]
            if title == "Price schedule" and at - 2 in range(len(rates)):
                cells |= dict(enumerate(rates[at - 2], 6))
            for column, value in cells.items():
                page.write(at, column, value)
    book.close()
    return made.getvalue()
