"""Who is told in the last two hours: the officer that some bidder needs help, the bidder what was answered."""

from __future__ import annotations

from portal.audit.models import Event
from portal.core.columns import db
from portal.core.permissions import Role
from portal.notifications import recipients
from portal.notifications.addressing import page_of
from portal.notifications.composing import tell
from portal.tendering.helping.models import HelpRequest


def help_asked(event: Event) -> None:
    """The officer who looks after the procurement and whoever stands in; when they have left, every commissioner."""
    request = _request(event)
    itt = request.itt
    named = recipients.with_deputies(recipients.still_here([itt.owner_id]))
    tell(
        event=event,
        people=named or recipients.people_of_authority(itt.authority_id, Role.COMMISSIONER),
        template="tendering/help_asked",
        link=page_of("help_desk.answer", reference=itt.reference, request_reference=request.reference),
        thread=itt.id,
        itt=itt,
        request=request,
        asker=request.asker,
    )


def help_answered(event: Event) -> None:
    """Everybody of the bidder."""
    request = _request(event)
    tell(
        event=event,
        people=recipients.people_of_providers([request.provider_id]),
        template="tendering/help_answered",
        link=page_of("help_requests.show", reference=request.itt.reference, part=request.reference),
        thread=request.itt_id,
        itt=request.itt,
        request=request,
    )


def _request(event: Event) -> HelpRequest:
    return db.session.get_one(HelpRequest, event.object_id)
