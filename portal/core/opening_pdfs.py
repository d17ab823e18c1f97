"""Open a PDF as a reader would, in a process of its own: by PDFium, the reader inside Chrome and Edge.

The file is a stranger's and the parser is large (decision 12).
"""

from __future__ import annotations

import sys
from enum import StrEnum

from portal.core.apart import Broken, limit_rights, run_apart


class Opened(StrEnum):
    """What a reader would say."""

    WHOLE = "whole"
    PROTECTED = "protected"
    DAMAGED = "damaged"


def open_pdf(content: bytes) -> Opened:
    """Whether a reader opens the PDF without a password and finds every page of it; nothing is drawn or run.

    A file that takes more than 1 GiB, or 20 seconds of computing, counts as damaged.
    """
    try:
        return Opened(run_apart(__name__, content).decode())
    except Broken:
        return Opened.DAMAGED


def main() -> None:
    """Read a PDF from the standard input and print what a reader would say of it."""
    # Loaded only here: the parser has no place in the memory of the portal's own processes.
    import pypdfium2_raw as pdfium

    content = sys.stdin.buffer.read()
    pdfium.FPDF_InitLibrary()
    limit_rights()
    document = pdfium.FPDF_LoadMemDocument64(content, len(content), None)
    if document:
        size = pdfium.FS_SIZEF()
        pages = range(pdfium.FPDF_GetPageCount(document))
        whole = pages and all(pdfium.FPDF_GetPageSizeByIndexF(document, page, size) for page in pages)
        found = Opened.WHOLE if whole else Opened.DAMAGED
    else:
        protections = (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)
        found = Opened.PROTECTED if pdfium.FPDF_GetLastError() in protections else Opened.DAMAGED
    sys.stdout.write(found)


if __name__ == "__main__":
    main()
