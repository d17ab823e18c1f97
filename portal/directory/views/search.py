"""The directory of settings, for practitioners who look for a place."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.directory.forms.searching import areas_of, placement_types_of, read_what_can_be
from portal.directory.searching import (
    COLUMNS,
    COUNTED_TO,
    MOST_IN_A_FILE,
    directory_rows,
    frameworks_to_search,
    search_directory,
)
from portal.web.access import actor, for_authority
from portal.web.downloads import csv_download

bp = Blueprint("directory", __name__, url_prefix="/commissioning/directory")

ARGUMENTS = ("words", "lot", "band", "placement", "area", "vacancies")


@bp.get("")
@for_authority()
def index() -> ResponseReturnValue:
    """Search the directory, a page at a time."""
    now = clock.now()
    search, wrong = read_what_can_be(request.args)
    frameworks = frameworks_to_search(actor().authority_id, now)
    page = search_directory(search, frameworks=frameworks, now=now, after=request.args.get("after", ""))
    typed: dict[str, Any] = {name: request.args[name] for name in ARGUMENTS if request.args.get(name)}
    html = render_template(
        "directory/search/index.html",
        page=page,
        typed=typed,
        wrong=wrong,
        frameworks=frameworks,
        areas=areas_of(frameworks),
        placement_types=placement_types_of(frameworks),
        counted_to=COUNTED_TO,
        most_in_a_file=MOST_IN_A_FILE,
        next_href=url_for(".index", **typed, after=page.next_key) if page.next_key else None,
    )
    return html, 422 if wrong else 200


@bp.get("/settings.csv")
@for_authority()
def download() -> Response:
    """What the search finds, as a file."""
    now = clock.now()
    search, _wrong = read_what_can_be(request.args)
    rows = list(directory_rows(search, frameworks=frameworks_to_search(actor().authority_id, now), now=now))
    return csv_download("settings.csv", COLUMNS, rows)
