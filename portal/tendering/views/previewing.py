"""A draft as bidders will see it, and its timetable for an officer's calendar."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.calendar_file import MEDIA_TYPE
from portal.core.permissions import Verb, policy
from portal.regulation.queries import cpv_codes_among
from portal.tendering.alike import alike_lots
from portal.tendering.calendars import calendar_of
from portal.tendering.lots import award_words
from portal.tendering.queries import find_itt
from portal.tendering.specifications import specification_of
from portal.tendering.views.blueprint import bp
from portal.web.access import actor, for_authority
from portal.web.downloads import attachment


@bp.get("/<reference>/draft/preview")
@for_authority()
def preview(reference: str) -> ResponseReturnValue:
    """The page of the invitation, drawn by the template that draws it for bidders; nothing of it can be sent."""
    itt = find_itt(reference)
    policy.require(actor(), Verb.READ, itt)
    return render_template(
        "tendering/commissioner/preview.html",
        itt=itt,
        now=clock.now(),
        codes=cpv_codes_among(itt.cpv_codes),
        alike=alike_lots(itt),
        limits=award_words(itt),
        outcomes=specification_of(itt.id),
    )


@bp.get("/<reference>/timetable.ics")
@for_authority()
def calendar(reference: str) -> ResponseReturnValue:
    """The timetable as a calendar file, of a draft too."""
    itt = find_itt(reference)
    policy.require(actor(), Verb.READ, itt)
    url = url_for("commissioning_desk.itt", reference=itt.reference, _external=True)
    return attachment(f"{itt.reference}.ics", calendar_of(itt, url=url, now=clock.now()), MEDIA_TYPE)
