"""Letters about interests: never what somebody declared."""

from __future__ import annotations

from portal.audit.models import Event
from portal.core.columns import db
from portal.core.permissions import Role
from portal.notifications import recipients
from portal.notifications.addressing import page_of
from portal.notifications.composing import tell
from portal.tendering.interests.models import Interest, Mitigation


def interest_asked(event: Event) -> None:
    """Whoever was named hears that they are to declare."""
    asked = db.session.get(Interest, event.object_id)
    if asked is None:
        return
    tell(
        event=event,
        people=recipients.still_here([asked.user_id]),
        template="tendering/interest_asked",
        link=page_of("interests.declare", reference=asked.itt.reference),
        thread=asked.itt_id,
        itt=asked.itt,
    )


def mitigation_proposed(event: Event) -> None:
    """The approvers hear that an answer waits, but for whoever proposed it or is concerned."""
    proposed = db.session.get_one(Mitigation, event.object_id)
    approvers = recipients.people_of_authority(proposed.itt.authority_id, Role.APPROVER, apart_from=event.actor_id)
    tell(
        event=event,
        people=[person for person in approvers if person != proposed.interest.user_id],
        template="tendering/mitigation_proposed",
        link=page_of("interests.mitigation", reference=proposed.itt.reference, mitigation_id=proposed.id),
        thread=proposed.itt_id,
        itt=proposed.itt,
    )
