"""An authority's desk, and the hub of each procurement."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template

from portal.core import clock
from portal.core.permissions import policy
from portal.dashboards.next_steps import steps_for
from portal.dashboards.queries import history_of, itts_of_authority, standstill_state
from portal.dashboards.road import stages_of
from portal.dashboards.words import sentence
from portal.tendering.queries import find_itt
from portal.web.access import actor, for_authority

bp = Blueprint("commissioning_desk", __name__, url_prefix="/commissioning")


@bp.get("")
@for_authority()
def index() -> Any:
    """Every procurement of the authority, with what the person who looks can do next."""
    authority_id = actor().authority_id
    assert authority_id is not None
    now = clock.now()
    rows = [(itt, steps_for(itt, actor(), now)) for itt in itts_of_authority(authority_id)]
    return render_template("dashboards/commissioner/index.html", rows=rows, now=now)


@bp.get("/itts/<reference>")
@for_authority()
def itt(reference: str) -> Any:
    """One procurement: where it stands, what to do next, what happened."""
    found = find_itt(reference)
    policy.require(actor(), "see", found)
    now = clock.now()
    return render_template(
        "dashboards/commissioner/itt.html",
        itt=found,
        stages=stages_of(found, now=now, standstill=standstill_state(found.id, now)),
        steps=steps_for(found, actor(), now),
        history=history_of(found.id),
        sentence=sentence,
        now=now,
    )
