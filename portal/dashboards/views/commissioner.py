"""An authority's desk, and the hub of each procurement."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.core import clock
from portal.core.permissions import Verb, policy
from portal.dashboards.joining import queues_of
from portal.dashboards.next_steps import Step, steps_for
from portal.dashboards.queries import history_of, itt_for_hub, itts_of_authority
from portal.dashboards.road import Stage, stages_of
from portal.dashboards.situation import situations_of
from portal.dashboards.words import happenings, sentence
from portal.members.identity import decisions_waiting_for
from portal.regulation.local_time import local_date
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus
from portal.web.access import actor, for_authority

ENDINGS = {
    IttStatus.CANCELLED: "Cancelled",
    IttStatus.NOT_AWARDED: "No award",
    IttStatus.DISCARDED: "Discarded",
}


@dataclass(frozen=True)
class Row:
    """One procurement on the desk."""

    itt: InvitationToTender
    stages: list[Stage]
    steps: list[Step]

    @property
    def place(self) -> str:
        """The stage it is at, or that all are behind it, or how it ended."""
        if self.itt.status in ENDINGS:
            return ENDINGS[self.itt.status]
        here = next((stage for stage in self.stages if stage.state in {"current", "stopped"}), None)
        return here.text if here else "Under contract"

    @property
    def waits(self) -> bool:
        """Whether something waits for the person who looks."""
        return bool(self.steps) and self.steps[0].is_act


bp = Blueprint("commissioning_desk", __name__, url_prefix="/commissioning")


@bp.get("")
@for_authority()
def index() -> ResponseReturnValue:
    """Every procurement of the authority, what waits for the person who looks first."""
    authority_id = actor().authority_id
    assert authority_id is not None
    now = clock.now()
    itts = itts_of_authority(authority_id)
    situations = situations_of([itt.id for itt in itts], now)
    rows = [
        Row(itt, stages_of(itt, situations[itt.id], now=now), steps_for(itt, situations[itt.id], actor(), now))
        for itt in itts
    ]
    queues = queues_of(authority_id, local_date(now))
    return render_template(
        "dashboards/commissioner/index.html",
        rows=rows,
        queues=queues,
        now=now,
        changes=decisions_waiting_for(actor()),
    )


@bp.get("/itts/<reference>")
@for_authority()
def itt(reference: str) -> ResponseReturnValue:
    """One procurement: where it stands, what to do next, what happened."""
    found = itt_for_hub(reference)
    policy.require(actor(), Verb.READ, found)
    now = clock.now()
    situation = situations_of([found.id], now)[found.id]
    history = history_of(found.id)
    return render_template(
        "dashboards/commissioner/itt.html",
        itt=found,
        stages=stages_of(found, situation, now=now),
        steps=steps_for(found, situation, actor(), now),
        history=history,
        happenings=happenings(history, {panel.key: panel.name for panel in found.panels}),
        sentence=sentence,
        may_end=policy.allows(actor(), Verb.PROPOSE_CANCELLATION, found),
        now=now,
    )
