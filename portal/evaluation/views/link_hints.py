"""Links with bidders that somebody may have forgotten to declare, as questions to ask them."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.core.permissions import Role
from portal.evaluation.link_hints import links_to_ask_about
from portal.evaluation.queries import itt_by_reference
from portal.web.access import actor, for_authority

bp = Blueprint("link_hints", __name__, url_prefix="/commissioning/itts/<reference>/interests/hints")


@bp.get("")
@for_authority(Role.COMMISSIONER, Role.APPROVER, Role.AUDITOR)
def show(reference: str) -> ResponseReturnValue:
    """Whom of the panels to ask about which bidder, and why."""
    itt = itt_by_reference(reference)
    hinted = links_to_ask_about(itt=itt, actor=actor())
    return render_template("evaluation/commissioner/link_hints.html", itt=itt, hinted=hinted)
