"""Who is told that bids are to stand for longer: every bidder that is asked, and both sides of each answer."""

from __future__ import annotations

import uuid

from portal.audit.models import Event
from portal.bidding.models import Bid
from portal.bidding.validity_models import ValidityRequest
from portal.core.columns import db
from portal.core.permissions import Role
from portal.notifications import recipients
from portal.notifications.addressing import page_of
from portal.notifications.composing import tell


def validity_asked(event: Event) -> None:
    """Everybody of each asked bidder hears once what is asked of its bids, why, and by when to answer."""
    request = _request(event)
    bids: dict[uuid.UUID, list[str]] = {}
    for reference, provider_id in sorted((answer.bid.reference, answer.bid.provider_id) for answer in request.answers):
        bids.setdefault(provider_id, []).append(reference)
    for provider_id, references in bids.items():
        tell(
            event=event,
            people=recipients.people_of_providers([provider_id]),
            template="awarding/validity_asked",
            link=page_of("validity.answer", reference=references[0]),
            thread=request.itt_id,
            itt=request.itt,
            bids=references,
            request=request,
        )


def answer_received(event: Event) -> None:
    """Everybody of the bidder has the receipt of what was answered, by whom and when."""
    request, bid = _request(event), _bid(event)
    tell(
        event=event,
        people=recipients.people_of_providers([bid.provider_id]),
        template="awarding/validity_receipt",
        link=page_of("validity.answer", reference=bid.reference),
        thread=request.itt_id,
        itt=request.itt,
        bid=bid,
        request=request,
        agrees=event.data["agrees"],
        at=event.at,
        position=event.seq,
        fingerprint=event.hash.hex(),
    )


def validity_answered(event: Event) -> None:
    """Commissioners hear what a bidder answered."""
    request, bid = _request(event), _bid(event)
    tell(
        event=event,
        people=recipients.people_of_authority(request.itt.authority_id, Role.COMMISSIONER),
        template="awarding/validity_answered",
        link=page_of("validity.index", reference=request.itt.reference),
        thread=request.itt_id,
        itt=request.itt,
        bid=bid,
        request=request,
        agrees=event.data["agrees"],
    )


def _request(event: Event) -> ValidityRequest:
    return db.session.get_one(ValidityRequest, event.object_id)


def _bid(event: Event) -> Bid:
    return db.session.get_one(Bid, uuid.UUID(event.data["bid"]))
