"""Everybody sees what is being bought, and how bids will be judged, without signing in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.calendar_file import MEDIA_TYPE
from portal.core.parsing.text import one_line
from portal.core.permissions import PROVIDER_ROLES
from portal.regulation.queries import cpv_codes, cpv_codes_among
from portal.tendering import public_record
from portal.tendering.alike import alike_lots, marks_by_panel
from portal.tendering.amending.queries import published_addenda
from portal.tendering.calendars import calendar_of
from portal.tendering.clarifying.following import note_reader
from portal.tendering.clarifying.queries import published_count
from portal.tendering.declining import own_decline
from portal.tendering.explaining import joining_is_open, told
from portal.tendering.lots import award_words
from portal.tendering.method_rules import combine_words, minimum_words
from portal.tendering.method_versions import method_version, versions_of_method
from portal.tendering.models import InvitationToTender
from portal.tendering.opportunities import COUNTED_TO, Filters, Page, list_opportunities
from portal.tendering.public_state import public_state
from portal.tendering.queries import find_published_itt
from portal.tendering.specifications import specification_of
from portal.tendering.tie_breaks import tie_break_words
from portal.tendering.views.specification import as_pdf
from portal.web.access import actor, public
from portal.web.downloads import attachment
from portal.web.transactions import keep_what_was_noted

bp = Blueprint("opportunities", __name__)
bp.add_app_template_filter(tie_break_words)
bp.add_app_template_filter(marks_by_panel)
bp.add_app_template_filter(minimum_words)
bp.add_app_template_filter(combine_words)

PERIODS = (7, 14, 30)
LONGEST_WORDS = 200


@bp.get("/opportunities")
@public
def index() -> ResponseReturnValue:
    """The list; with `Accept: application/json`, its twin."""
    filters = _filters()
    now = clock.now()
    page = list_opportunities(filters, now=now, after=request.args.get("after", ""))
    if _wants_json():
        return _list_as_json(page)
    return render_template(
        "tendering/public/index.html",
        page=page,
        filters=filters,
        now=now,
        codes=cpv_codes(),
        periods=PERIODS,
        counted_to=COUNTED_TO,
        states={itt.id: public_state(itt, now) for itt in page.rows},
        address=url_for("opportunities.show", reference="REFERENCE"),
        next_href=_next(page, "opportunities.index"),
        is_filtered=filters != Filters(),
        twin=url_for("opportunities.index_json", **_arguments()),
    )


@bp.get("/opportunities.json")
@public
def index_json() -> ResponseReturnValue:
    """The list as JSON."""
    page = list_opportunities(_filters(), now=clock.now(), after=request.args.get("after", ""))
    return _list_as_json(page)


@bp.get("/opportunities/<reference>")
@public
def show(reference: str) -> ResponseReturnValue:
    """Everything that a bidder needs to know; with `Accept: application/json`, its twin."""
    if _wants_json():
        return show_json(reference)
    itt = find_published_itt(reference)
    now = clock.now()
    if note_reader(itt=itt, actor=actor(), now=now):
        keep_what_was_noted()
    return render_template(
        "tendering/public/show.html",
        itt=itt,
        now=now,
        state=public_state(itt, now),
        codes=cpv_codes_among(itt.cpv_codes),
        alike=alike_lots(itt),
        **_to_the_reader(itt, now),
        limits=award_words(itt),
        outcomes=specification_of(itt.id),
        joining_is_open=joining_is_open(itt, now),
        **_since_publication(itt),
    )


def _to_the_reader(itt: InvitationToTender, now: datetime) -> dict[str, Any]:
    """What it is to the reader's provider: whether it may bid, and whether it has said no."""
    standing = told(itt, actor().provider_id, now)
    may_bid = bool(actor().roles & PROVIDER_ROLES) and (standing is None or standing.may_bid)
    return {"said_no": own_decline(itt, actor()), "may_bid": may_bid, "standing": standing}


def _since_publication(itt: InvitationToTender) -> dict[str, Any]:
    """What came to it: answers, changes, and the versions of method and questions."""
    return {
        "answers": published_count(itt.id),
        "addenda": published_addenda(itt.id),
        "versions": versions_of_method(itt.id),
    }


@bp.get("/opportunities/<reference>/timetable.ics")
@public
def calendar(reference: str) -> ResponseReturnValue:
    """The timetable as a calendar file."""
    itt = find_published_itt(reference)
    url = url_for("opportunities.show", reference=itt.reference, _external=True)
    return attachment(f"{itt.reference}.ics", calendar_of(itt, url=url, now=clock.now()), MEDIA_TYPE)


@bp.get("/opportunities/<reference>/specification.pdf")
@public
def specification(reference: str) -> ResponseReturnValue:
    """What is to be achieved, as a PDF."""
    return as_pdf(find_published_itt(reference))


@bp.get("/opportunities/<reference>.json")
@public
def show_json(reference: str) -> ResponseReturnValue:
    """Everything that a bidder needs to know, as JSON."""
    itt = find_published_itt(reference)
    record = public_record.published(itt, clock.now(), cpv_codes_among(itt.cpv_codes))
    changes = [public_record.change(each) for each in published_addenda(itt.id)]
    versions = [
        {name: told for name, told in public_record.version(each).items() if name != "stated"}
        for each in versions_of_method(itt.id)
    ]
    return jsonify(record | {"changes": changes, "method_versions": versions})


@bp.get("/opportunities/<reference>/method/<int:number>.json")
@public
def method_json(reference: str, number: int) -> ResponseReturnValue:
    """One version of method and questions: whoever hashes `stated` anew has its fingerprint."""
    itt = find_published_itt(reference)
    return jsonify(public_record.version(method_version(itt.id, number)))


def _filters() -> Filters:
    days = request.args.get("closing", "")
    cpv = request.args.get("cpv", "")
    return Filters(
        words=one_line(request.args.get("words"))[:LONGEST_WORDS],
        cpv=cpv if len(cpv) == 8 and cpv.isascii() and cpv.isdigit() else "",
        closing_days=int(days) if days in {str(period) for period in PERIODS} else None,
        open_only=request.args.get("state") == "open",
    )


def _arguments() -> dict[str, Any]:
    kept = ("words", "cpv", "closing", "state")
    return {name: request.args[name] for name in kept if request.args.get(name)}


def _next(page: Page, endpoint: str) -> str | None:
    return url_for(endpoint, **_arguments(), after=page.next_key) if page.next_key else None


def _wants_json() -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def _list_as_json(page: Page) -> ResponseReturnValue:
    now = clock.now()
    return jsonify(
        {
            "opportunities": [public_record.listed(itt, now) for itt in page.rows],
            "open_count": min(page.open_count, COUNTED_TO),
            "open_count_is_capped": page.open_count > COUNTED_TO,
            "next": _next(page, "opportunities.index_json"),
        }
    )
