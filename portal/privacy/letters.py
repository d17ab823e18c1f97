"""Who hears of requests for erasure: whoever can decide, and the person when it is refused."""

from __future__ import annotations

import uuid

from portal.audit.models import Event
from portal.core.columns import db
from portal.core.permissions import Role
from portal.notifications import recipients
from portal.notifications.addressing import page_of
from portal.notifications.composing import tell
from portal.privacy.models import ErasureRequest


def erasure_asked(event: Event) -> None:
    """The administrators where the person works hear of it; the platform's where nobody else there can decide."""
    found = db.session.get_one(ErasureRequest, event.object_id)
    people: list[uuid.UUID] = []
    if found.authority_id is not None:
        people += recipients.people_of_authority(found.authority_id, Role.AUTHORITY_ADMINISTRATOR)
    if found.provider_id is not None:
        people += recipients.people_of_provider(found.provider_id, Role.PROVIDER_ADMINISTRATOR)
    others = [person for person in people if person not in (found.user_id, found.proposed_by_id)]
    tell(
        event=event,
        people=others or recipients.people_of_platform(),
        template="privacy/erasure_asked",
        link=page_of("erasures.decide", request_id=found.id),
        thread=found.id,
        person=found.user,
        due_on=found.due_date,
    )


def erasure_refused(event: Event) -> None:
    """Whoever asked hears why, and to whom they can complain (UK GDPR art 12(4))."""
    found = db.session.get_one(ErasureRequest, event.object_id)
    tell(
        event=event,
        people=[found.proposed_by_id],
        template="privacy/erasure_refused",
        link=page_of("your_data.show"),
        thread=found.id,
        person=found.user,
        reason=found.decision_note,
    )
