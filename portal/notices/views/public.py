"""Notices, OCDS packages and the feed: for everybody, without signing in."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, render_template, request, stream_with_context
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.notices import queries
from portal.notices.feed import opportunities_feed
from portal.notices.models import Notice
from portal.notices.packages import Published, record_package, release_package
from portal.notices.pages import notice_page
from portal.notices.publisher import Publisher, publisher
from portal.regulation.notice_catalogue import CATALOGUE
from portal.tendering.queries import find_published_itt
from portal.web.access import public
from portal.web.addresses import number_in_query

bp = Blueprint("notices", __name__)

JSON = "application/json"
PAGE_SIZE = 100
LARGEST_PAGE = 1000
LARGEST_NUMBER = 2**63 - 1


@bp.get("/notices/<reference>")
@public
def show(reference: str) -> ResponseReturnValue:
    """One notice as a page, or as its release package where JSON is asked for."""
    if reference.endswith(".json") or _wants_json():
        return _package_of(queries.notice_by_reference(reference.removesuffix(".json")))
    notice = queries.notice_by_reference(reference)
    return render_template(
        "notices/public/show.html",
        page=notice_page(notice),
        history=queries.notices_of_process(notice.ocid),
        itt_reference=queries.itt_reference(notice),
        placeholder_prefix=_publisher().has_placeholder_prefix,
    )


@bp.get("/opportunities/<reference>/notices")
@public
def of_procurement(reference: str) -> str:
    """Everything that was published about one procurement, and the same as data."""
    itt = find_published_itt(reference)
    return render_template(
        "notices/public/of_procurement.html",
        itt=itt,
        notices=queries.notices_of_itt(itt.id),
        kinds=CATALOGUE,
        ocid=_publisher().ocid(itt.reference),
    )


@bp.get("/ocds/releases.json")
@public
def releases() -> Response:
    """Every release in the order of publication, a page at a time, streamed as it was published."""
    after = number_in_query("after", 0, largest=LARGEST_NUMBER)
    size = min(max(1, number_in_query("limit", PAGE_SIZE)), LARGEST_PAGE)
    uri = f"{_publisher().public_url}/ocds/releases.json?after={after}&limit={size}"
    found = queries.releases_after(after, limit=size + 1)
    pieces = release_package(found, publisher=_publisher(), uri=uri, page_size=size, now=clock.now())
    return Response(stream_with_context(pieces), mimetype=JSON)


@bp.get("/ocds/records/<ocid>.json")
@public
def record(ocid: str) -> Response:
    """The record of one contracting process: its releases and what they come to together."""
    compiled = queries.compiled_record(ocid)
    notices = [_published(notice) for notice in queries.notices_of_process(ocid)]
    uri = f"{_publisher().public_url}/ocds/records/{ocid}.json"
    body = record_package(ocid=ocid, releases=notices, compiled=compiled.text, publisher=_publisher(), uri=uri)
    return Response(body, mimetype=JSON)


@bp.get("/feeds/opportunities.atom")
@public
def opportunities() -> Response:
    """The open opportunities as an Atom feed, the latest first."""
    before = number_in_query("before", LARGEST_NUMBER, largest=LARGEST_NUMBER)
    found = queries.open_opportunities(now=clock.now(), before=before, limit=PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    address = f"{_publisher().public_url}/feeds/opportunities.atom"
    following = f"{address}?before={shown[-1][0].number}" if len(found) > PAGE_SIZE else None
    body = opportunities_feed(shown, publisher=_publisher(), address=address, next_address=following, now=clock.now())
    return Response(body, mimetype="application/atom+xml")


def _publisher() -> Publisher:
    return publisher(current_app.config["SETTINGS"])


def _published(notice: Notice) -> Published:
    return Published(notice.number, notice.published_at, notice.text)


def _package_of(notice: Notice) -> Response:
    uri = f"{_publisher().notice_url(notice.reference)}.json"
    pieces = release_package(
        [_published(notice)], publisher=_publisher(), uri=uri, page_size=1, now=notice.published_at
    )
    return Response("".join(pieces), mimetype=JSON)


def _wants_json() -> bool:
    return request.accept_mimetypes.best_match(["text/html", JSON]) == JSON
