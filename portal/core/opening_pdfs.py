"""Open a PDF as a reader would, in a process of its own: by PDFium, the reader inside Chrome and Edge.

The file is a stranger's and the parser is large: what it may use is limited, and what it breaks is only itself
(decision 12).
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from enum import StrEnum

MOST_MEMORY = 1024 * 1024 * 1024
MOST_CPU_SECONDS = 20
LONGEST_SECONDS = 120
"""Only against a process that waits for ever: a busy machine is no fault of the file."""

_KEPT = ("PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH")


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
        done = subprocess.run(
            [sys.executable, "-P", "-m", __name__],
            input=content,
            capture_output=True,
            # The process knows where its code is and none of the portal's secrets.
            env={name: os.environ[name] for name in _KEPT if name in os.environ},
            timeout=LONGEST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Opened.DAMAGED
    if done.returncode < 0:
        return Opened.DAMAGED
    if done.returncode:
        raise RuntimeError(f"PDFs cannot be opened here: {done.stderr.decode(errors='replace')[-2000:]}")
    return Opened(done.stdout.decode())


def main() -> None:
    """Read a PDF from the standard input and print what a reader would say of it."""
    # Loaded only here: the parser has no place in the memory of the portal's own processes.
    import pypdfium2_raw as pdfium

    content = sys.stdin.buffer.read()
    pdfium.FPDF_InitLibrary()
    _limit_rights()
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


def _limit_rights() -> None:
    """From here on no file or connection can be opened, and memory and time are limited."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_SECONDS, MOST_CPU_SECONDS))
    if sys.platform == "linux":  # macOS refuses a limit on addresses
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


if __name__ == "__main__":
    main()
