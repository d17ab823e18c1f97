"""Keying in signed sheets: the facilitator's half, and that of an officer or the safeguarding lead."""

from __future__ import annotations

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.errors import NotFound
from portal.core.pdf import make_pdf
from portal.core.permissions import Role, Verb, policy
from portal.evaluation.forms.paper import sheet_form
from portal.evaluation.models import PanelWork
from portal.evaluation.panels import require_young_people
from portal.evaluation.paper_sheets import (
    agreed_in_words,
    blank_sheet,
    key_sheet,
    sheet_of,
    sheets_of,
)
from portal.evaluation.queries import counting_members, work_of
from portal.web.access import actor, for_authority, for_panel
from portal.web.downloads import attachment

bp = Blueprint("paper_sheets", __name__)


@bp.get("/panel/<uuid:panel_id>/paper")
@for_panel(Role.FACILITATOR)
def index(panel_id: uuid.UUID) -> ResponseReturnValue:
    """Whose sheets are keyed, for the facilitator."""
    return _index(panel_id, ".sheet")


@bp.get("/commissioning/panels/<uuid:panel_id>/paper")
@for_authority(Role.COMMISSIONER, Role.SAFEGUARDING_LEAD)
def officers_index(panel_id: uuid.UUID) -> ResponseReturnValue:
    """Whose sheets are keyed, for whoever of the council keys them a second time."""
    return _index(panel_id, ".officers_sheet")


@bp.route("/panel/<uuid:panel_id>/paper/<uuid:member_id>", methods=["GET", "POST"])
@for_panel(Role.FACILITATOR)
def sheet(panel_id: uuid.UUID, member_id: uuid.UUID) -> ResponseReturnValue:
    """One young person's sheet, as the facilitator reads it."""
    return _sheet(panel_id, member_id, ".index")


@bp.route("/commissioning/panels/<uuid:panel_id>/paper/<uuid:member_id>", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER, Role.SAFEGUARDING_LEAD)
def officers_sheet(panel_id: uuid.UUID, member_id: uuid.UUID) -> ResponseReturnValue:
    """One young person's sheet, as somebody of the council reads it."""
    return _sheet(panel_id, member_id, ".officers_index")


@bp.get("/panel/<uuid:panel_id>/paper/blank.pdf")
@for_panel(Role.FACILITATOR)
def blank(panel_id: uuid.UUID) -> ResponseReturnValue:
    """The sheet to print."""
    return attachment("sheet.pdf", make_pdf(blank_sheet(_visible(panel_id), clock.now())), "application/pdf")


def _index(panel_id: uuid.UUID, sheet: str) -> ResponseReturnValue:
    work = _visible(panel_id)
    return render_template(
        "evaluation/panel/paper.html",
        work=work,
        sheet=sheet,
        scores=len(agreed_in_words(work)),
        sheets=sheets_of(work, counting_members(panel_id), actor()),
    )


def _sheet(panel_id: uuid.UUID, member_id: uuid.UUID, back: str) -> ResponseReturnValue:
    work = _visible(panel_id)
    member = next((one for one in counting_members(panel_id) if one.id == member_id), None)
    if member is None:
        raise NotFound("There is no such young person on this panel.")
    seen = sheet_of(work, member, actor())
    form = sheet_form(agreed_in_words(work), seen)
    if form.validate_on_submit() and form.carry_out(
        lambda: key_sheet(work=work, member_id=member_id, sheet=form.sheet(), actor=actor(), now=clock.now())
    ):
        flash(f"The sheet of {member.alias} is keyed in.", "success")
        return redirect(url_for(back, panel_id=panel_id))
    page = "evaluation/panel/paper_sheet.html"
    return render_template(page, form=form, work=work, seen=seen, back=back, address=request.path), form.status_code


def _visible(panel_id: uuid.UUID) -> PanelWork:
    work = work_of(panel_id)
    policy.require(actor(), Verb.KEY_SHEET, work)
    require_young_people(work)
    return work
