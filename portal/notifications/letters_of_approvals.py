"""Letters about the second person before publication."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from portal.audit.models import Event
from portal.core.columns import db
from portal.core.permissions import Role
from portal.notifications import recipients
from portal.notifications.addressing import page_of
from portal.notifications.composing import tell
from portal.tendering.approval_models import PublicationApproval


def publication_proposed(event: Event) -> None:
    """The approvers hear that a draft waits, but for whoever asked."""
    _to(_others(event, Role.APPROVER), event, "tendering/publication_proposed", "itts.approve")


def publication_sent_back(event: Event) -> None:
    """Whoever asked hears what is to be changed."""
    people = recipients.still_here([_asked(event).proposed_by_id])
    _to(people, event, "tendering/publication_sent_back", "itts.draft")


def publication_approved(event: Event) -> None:
    """The commissioners hear that the draft can be published."""
    _to(_others(event, Role.COMMISSIONER), event, "tendering/publication_approved", "itts.publish")


def _asked(event: Event) -> PublicationApproval:
    return db.session.get_one(PublicationApproval, event.object_id)


def _others(event: Event, role: Role) -> Sequence[uuid.UUID]:
    return recipients.people_of_authority(_asked(event).itt.authority_id, role, apart_from=event.actor_id)


def _to(people: Sequence[uuid.UUID], event: Event, template: str, endpoint: str) -> None:
    asked = _asked(event)
    tell(
        event=event,
        people=people,
        template=template,
        link=page_of(endpoint, reference=asked.itt.reference),
        thread=asked.itt_id,
        itt=asked.itt,
        note=asked.decision_note,
    )
