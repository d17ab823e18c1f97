"""The pages of a safeguarding lead: the panels that they look after."""

from __future__ import annotations

import uuid

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.core.permissions import Role, Verb, policy
from portal.evaluation.models import PanelWork
from portal.evaluation.queries import work_of
from portal.evaluation.safeguarding.queries import panels_looked_after
from portal.web.access import actor, for_authority

bp = Blueprint("safeguarding", __name__, url_prefix="/commissioning/safeguarding")


@bp.get("")
@for_authority(Role.SAFEGUARDING_LEAD)
def index() -> ResponseReturnValue:
    """The panels of young people that the person looks after."""
    works = panels_looked_after(actor())
    return render_template("evaluation/safeguarding/index.html", works=works, own=actor().people)


@bp.get("/<uuid:panel_id>")
@for_authority(Role.SAFEGUARDING_LEAD)
def panel(panel_id: uuid.UUID) -> ResponseReturnValue:
    """One panel: who helps the young people, and what waits to be read."""
    return render_template("evaluation/safeguarding/panel.html", work=_visible(panel_id))


def _visible(panel_id: uuid.UUID) -> PanelWork:
    work = work_of(panel_id)
    policy.require(actor(), Verb.SEE_HELD_WORDS, work)
    return work
