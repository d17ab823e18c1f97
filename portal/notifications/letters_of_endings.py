"""Who is told when bids are tied and a lot is drawn, and when a procurement or a lot of it ends without a contract."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from portal.audit.models import Event
from portal.core.columns import db
from portal.core.permissions import PANEL_ROLES, Role
from portal.evaluation.draw_models import Draw
from portal.notifications import recipients
from portal.notifications.addressing import page_of, to_authority, to_bidders
from portal.notifications.composing import tell
from portal.notifications.letters_to_interested import tell_interested
from portal.tendering.ending_models import Ending

DRAWING = (Role.COMMISSIONER, Role.APPROVER, Role.CONTRACT_MANAGER)
ON_THE_DESK = (Role.COMMISSIONER, Role.OPENER, Role.APPROVER, Role.CONTRACT_MANAGER)


def ending_proposed(event: Event) -> None:
    """Approvers other than the proposer hear that a decision waits."""
    _to_authority(event, "ending/proposed", Role.APPROVER)


def ending_refused(event: Event) -> None:
    """Commissioners hear that the procurement goes on."""
    _to_authority(event, "ending/refused", Role.COMMISSIONER)


def lot_committed(event: Event) -> None:
    """After the first commitment whoever can be the second person hears; after the second the two hear to reveal."""
    draw = db.session.get_one(Draw, event.object_id)
    people: Sequence[uuid.UUID] = [part.person_id for part in draw.parts]
    if event.data["number"] == 1:
        people = recipients.people_of_authority(draw.itt.authority_id, *DRAWING, apart_from=event.actor_id)
    _of_draw(event, draw, people)


def lot_abandoned(event: Event) -> None:
    """Whoever can begin anew hears that somebody did not reveal."""
    draw = db.session.get_one(Draw, event.object_id)
    can = recipients.people_of_authority(draw.itt.authority_id, *DRAWING)
    _of_draw(event, draw, [person for person in can if draw.part_of(person) is None])


def _of_draw(event: Event, draw: Draw, people: Sequence[uuid.UUID]) -> None:
    link = page_of("draws.show", reference=draw.itt.reference)
    tell(
        event=event,
        people=people,
        template="evaluation/lot_waits",
        link=link,
        thread=draw.itt_id,
        itt=draw.itt,
        abandoned=draw.status.is_abandoned,
        both=event.data.get("number") == 2,
    )


def procurement_cancelled(event: Event) -> None:
    """Whoever has worked on it hears why it is over: bidders, the invited, followers, panels, officers.

    Who has bid stays unknown to the authority: each bidder is written to by the portal, about its own bid.
    """
    ending = _ending(event)
    to_bidders(event, recipients.begun_bids(ending.itt_id), "ending/cancelled", ending=ending)
    tell_interested(event)
    for panel in ending.itt.panels:
        people = recipients.people_of_panel(panel.id, *(PANEL_ROLES - {Role.YOUNG_MEMBER}))
        link = page_of("panel_desk.show", panel_id=panel.id)
        tell(event=event, people=people, template="ending/panel_over", link=link, **_about(ending))
    _to_authority(event, "ending/ended", *ON_THE_DESK)


def lot_not_awarded(event: Event) -> None:
    """Every bidder of the lot hears why nobody is awarded it, and the officers that it is over."""
    ending = _ending(event)
    assert ending.lot_id is not None
    to_bidders(event, recipients.bids_of_lot(ending.lot_id), "ending/not_awarded", ending=ending)
    _to_authority(event, "ending/ended", *ON_THE_DESK)


def _to_authority(event: Event, template: str, *roles: Role) -> None:
    ending = _ending(event)
    link = page_of("endings.show", reference=ending.itt.reference)
    to_authority(event, ending.itt, template, *roles, link=link, ending=ending)


def _ending(event: Event) -> Ending:
    return db.session.get_one(Ending, event.object_id)


def _about(ending: Ending) -> dict[str, Any]:
    return {"thread": ending.itt_id, "itt": ending.itt, "ending": ending}
