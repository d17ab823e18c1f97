"""Files to take away."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO

from flask import Response, send_file, stream_with_context

from portal.core.spreadsheet import csv_lines


def download(name: str, content: str, mimetype: str) -> Response:
    """Send text as a file with that name."""
    return Response(content, mimetype=mimetype, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def attachment(name: str, content: bytes, mimetype: str) -> Response:
    """Send somebody else's bytes as a file that the browser saves and runs nothing of."""
    response = send_file(BytesIO(content), mimetype=mimetype, as_attachment=True, download_name=name)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def csv_download(name: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Response:
    """Send the rows as a CSV file with that name, row by row as they are read."""
    return stream_download(name, csv_lines(columns, rows), "text/csv")


def stream_download(name: str, pieces: Iterator[str] | Iterator[bytes], mimetype: str) -> Response:
    """Send the pieces as a file with that name, each as it is made."""
    return Response(
        stream_with_context(pieces),
        mimetype=mimetype,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def picture(content: bytes) -> Response:
    """Send a PNG that the portal drew, to be shown in a page; no cache keeps it (`web.headers`)."""
    return Response(content, mimetype="image/png", headers={"Content-Security-Policy": "sandbox; default-src 'none'"})
