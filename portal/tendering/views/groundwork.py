"""A commissioner records what was thought of before publication."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.permissions import Role
from portal.tendering.forms.groundwork import form_about
from portal.tendering.groundwork import record_groundwork
from portal.tendering.groundwork_models import SUBJECTS, GroundworkSubject
from portal.tendering.groundwork_records import groundwork_of
from portal.tendering.views.blueprint import bp, draft_of, saved
from portal.web.access import actor, for_authority
from portal.web.submissions import saves_a_draft


@bp.route("/<reference>/draft/equality", endpoint="equality", methods=["GET", "POST"], defaults={"subject": "equality"})
@bp.route(
    "/<reference>/draft/consultation",
    endpoint="consultation",
    methods=["GET", "POST"],
    defaults={"subject": "consultation"},
)
@bp.route(
    "/<reference>/draft/small-providers",
    endpoint="small_providers",
    methods=["GET", "POST"],
    defaults={"subject": "small_providers"},
)
@for_authority(Role.COMMISSIONER)
@saves_a_draft
def groundwork(reference: str, subject: str) -> ResponseReturnValue:
    """What came of equality, consultation or small providers."""
    itt = draft_of(reference)
    about = GroundworkSubject(subject)
    form = form_about(SUBJECTS[about], groundwork_of(itt.id).get(about))
    if form.validate_on_submit() and form.carry_out(
        lambda: record_groundwork(
            itt=itt,
            subject=about,
            outcome=form.result,
            words=form.words.data or "",
            on_date=form.day,
            actor=actor(),
            now=clock.now(),
        )
    ):
        return saved(reference)
    page = render_template(
        "tendering/commissioner/groundwork.html", form=form, itt=itt, facts=SUBJECTS[about], subject=subject
    )
    return page, form.status_code
