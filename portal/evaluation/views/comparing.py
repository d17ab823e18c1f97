"""Answers side by side, question by question."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.core.permissions import Role
from portal.evaluation.comparing import compare_answers
from portal.evaluation.queries import itt_by_reference
from portal.web.access import actor, for_authority

bp = Blueprint("comparing", __name__, url_prefix="/commissioning/itts/<reference>/side-by-side")


@bp.get("/<criterion>")
@bp.get("/<criterion>/<int:first>")
@for_authority(Role.COMMISSIONER, Role.APPROVER, Role.AUDITOR)
def show(reference: str, criterion: str, first: int = 1) -> ResponseReturnValue:
    """Some bids' answers to the questions of one criterion, and what each panel agreed on them."""
    itt = itt_by_reference(reference)
    page = compare_answers(itt=itt, key=criterion, first=first, actor=actor())
    return render_template("evaluation/commissioner/side_by_side.html", itt=itt, page=page)
