"""Letters about what is asked and changed while an invitation is open.

The officers never read whose a question is, nor a bidder whose it was.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select

from portal.audit.models import Event
from portal.bidding.models import Bid
from portal.core.columns import db
from portal.core.permissions import Role
from portal.corresponding.models import Correspondence, CorrespondenceEntry
from portal.notifications import recipients
from portal.notifications.addressing import page_of, to_authority
from portal.notifications.composing import tell
from portal.tendering.amending.models import Addendum
from portal.tendering.clarifying.models import Clarification


def clarification_asked(event: Event) -> None:
    """The commissioners hear that there is a question."""
    asked = db.session.get_one(Clarification, event.object_id)
    link = page_of("clarification_desk.index", reference=asked.itt.reference)
    to_authority(event, asked.itt, "tendering/clarification_asked", Role.COMMISSIONER, link=link)


def clarification_answered_alone(event: Event) -> None:
    """The asker hears of an answer that nobody else gets."""
    asked = db.session.get_one(Clarification, event.object_id)
    tell(
        event=event,
        people=recipients.people_of_providers([asked.provider_id]),
        template="tendering/answered_alone",
        link=page_of("clarifications.index", reference=asked.itt.reference, part=asked.reference),
        thread=asked.itt_id,
        itt=asked.itt,
        reference=asked.reference,
    )


def addendum_proposed(event: Event) -> None:
    """The approvers hear that a change waits, but for whoever proposed it."""
    addendum = db.session.get_one(Addendum, event.object_id)
    people = recipients.people_of_authority(addendum.itt.authority_id, Role.APPROVER, apart_from=event.actor_id)
    _to_officers(event, addendum, people, "tendering/addendum_proposed")


def addendum_refused(event: Event) -> None:
    """Whoever proposed the change hears that it was refused, and why."""
    addendum = db.session.get_one(Addendum, event.object_id)
    people = recipients.still_here([addendum.proposed_by_id])
    _to_officers(event, addendum, people, "tendering/addendum_refused")


def bidder_wrote(event: Event) -> None:
    """The commissioners hear that a bidder wrote; the words stay on their page."""
    held = db.session.get_one(Correspondence, event.object_id)
    link = page_of("bidder_messages.show", reference=held.itt.reference, thread=held.reference)
    to_authority(
        event, held.itt, "corresponding/bidder_wrote", Role.COMMISSIONER, link=link, provider=held.provider.name
    )


def buyer_wrote(event: Event) -> None:
    """The bidder's people hear what the buyer wrote."""
    held = db.session.get_one(Correspondence, event.object_id)
    bid = db.session.scalars(
        select(Bid).where(Bid.itt_id == held.itt_id, Bid.provider_id == held.provider_id).order_by(Bid.created_at)
    ).first()
    assert bid is not None
    tell(
        event=event,
        people=recipients.people_of_providers([held.provider_id]),
        template="corresponding/buyer_wrote",
        link=page_of("bid_messages.show", reference=bid.reference),
        thread=held.itt_id,
        itt=held.itt,
        words=db.session.get_one(CorrespondenceEntry, uuid.UUID(event.data["entry"])).words,
    )


def _to_officers(event: Event, addendum: Addendum, people: Sequence[uuid.UUID], template: str) -> None:
    tell(
        event=event,
        people=people,
        template=template,
        link=page_of("addenda.show", reference=addendum.itt.reference, addendum_id=addendum.id),
        thread=addendum.itt_id,
        itt=addendum.itt,
        addendum=addendum,
    )
