"""Pages that stay up to date: asked again every few seconds, and answered with 304 while nothing has happened."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, make_response, request
from werkzeug.http import quote_etag

from portal.web.access import actor

WATCHES = "Fairlot-Watches"
"""The header by which a page's script says that it asks by itself: nobody need be there."""


def watched(version: int, render: Callable[[str], str]) -> Response:
    """The page, with an ETag made of the version of what it shows; 304 where whoever asks by itself has that one.

    `version` grows with everything that changes the page. Its reader is in the ETag too: what a page shows depends on
    who reads it. `render` gets the ETag, for the page's script.
    """
    tag = f"{version}-{actor().user_id}"
    if WATCHES in request.headers and request.if_none_match.contains_weak(tag):
        response = Response(status=304)
    else:
        response = make_response(render(quote_etag(tag, weak=True)))
    response.set_etag(tag, weak=True)
    return response
