"""A page of somebody's file as a picture, in a process of its own: PDFium draws it, whoever reads stands across it.

The browser gets no byte of the file. A picture is put on a page, so that PDFium reads and marks it as well (decision
41).
"""

from __future__ import annotations

import codecs
import ctypes
import json
import signal
import struct
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from portal.core.apart import Broken, limit_rights, run_apart
from portal.core.errors import NotFound, PortalError

SHOWN = frozenset({"application/pdf", "image/png", "image/jpeg"})
"""The media types that can be shown."""
MOST_PAGES = 500
LONGEST_TEXT = 50_000
MOST_CPU_SECONDS = 10
WIDTH, MOST_HEIGHT = 1240, 3508
"""Of a page in pixels: the width of A4 at 150 dots an inch, and the height of two of it."""
_MOST_PIXELS = 60_000_000
_MARK_SIZE, _MARK_OPACITY = 13, 70
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_COLOURS = {0: "/DeviceGray", 2: "/DeviceRGB", 4: 2, 6: 4}
_OVER_WHITE = {
    2: "{ exch 1 exch sub 1 index mul 1 exch sub exch pop }",
    4: "{ 4 1 roll 1 exch sub 3 index mul 1 exch sub 3 1 roll 1 exch sub 3 index mul 1 exch sub 3 1 roll "
    "1 exch sub 3 index mul 1 exch sub 3 1 roll 4 -1 roll pop }",
}
"""What a colour with its opacity, the last channel, looks like on paper (PDF 1.7, 7.10.5)."""


class NotShown(PortalError):
    """The file cannot be shown here: it is damaged, too large, or takes too long."""

    code = "not_shown"
    status = 422


@dataclass(frozen=True)
class ShownPage:
    """One page: how many the file has, the text that stands on it, and its picture (PNG) where that was asked for."""

    pages: int
    text: str
    picture: bytes


def show_page(content: bytes, media_type: str, *, page: int, mark: str, drawn: bool) -> ShownPage:
    """Read one page of a PDF or picture, from 1, and draw it with the mark across it where `drawn`.

    Nothing is kept on the disk. Raises `NotFound` for a page that it does not have, and `NotShown` for what is
    damaged, has more than 500 pages, or takes more than 1 GiB or 10 seconds of computing.
    """
    asked = json.dumps({"page": page, "mark": mark, "media_type": media_type, "drawn": drawn})
    try:
        answer = run_apart(__name__, f"{asked}\n".encode() + content)
    except Broken as broken:
        raise NotShown("This file cannot be shown here. Download it to read it.") from broken
    facts, _, picture = answer.partition(b"\n")
    found = json.loads(facts)
    if not 0 < found["pages"] <= MOST_PAGES:
        raise NotShown("This file cannot be shown here. Download it to read it.")
    if not 1 <= page <= found["pages"]:
        raise NotFound("The file has no such page.")
    if drawn != bool(picture):
        raise NotShown("This page cannot be shown here. Download the file to read it.")
    return ShownPage(found["pages"], found["text"], picture)


def main() -> None:
    """Read what is asked and the file from the standard input, and print the facts and the picture."""
    # Loaded only here: the parser has no place in the memory of the portal's own processes.
    import pypdfium2_raw as pdfium

    asked = json.loads(sys.stdin.buffer.readline())
    content = sys.stdin.buffer.read()
    codecs.lookup("utf-16-le")  # read from the disk now, while that can be
    pdfium.FPDF_InitLibrary()
    limit_rights(MOST_CPU_SECONDS)
    try:
        answer = _answer(pdfium, asked, content)
    except MemoryError:
        signal.raise_signal(signal.SIGKILL)  # as whatever else takes too much ends
    sys.stdout.buffer.write(answer)


def _answer(pdfium: Any, asked: dict[str, Any], content: bytes) -> bytes:
    if asked["media_type"] != "application/pdf":
        content = on_a_page(content, asked["media_type"])
    document = pdfium.FPDF_LoadMemDocument64(content, len(content), None)
    pages = pdfium.FPDF_GetPageCount(document) if document else 0
    text, picture = "", b""
    if 1 <= asked["page"] <= pages <= MOST_PAGES:
        page = pdfium.FPDF_LoadPage(document, asked["page"] - 1)
        if page:
            text = _text_of(pdfium, page)
            picture = _drawn(pdfium, document, page, asked["mark"]) if asked["drawn"] else b""
    return json.dumps({"pages": pages, "text": text}).encode() + b"\n" + picture


def on_a_page(content: bytes, media_type: str) -> bytes:
    """A PDF with the picture as its only page; nothing where the picture is of a kind that a page cannot hold."""
    try:
        found = _png_as_image(content) if media_type == "image/png" else _jpeg_as_image(content)
    except struct.error:  # it is cut off
        return b""
    if found is None:
        return b""
    width, height, about, stream = found
    if not 0 < width * height <= _MOST_PIXELS:
        return b""
    scale = 595 / width
    drawing = f"595 0 0 {height * scale:.3f} 0 0 cm /P Do".encode()
    bodies = [
        b"<</Type /Catalog /Pages 2 0 R>>",
        b"<</Type /Pages /Count 1 /Kids [3 0 R]>>",
        f"<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 {height * scale:.3f}] /Contents 4 0 R "
        "/Resources <</XObject <</P 5 0 R>>>>>>".encode(),
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(drawing), drawing),
        f"<</Type /XObject /Subtype /Image /Width {width} /Height {height} /Length {len(stream)} {about}>>".encode()
        + b"\nstream\n"
        + stream
        + b"\nendstream",
        f"<</FunctionType 4 /Domain [{'0 1 ' * 4}] /Range [{'0 1 ' * 3}] /Length {len(_OVER_WHITE[4])}>>".encode()
        + f"\nstream\n{_OVER_WHITE[4]}\nendstream".encode(),
        f"<</FunctionType 4 /Domain [{'0 1 ' * 2}] /Range [0 1] /Length {len(_OVER_WHITE[2])}>>".encode()
        + f"\nstream\n{_OVER_WHITE[2]}\nendstream".encode(),
    ]
    return _pdf(bodies)


def _pdf(bodies: list[bytes]) -> bytes:
    made, places = b"%PDF-1.7\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(bodies) + 1
    end = b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    return made + end + b"trailer <</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, len(made))


def _png_as_image(content: bytes) -> tuple[int, int, str, bytes] | None:
    """A PNG's rows are packed as a PDF's may be; one that is interlaced has no rows."""
    parts = dict[bytes, list[bytes]]()
    for name, body in _png_parts(content):
        parts.setdefault(name, []).append(body)
    if b"IHDR" not in parts or len(parts[b"IHDR"][0]) != 13:
        return None
    width, height, bits, kind, _, _, interlaced = struct.unpack(">IIBBBBB", parts[b"IHDR"][0])
    if interlaced or (kind == 3) != (kind == 3 and b"PLTE" in parts) or kind not in (*_PNG_COLOURS, 3):
        return None
    if kind == 3:
        colours = parts[b"PLTE"][0]
        space, channels = f"[/Indexed /DeviceRGB {len(colours) // 3 - 1} <{colours.hex()}>]", 1
    elif kind in (4, 6):
        channels = 2 if kind == 4 else 4
        names, base, number = ("/Grey /Opacity", "/DeviceGray", 7) if kind == 4 else ("/R /G /B /A", "/DeviceRGB", 6)
        space = f"[/DeviceN [{names}] {base} {number} 0 R]"
    else:
        space, channels = str(_PNG_COLOURS[kind]), 3 if kind == 2 else 1
    packed = f"/Predictor 15 /Colors {channels} /BitsPerComponent {bits} /Columns {width}"
    about = f"/ColorSpace {space} /BitsPerComponent {bits} /Filter /FlateDecode /DecodeParms <<{packed}>>"
    return width, height, about, b"".join(parts.get(b"IDAT", []))


def _png_parts(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_PNG)
    while at + 8 <= len(content):
        (length,) = struct.unpack_from(">I", content, at)
        yield content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        at += 12 + length


def _jpeg_as_image(content: bytes) -> tuple[int, int, str, bytes] | None:
    """A JPEG is packed as a PDF's picture may be; its size and colours stand in the frame's head (ITU T.81, B.2.2)."""
    at = 2
    while at + 4 <= len(content):
        if content[at] != 0xFF:
            return None
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        (length,) = struct.unpack_from(">H", content, at + 2)
        if marker in {0xC0, 0xC1, 0xC2} and at + 10 <= len(content):
            height, width, channels = struct.unpack_from(">HHB", content, at + 5)
            if channels not in (1, 3, 4):
                return None
            space = {1: "/DeviceGray", 3: "/DeviceRGB", 4: "/DeviceCMYK"}[channels]
            turned = " /Decode [1 0 1 0 1 0 1 0]" if channels == 4 else ""
            return width, height, f"/ColorSpace {space} /BitsPerComponent 8 /Filter /DCTDecode{turned}", content
        at += 2 + length
    return None


def _text_of(pdfium: Any, page: Any) -> str:
    """What stands on the page in letters; no characters without a shape but breaks."""
    held = pdfium.FPDFText_LoadPage(page)
    if not held:
        return ""
    count = min(max(pdfium.FPDFText_CountChars(held), 0), LONGEST_TEXT)
    buffer = (pdfium.FPDF_WCHAR * (count + 1))()
    written = pdfium.FPDFText_GetText(held, 0, count, buffer)
    raw = bytes(memoryview(buffer).cast("B")[: 2 * max(written - 1, 0)])
    text = raw.decode("utf-16-le", errors="replace").replace("\r\n", "\n")
    return "".join(letter for letter in text if letter in "\n\t" or letter.isprintable())


def _drawn(pdfium: Any, document: Any, page: Any, mark: str) -> bytes:
    wide, high = pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)
    if not (wide > 0 and high > 0):
        return b""
    scale = min(WIDTH / wide, MOST_HEIGHT / high)
    width, height = max(int(wide * scale), 1), max(int(high * scale), 1)
    bitmap = pdfium.FPDFBitmap_CreateEx(width, height, pdfium.FPDFBitmap_BGR, None, 0)
    if not bitmap:
        return b""
    pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
    how = pdfium.FPDF_ANNOT | pdfium.FPDF_REVERSE_BYTE_ORDER
    pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, how)
    _put_across(pdfium, bitmap, width, height, mark)
    stride = pdfium.FPDFBitmap_GetStride(bitmap)
    size = stride * height
    pixels = ctypes.string_at(pdfium.FPDFBitmap_GetBuffer(bitmap), size)
    return _as_png(pixels, width, height, stride)


def _put_across(pdfium: Any, bitmap: Any, width: int, height: int, mark: str) -> None:
    """Write the mark over the whole picture, again and again: from a page of its own, which no file can reshape."""
    sheet = pdfium.FPDF_CreateNewDocument()
    page = pdfium.FPDFPage_New(sheet, 0, float(width), float(height))
    font = pdfium.FPDFText_LoadStandardFont(sheet, b"Helvetica")
    words = mark.encode("utf-16-le", errors="replace") + b"\0\0"
    letters = (pdfium.FPDF_WCHAR * (len(words) // 2)).from_buffer_copy(words)
    size = _MARK_SIZE * WIDTH / 595
    step = max(int(size * 0.55 * len(mark)), 200)
    for row, top in enumerate(range(0, height + step, 260)):
        for left in range(-(row % 2) * step // 2, width, step):
            line = pdfium.FPDFPageObj_CreateTextObj(sheet, font, size)
            pdfium.FPDFText_SetText(line, letters)
            pdfium.FPDFPageObj_SetFillColor(line, 120, 120, 120, _MARK_OPACITY)
            pdfium.FPDFPageObj_Transform(line, 0.94, 0.34, -0.34, 0.94, float(left), float(top - 120))
            pdfium.FPDFPage_InsertObject(page, line)
    pdfium.FPDFPage_GenerateContent(page)
    pdfium.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, pdfium.FPDF_REVERSE_BYTE_ORDER)


def _as_png(pixels: bytes, width: int, height: int, stride: int) -> bytes:
    rows = b"".join(b"\0" + pixels[at : at + 3 * width] for at in range(0, stride * height, stride))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    return _PNG + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts
    )


if __name__ == "__main__":
    main()
