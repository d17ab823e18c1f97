"""A commissioner says what is bought, for how much, by when, and where it was published first."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.permissions import Role
from portal.localities.queries import places_of
from portal.regulation.queries import cpv_codes
from portal.tendering.drafting import (
    describe_service,
    set_publication_basis,
    set_timetable,
    set_value_and_term,
)
from portal.tendering.forms.service import ServiceForm, TenderNoticeForm, TimetableForm, ValueForm
from portal.tendering.views.blueprint import bp, draft_of, saved
from portal.web.access import actor, for_authority
from portal.web.submissions import saves_a_draft


@bp.route("/<reference>/draft/service", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
@saves_a_draft
def service(reference: str) -> ResponseReturnValue:
    """Title, description and CPV codes."""
    itt = draft_of(reference)
    form = ServiceForm(obj=itt, place=str(itt.locality_id or ""))
    form.offer(places_of(itt.authority_id))
    if form.validate_on_submit() and form.carry_out(
        lambda: describe_service(
            itt=itt,
            title=form.title.data,
            description=form.description.data,
            cpv_codes=form.cpv_codes.data,
            locality_id=form.locality_id,
            easy_read=form.easy_read.data or "",
            actor=actor(),
        )
    ):
        return saved(reference)
    page = render_template("tendering/commissioner/service.html", form=form, itt=itt, codes=cpv_codes())
    return page, form.status_code


@bp.route("/<reference>/draft/value", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
@saves_a_draft
def value(reference: str) -> ResponseReturnValue:
    """Value, term and break points."""
    itt = draft_of(reference)
    form = ValueForm(obj=itt)
    if form.validate_on_submit() and form.carry_out(
        lambda: set_value_and_term(
            itt=itt,
            estimated_value=form.estimated_value.data,
            term_months=form.term_months.data,
            break_months=form.break_months.data,
            actor=actor(),
        )
    ):
        return saved(reference)
    return render_template("tendering/commissioner/value.html", form=form, itt=itt), form.status_code


@bp.route("/<reference>/draft/timetable", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
@saves_a_draft
def timetable(reference: str) -> ResponseReturnValue:
    """Closing time, decision and start."""
    itt = draft_of(reference)
    form = TimetableForm.of(itt)
    if form.validate_on_submit() and form.carry_out(
        lambda: set_timetable(
            itt=itt,
            closes_at=form.closing_instant(),
            questions_until=form.end_of_questions(),
            answers_by_date=form.answers_by_date.data,
            validity_days=form.validity_days.data,
            award_date=form.award_date.data,
            contract_start_date=form.contract_start_date.data,
            occasions=form.occasions(),
            actor=actor(),
            now=clock.now(),
        )
    ):
        return saved(reference)
    return render_template("tendering/commissioner/timetable.html", form=form, itt=itt), form.status_code


@bp.route("/<reference>/draft/publication", methods=["GET", "POST"])
@for_authority(Role.COMMISSIONER)
@saves_a_draft
def publication(reference: str) -> ResponseReturnValue:
    """Why it may be published here."""
    itt = draft_of(reference)
    form = TenderNoticeForm.of(itt)
    if form.validate_on_submit() and form.carry_out(
        lambda: set_publication_basis(
            itt=itt,
            basis=form.basis,
            central_reference=form.central_reference.data,
            reason=form.publication_reason.data,
            actor=actor(),
            now=clock.now(),
        )
    ):
        return saved(reference)
    return render_template("tendering/commissioner/publication.html", form=form, itt=itt), form.status_code
