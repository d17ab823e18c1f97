"""Look at an uploaded file without parsing it: its name, its first bytes, and a zip's table of contents.

Pure functions on bytes. Nothing is unpacked, rendered or decoded: what is inside is the reader's business,
and a parser would be an attack surface.
"""

from __future__ import annotations

import io
import re
import stat
import unicodedata
import zipfile
from dataclasses import dataclass

import filetype

from portal.core.errors import InvalidInput

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

_MAIN_PART = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PDF_ENCRYPTED = re.compile(rb"/Encrypt\s+\d+\s+\d+\s+R")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f]")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Inspected:
    """A file that may be kept: the name to show, and what it is."""

    name: str
    media_type: str


def inspect_file(name: str, content: bytes) -> Inspected:
    """Return what the file is, or raise `InvalidInput` saying why it cannot be kept.

    Allowed: the types of `MEDIA_TYPES`, at least 1 byte and at most 50 MB, whose content is what the name
    says; a zip-based one has at most 1,000 entries that unpack to at most 500 MB, no path that leaves it, no
    link, no macro, no password.
    """
    shown = shown_name(name)
    kind = shown.rpartition(".")[2].lower() if "." in shown else ""
    if kind not in MEDIA_TYPES:
        raise InvalidInput(f"{shown} is of a type that cannot be used. Use {ALLOWED}.")
    if not content:
        raise InvalidInput(f"{shown} is empty. Choose the file again, or check it on your computer.")
    if len(content) > LARGEST_FILE:
        raise InvalidInput(f"{shown} is larger than 50 MB. Make it smaller or split it.")
    fault = _fault(kind, content)
    if fault:
        raise InvalidInput(f"{shown} {fault}.")
    return Inspected(shown, MEDIA_TYPES[kind])


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
        # By its bytes alone: the signatures of some types are two letters with which a text may well begin.
        binary = _CONTROL.search(content) is not None or content.startswith(b"%PDF-")
        return "is not plain text, although its name says so" if binary else None
    found = filetype.guess(content)
    if found is None or found.mime != MEDIA_TYPES[kind]:
        return f"is not a {kind.upper()} file, although its name says so"
    if kind == "pdf":
        if b"%%EOF" not in content[-4096:]:
            return "is cut off: its end is missing. Save it again and choose it again"
        if _PDF_ENCRYPTED.search(content):
            return "is protected by a password, so nobody could read it. Save a copy without protection"
    return None


def _zip_fault(kind: str, content: bytes) -> str | None:
    if content.startswith(_OLE):
        return "is protected by a password, or of an older type. Save a copy without protection as " + kind
    if not content.startswith(b"PK\x03\x04"):
        return f"is not a {kind} file, although its name says so"
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            media_type = _declared_type(archive) if kind in {"odt", "ods"} else None
    # NotImplementedError is what zipfile raises for a way of compressing that it does not know.
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, RuntimeError, EOFError):
        return "is damaged or cut off. Save it again and choose it again"
    names = {entry.filename for entry in entries}
    if kind in _MAIN_PART and not {"[Content_Types].xml", _MAIN_PART[kind]} <= names:
        return f"is not a {kind} file, although its name says so"
    if kind not in _MAIN_PART and media_type != MEDIA_TYPES[kind]:
        return f"is not a {kind} file, although its name says so"
    return _dangers(entries, len(content))


def _declared_type(archive: zipfile.ZipFile) -> str | None:
    """What an OpenDocument file says it is: a short entry, stored first and without compression."""
    first = archive.infolist()[0]
    if first.filename != "mimetype" or first.compress_type != zipfile.ZIP_STORED or first.file_size > 100:
        return None
    return archive.read(first).decode("ascii", "replace").strip()


def _dangers(entries: list[zipfile.ZipInfo], size: int) -> str | None:
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES:
        return "has more than 1,000 parts inside"
    if unpacked > LARGEST_UNPACKED or (unpacked > RATIO_COUNTS_ABOVE and unpacked > HIGHEST_RATIO * size):
        return "unpacks to far more than its own size"
    for entry in entries:
        if entry.flag_bits & 0x1:
            return "is protected by a password, so nobody could read it. Save a copy without protection"
        if stat.S_ISLNK(entry.external_attr >> 16) or entry.filename.startswith("/"):
            return "has links inside that lead out of it"
        if ".." in entry.filename.replace("\\", "/").split("/"):
            return "has links inside that lead out of it"
        if entry.filename.rpartition("/")[2].lower() == "vbaproject.bin":
            return "has macros inside. Save a copy without macros"
    return None
