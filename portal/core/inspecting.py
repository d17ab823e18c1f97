"""Judge an uploaded file by whether those who must read it can open it, and whether it is safe to hand on.

One function for bids, frameworks' documents and evidence. Nothing is drawn, run or written to the disk; a PDF is
opened in a process of its own (`core.opening_pdfs`), a zip is read through once its table of contents is harmless.
"""

from __future__ import annotations

import codecs
import io
import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import filetype

from portal.core.errors import InvalidInput
from portal.core.opening_pdfs import Opened, open_pdf
from portal.core.scanning import Scan

MEGABYTE = 1_000_000
LARGEST_FILE = 50 * MEGABYTE
MOST_ENTRIES = 1_000
LARGEST_UNPACKED = 500 * MEGABYTE
HIGHEST_RATIO = 50
RATIO_COUNTS_ABOVE = 64 * 1024 * 1024
LONGEST_NAME = 150

_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": _OFFICE + "wordprocessingml.document",
    "xlsx": _OFFICE + "spreadsheetml.sheet",
    "pptx": _OFFICE + "presentationml.presentation",
    "odt": _OPEN + "text",
    "ods": _OPEN + "spreadsheet",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "txt": "text/plain",
    "csv": "text/csv",
}
ALLOWED = "PDF, Word (docx), Excel (xlsx), PowerPoint (pptx), OpenDocument (odt, ods), PNG, JPG, TXT and CSV"

_CHUNK = MEGABYTE
_LARGEST_LIST = MEGABYTE
"""Of a zip's list of its own parts, which is read whole."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PDF_HEADER_WITHIN = 1024
"""Readers look for a PDF's header in its first 1,024 bytes (Adobe's note 13 to section 3.4.1 of PDF 1.7)."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
_DOS_END = "\x1a"
_MACROS = re.compile(rb"macroEnabled|vbaProject", re.IGNORECASE)
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)

_NOT_TEXT = "is not plain text, although its name says so. Save it again as plain text (UTF-8)"
_PROTECTED = "is protected by a password, so nobody could read it. Save a copy without protection"
_DAMAGED = "is damaged or cut off. Save it again and choose it again"
_WITH_MACROS = "has macros inside. Save a copy without macros"


@dataclass(frozen=True)
class Inspected:
    """A file that may be kept: the name to show, and what it is."""

    name: str
    media_type: str
    scan: Scan = Scan.NOT_SCANNED


def inspect_file(name: str, content: bytes) -> Inspected:
    """Return what the file is, or raise `InvalidInput` saying why it cannot be kept.

    Allowed: the types of `MEDIA_TYPES`, at least 1 byte and at most 50 MB, whose content is what the name
    says and which opens whole and without a password. One that may only not be printed or changed opens. A
    zip-based one has at most 1,000 entries that unpack to at most 500 MB, no path that leaves it, no link, no macro.
    """
    shown, kind = require_usable(name, len(content))
    fault = _fault(kind, content)
    if fault:
        raise InvalidInput(f"{shown} {fault}.")
    return Inspected(shown, MEDIA_TYPES[kind])


def require_usable(name: str, size: int) -> tuple[str, str]:
    """The name to show and the type, or `InvalidInput` for what name and size alone (bytes) say cannot be kept."""
    shown = shown_name(name)
    kind = shown.rpartition(".")[2].lower() if "." in shown else ""
    if kind not in MEDIA_TYPES:
        raise InvalidInput(f"{shown} is of a type that cannot be used. Use {ALLOWED}.")
    if not size:
        raise InvalidInput(f"{shown} is empty. Choose the file again, or check it on your computer.")
    if size > LARGEST_FILE:
        raise InvalidInput(f"{shown} is larger than 50 MB. Make it smaller or split it.")
    return shown, kind


def shown_name(name: str) -> str:
    """The name to show: without folders, invisible or direction-changing characters, at most 150 characters."""
    bare = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    kept = "".join(" " if c.isspace() else c for c in bare if c.isspace() or unicodedata.category(c)[0] != "C")
    kept = " ".join(kept.split()).strip(". ")
    stem, dot, extension = kept.rpartition(".")
    if len(kept) > LONGEST_NAME and dot and len(extension) < 10:
        kept = f"{stem[: LONGEST_NAME - len(extension) - 1]}.{extension}"
    kept = kept[:LONGEST_NAME] or "A file without a name"
    return f"_{kept}" if _RESERVED.match(kept) else kept


def _fault(kind: str, content: bytes) -> str | None:
    if kind in {"docx", "xlsx", "pptx", "odt", "ods"}:
        return _zip_fault(kind, content)
    if kind in {"txt", "csv"}:
        return _text_fault(content)
    found = filetype.guess(content)
    if kind == "pdf" and found is None and b"%PDF-" in content[:_PDF_HEADER_WITHIN]:
        return _pdf_fault(content)
    if found is None or found.mime != MEDIA_TYPES[kind]:
        return _misnamed(kind.upper())
    return _pdf_fault(content) if kind == "pdf" else None


def _misnamed(kind: str) -> str:
    return f"is not a {kind} file, although its name says so"


def _pdf_fault(content: bytes) -> str | None:
    return {Opened.WHOLE: None, Opened.PROTECTED: _PROTECTED, Opened.DAMAGED: _DAMAGED}[open_pdf(content)]


def _text_fault(content: bytes) -> str | None:
    """Why it is no text, by its characters alone: the signatures of some types may well begin a text.

    What begins with the mark of UTF-16 ("Unicode" in Windows' Notepad) is read as that; everything else byte by
    byte, because a code page of Windows is text as well as UTF-8 is.
    """
    is_utf_16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = codecs.iterdecode(_chunks(content), "utf-16" if is_utf_16 else "latin-1")
        # Programs of DOS end a text with Ctrl-Z.
        if any(_CONTROL.search(part.rstrip(_DOS_END)) for part in text):
            return _NOT_TEXT
    except UnicodeDecodeError:
        return _DAMAGED
    return _NOT_TEXT if content.startswith(b"%PDF-") else None


def _chunks(content: bytes) -> Iterator[bytes]:
    return (content[at : at + _CHUNK] for at in range(0, len(content), _CHUNK))


def _zip_fault(kind: str, content: bytes) -> str | None:
    if content.startswith(_OLE):
        return "is protected by a password, or of an older type. Save a copy without protection as " + kind
    if not content.startswith(b"PK\x03\x04"):
        return _misnamed(kind)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            # In this order: nothing is unpacked before the table of contents is found to be harmless.
            return (
                _dangers(archive.infolist(), len(content))
                or (_open_document_fault if kind in {"odt", "ods"} else _office_fault)(kind, archive)
                or _unreadable_part(archive)
            )
    # NotImplementedError is what zipfile raises for a way of compressing that it does not know.
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, OSError, RuntimeError, EOFError):
        return _DAMAGED


def _dangers(entries: list[zipfile.ZipInfo], size: int) -> str | None:
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES:
        return "has more than 1,000 parts inside"
    if unpacked > LARGEST_UNPACKED or (unpacked > RATIO_COUNTS_ABOVE and unpacked > HIGHEST_RATIO * size):
        return "unpacks to far more than its own size"
    for entry in entries:
        if entry.flag_bits & 0x1:
            return _PROTECTED
        if stat.S_ISLNK(entry.external_attr >> 16) or entry.filename.startswith("/"):
            return "has links inside that lead out of it"
        if ".." in entry.filename.replace("\\", "/").split("/"):
            return "has links inside that lead out of it"
        if entry.filename.rpartition("/")[2].lower() == "vbaproject.bin":
            return _WITH_MACROS
        if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            return "is packed in a way that office programs do not open. Save it again and choose it again"
    return None


def _office_fault(kind: str, archive: zipfile.ZipFile) -> str | None:
    """Word, Excel and PowerPoint go by what the list of content types says, not by the parts' names (ECMA-376-2)."""
    types = _listed(archive, "[Content_Types].xml")
    if _MACROS.search(types):
        return _WITH_MACROS
    return None if f"{MEDIA_TYPES[kind]}.main+xml".encode() in types else _misnamed(kind)


def _open_document_fault(kind: str, archive: zipfile.ZipFile) -> str | None:
    """LibreOffice goes by the entry that stands first, uncompressed; the manifest names what is encrypted."""
    first = archive.infolist()[0]
    if first.filename != "mimetype" or first.compress_type != zipfile.ZIP_STORED or first.file_size > 100:
        return _misnamed(kind)
    if archive.read(first).decode("ascii", "replace").strip() != MEDIA_TYPES[kind]:
        return _misnamed(kind)
    return _PROTECTED if b"encryption-data" in _listed(archive, "META-INF/manifest.xml") else None


def _listed(archive: zipfile.ZipFile, name: str) -> bytes:
    """A list that the file keeps of its own parts; empty where it has none."""
    if name not in archive.namelist():
        return b""
    with archive.open(name) as part:
        return part.read(_LARGEST_LIST)


def _unreadable_part(archive: zipfile.ZipFile) -> str | None:
    """Read every part through: zipfile compares each with its checksum and never reads more than was announced."""
    return None if archive.testzip() is None else _DAMAGED
