"""How far the panels of all localities are, on one page."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.permissions import Role
from portal.evaluation.boards import panels_that_score
from portal.regulation.local_time import local_date
from portal.web.access import actor, for_authority

bp = Blueprint("scoring_progress", __name__, url_prefix="/commissioning")


@bp.get("/scoring")
@for_authority(Role.COMMISSIONER, Role.APPROVER, Role.AUDITOR)
def index() -> ResponseReturnValue:
    """Every panel of the authority that scores: who owes what, what is done, and what is late."""
    authority_id = actor().authority_id
    assert authority_id is not None
    page = panels_that_score(authority_id, after=request.args.get("after", ""))
    return render_template(
        "evaluation/commissioner/scoring.html",
        page=page,
        today=local_date(clock.now()),
        reminds=Role.COMMISSIONER in actor().roles,
        after=request.args.get("after", ""),
        next_href=url_for(".index", after=page.next_key) if page.next_key else None,
    )
