"""Everybody sees what there is to join, how, and who has joined, without signing in."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Blueprint, current_app, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portal.core import clock
from portal.directory.figures import BUCKETS
from portal.directory.public_pages import (
    Page,
    award_dates,
    conditions_by_lot,
    list_frameworks,
    listed_record,
    show_framework,
    shown_record,
)
from portal.frameworks.documents import read_document
from portal.frameworks.models import Framework
from portal.frameworks.queries import find_public_framework
from portal.frameworks.validity import accepting_until, law_of_joining, next_window
from portal.regulation.framework_law import KIND_WORDS
from portal.regulation.kinds import FrameworkKind
from portal.regulation.queries import cpv_codes_among
from portal.web.access import public
from portal.web.downloads import attachment

bp = Blueprint("frameworks", __name__)

KINDS = {kind.value: kind for kind in FrameworkKind}


@bp.get("/frameworks")
@public
def index() -> ResponseReturnValue:
    """The list; with `Accept: application/json`, its twin."""
    if _wants_json():
        return index_json()
    page = _page()
    return render_template(
        "directory/public/index.html",
        page=page,
        kind=request.args.get("kind", ""),
        kinds=KIND_WORDS,
        next_href=_next(page, "frameworks.index"),
        twin=url_for("frameworks.index_json", **_arguments()),
        address=url_for("frameworks.show", reference="REFERENCE"),
    )


@bp.get("/frameworks.json")
@public
def index_json() -> ResponseReturnValue:
    """The list as JSON."""
    page = _page()
    rows = [listed_record(row) for row in page.rows]
    return jsonify({"frameworks": rows, "next": _next(page, "frameworks.index_json")})


@bp.get("/frameworks/<reference>")
@public
def show(reference: str) -> ResponseReturnValue:
    """Everything that a provider needs to decide to join; with `Accept: application/json`, its twin."""
    if _wants_json():
        return show_json(reference)
    framework = find_public_framework(reference)
    now = clock.now()
    shown = show_framework(framework, now)
    return render_template(
        "directory/public/show.html",
        shown=shown,
        conditions=conditions_by_lot(shown.questionnaire),
        framework=framework,
        now=now,
        kind_words=framework.kind_words,
        codes=cpv_codes_among(framework.cpv_codes),
        join_href=url_for("applications.start", reference=framework.reference),
        buckets=BUCKETS,
        **_joining(framework, now),
    )


@bp.get("/frameworks/<reference>.json")
@public
def show_json(reference: str) -> ResponseReturnValue:
    """Everything that a provider needs to decide to join, as JSON."""
    framework = find_public_framework(reference)
    shown = show_framework(framework, clock.now())
    return jsonify(shown_record(shown, cpv_codes_among(framework.cpv_codes)))


@bp.get("/frameworks/<reference>/documents/<uuid:document_id>")
@public
def document(reference: str, document_id: uuid.UUID) -> Response:
    """A document, to download."""
    framework = find_public_framework(reference)
    found, content = read_document(framework=framework, document_id=document_id, files=current_app.extensions["files"])
    return attachment(found.file_name, content, found.media_type)


def _joining(framework: Framework, now: Any) -> dict[str, Any]:
    return {
        "until": accepting_until(framework, now),
        "coming": next_window(framework, now),
        "joining_law": law_of_joining(framework),
        "admission_law": framework.law.admission,
        "takes_new": framework.takes_new_providers,
        "award_dates": award_dates(framework),
    }


def _page() -> Page:
    kind = KINDS.get(request.args.get("kind", ""))
    return list_frameworks(now=clock.now(), kind=kind, after=request.args.get("after", ""))


def _arguments() -> dict[str, Any]:
    return {"kind": request.args["kind"]} if request.args.get("kind") in KINDS else {}


def _next(page: Page, endpoint: str) -> str | None:
    return url_for(endpoint, **_arguments(), after=page.next_key) if page.next_key else None


def _wants_json() -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
