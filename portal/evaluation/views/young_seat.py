"""The one blueprint of a young person's pages: the door, and where whoever looks sits."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from portal.core import clock
from portal.evaluation.models import PanelMember, PanelWork
from portal.evaluation.queries import seat_of
from portal.evaluation.rules import IN_THE_ROOM, SCORING
from portal.evaluation.sittings import young_panel_of
from portal.evaluation.taking_part.agreeing import Lacks, has_begun, lacks
from portal.evaluation.taking_part.times import times_of
from portal.web.access import actor

bp = Blueprint("sitting", __name__, url_prefix="/panel/sitting")


FOR_EVERYBODY = frozenset(f"sitting.{name}" for name in ("thank_you", "help", "easier"))
"""Pages without a door: whoever looks for help finds it, whether or not they may sit now."""


@dataclass(frozen=True)
class Seat:
    """Where the young person sits, and whether the panel scores now."""

    work: PanelWork
    member: PanelMember

    @property
    def is_open(self) -> bool:
        """Whether the panel scores now."""
        return self.work.policy_state == SCORING


@bp.before_request
def stop_at_the_door() -> ResponseReturnValue | None:
    """Let nobody sit outside the panel's times, without everybody's consent, or with no adult beside them."""
    if request.endpoint in FOR_EVERYBODY:
        return None
    seat, now = own_seat(), clock.now()
    if seat.work.policy_state not in IN_THE_ROOM:
        return None
    times, missing = times_of(seat.work.panel_id), lacks(seat.work, seat.member)
    if not times.are_open(now):
        return render_template("evaluation/young/not_now.html", opens=times.next_opening(now))
    if missing is Lacks.ADULT:
        return render_template("evaluation/young/not_now.html", opens=None)
    if request.endpoint != "sitting.begin" and (missing or not has_begun(current_user.session_id)):
        return redirect(url_for("sitting.begin", next=request.path if request.method == "GET" else None))
    return None


def own_seat() -> Seat:
    """The young person's panel; `NotFound` for a panel that there is not."""
    work = young_panel_of(actor())
    return Seat(work, seat_of(work.panel_id, actor().user_id))
