"""Notices that are still to be on the central digital platform, for the people of the authority."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.permissions import Verb, policy
from portal.notices import queries
from portal.notices.drafted import drafted_notice
from portal.notices.forms import PlacingForm
from portal.notices.models import Notice, PreparedNotice
from portal.notices.placing import due_date, place_notice
from portal.notices.publisher import publisher
from portal.regulation.notice_catalogue import CATALOGUE
from portal.tendering.models import InvitationToTender
from portal.tendering.queries import find_itt
from portal.web.access import actor, for_authority, require_to_send

bp = Blueprint("notice_desk", __name__, url_prefix="/commissioning/itts/<reference>/notices")


@bp.route("", methods=["GET", "POST"])
@for_authority()
def show(reference: str) -> ResponseReturnValue:
    """The first notice that waits: where has it been published? And those that stand here already."""
    itt = find_itt(reference)
    policy.require(actor(), Verb.SEE_NOTICES, itt)
    require_to_send(Verb.PLACE_NOTICE, itt)
    waiting = queries.waiting_notices(itt.id)
    form = PlacingForm() if waiting and policy.allows(actor(), Verb.PLACE_NOTICE, itt) else None
    if form is not None and form.validate_on_submit() and form.carry_out(lambda: _place(waiting[0], form)):
        flash(f"The {waiting[0].name.lower()} is published here.", "success")
        return redirect(url_for("notice_desk.show", reference=itt.reference))
    return _page(itt, waiting[0] if waiting else None, form), form.status_code if form is not None else 200


@bp.get("/draft")
@for_authority()
def draft(reference: str) -> ResponseReturnValue:
    """The text of the notice of a draft, to copy to Find a Tender."""
    itt = find_itt(reference)
    policy.require(actor(), Verb.READ, itt)
    if not itt.status.is_draft:
        return redirect(url_for("notice_desk.show", reference=itt.reference))
    drafted = drafted_notice(itt, publisher=publisher(current_app.config["SETTINGS"]), now=clock.now())
    return render_template("notices/commissioner/draft.html", itt=itt, drafted=drafted)


def _place(prepared: PreparedNotice, form: PlacingForm) -> Notice:
    return place_notice(
        prepared=prepared,
        basis=form.basis,
        central_reference=form.central_reference.data,
        published_date=form.published_date.data,
        reason=form.publication_reason.data,
        actor=actor(),
        publisher=publisher(current_app.config["SETTINGS"]),
        now=clock.now(),
    )


def _page(itt: InvitationToTender, prepared: PreparedNotice | None, form: PlacingForm | None) -> str:
    return render_template(
        "notices/commissioner/show.html",
        itt=itt,
        prepared=prepared,
        duty=itt.notice_duty(prepared.kind_code) if prepared is not None else None,
        due=due_date(prepared) if prepared is not None else None,
        form=form,
        notices=queries.notices_of_itt(itt.id),
        kinds=CATALOGUE,
    )
