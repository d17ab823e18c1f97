"""Files to take away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flask import Response, stream_with_context

from portal.core.spreadsheet import csv_lines


def download(name: str, content: str, mimetype: str) -> Response:
    """Send text as a file with that name."""
    return Response(content, mimetype=mimetype, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def csv_download(name: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Response:
    """Send the rows as a CSV file with that name, row by row as they are read."""
    return Response(
        stream_with_context(csv_lines(columns, rows)),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
