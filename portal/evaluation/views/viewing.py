"""A bid's file to look at in the browser, page by page."""

from __future__ import annotations

import uuid

from flask import Blueprint, Response, current_app, render_template
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.showing import NotShown
from portal.evaluation.opened import FilePage
from portal.evaluation.reading import show_file_page
from portal.evaluation.views.panel import ADULTS, visible
from portal.web.access import actor, for_panel
from portal.web.downloads import picture

bp = Blueprint(
    "file_viewer", __name__, url_prefix="/panel/<uuid:panel_id>/bids/<uuid:bid_id>/files/<uuid:file_id>/pages"
)


@bp.get("/<int:number>")
@for_panel(*ADULTS)
def show(panel_id: uuid.UUID, bid_id: uuid.UUID, file_id: uuid.UUID, number: int) -> ResponseReturnValue:
    """A page of the file with its text and the way to the others; a file that cannot be shown says so."""
    refusal, found = None, None
    try:
        found = _page(panel_id, bid_id, file_id, number, drawn=False)
    except NotShown as not_shown:
        refusal = not_shown
    page = render_template(
        "evaluation/panel/file.html",
        work=visible(panel_id),
        place={"panel_id": panel_id, "bid_id": bid_id, "file_id": file_id},
        found=found,
        refusal=refusal,
    )
    return page, refusal.status if refusal else 200


@bp.get("/<int:number>/picture")
@for_panel(*ADULTS)
def draw(panel_id: uuid.UUID, bid_id: uuid.UUID, file_id: uuid.UUID, number: int) -> Response:
    """The page as a picture, with who reads it across."""
    return picture(_page(panel_id, bid_id, file_id, number, drawn=True).shown.picture)


def _page(panel_id: uuid.UUID, bid_id: uuid.UUID, file_id: uuid.UUID, number: int, *, drawn: bool) -> FilePage:
    return show_file_page(
        work=visible(panel_id),
        bid_id=bid_id,
        file_id=file_id,
        number=number,
        drawn=drawn,
        actor=actor(),
        files=current_app.extensions["files"],
        now=clock.now(),
    )
