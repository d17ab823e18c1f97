"""Letters about interests: never what somebody declared, nor in which bidder."""

from __future__ import annotations

from sqlalchemy import select

from portal.audit.models import Event
from portal.core.columns import db
from portal.core.permissions import Role
from portal.evaluation.models import PanelMember
from portal.evaluation.states import MemberRole
from portal.notifications import recipients
from portal.notifications.addressing import itt_of, page_of
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


def link_declared(event: Event) -> None:
    """The commissioners hear that a panel member has a link with a bidder, so that they say what follows."""
    if not event.data["interests"]:
        return
    itt = itt_of(event)
    commissioners = recipients.people_of_authority(itt.authority_id, Role.COMMISSIONER, apart_from=event.actor_id)
    tell(
        event=event,
        people=commissioners,
        template="evaluation/link_declared",
        link=page_of("interests.index", reference=itt.reference),
        thread=itt.id,
        itt=itt,
    )


def mitigation_decided(event: Event) -> None:
    """A panel member hears what follows from their link, of a young person whoever sits with them."""
    decided = db.session.get_one(Mitigation, event.object_id)
    interest = decided.interest
    if interest.panel_id is None or not decided.status.is_agreed:
        return
    seat = select(PanelMember.role).where(
        PanelMember.panel_id == interest.panel_id, PanelMember.user_id == interest.user_id
    )
    is_young = db.session.scalar(seat.limit(1)) is MemberRole.YOUNG_MEMBER
    people = recipients.people_of_panel(interest.panel_id, Role.FACILITATOR) if is_young else [interest.user_id]
    gone = decided.outcome.is_whole and not is_young
    tell(
        event=event,
        people=people,
        template="evaluation/link_decided",
        link=page_of("panel_desk.stepped_back") if gone else page_of("panel_desk.show", panel_id=interest.panel_id),
        thread=decided.itt_id,
        itt=decided.itt,
        outcome=decided.outcome.value,
        is_young=is_young,
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
