"""Letters about the late box: officers read that something came and when, and never whose it is."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from portal.audit.models import Event
from portal.bidding.late_models import LateBid
from portal.bidding.models import Bid
from portal.bidding.states import LateStatus
from portal.core.columns import db
from portal.core.permissions import Role
from portal.notifications import recipients
from portal.notifications.addressing import page_of, to_bidders
from portal.notifications.composing import tell
from portal.tendering.models import InvitationToTender


def late_bid_kept(event: Event) -> None:
    """The bidder's own people hear that it is kept, and that it is no bid yet."""
    bid = db.session.get_one(Bid, event.object_id)
    _to_bidder(event, bid, "bidding/late_bid_kept", at=datetime.fromisoformat(event.data["received_at"]))


def late_bid_came(event: Event) -> None:
    """The commissioners hear that something came late."""
    itt = db.session.get_one(InvitationToTender, uuid.UUID(event.data["itt"]))
    people = recipients.people_of_authority(itt.authority_id, Role.COMMISSIONER)
    at = datetime.fromisoformat(event.data["received_at"])
    _to_officers(event, itt, people, "bidding/late_bid_came", at=at)


def late_bid_proposed(event: Event) -> None:
    """The approvers hear that a decision waits for them, but for whoever proposed it."""
    late = db.session.get_one(LateBid, event.object_id)
    people = recipients.people_of_authority(late.itt.authority_id, Role.APPROVER, apart_from=event.actor_id)
    _to_officers(event, late.itt, people, "bidding/late_bid_proposed", admits=event.data["admits"])


def late_bid_decided(event: Event) -> None:
    """The bidder hears the decision with its reason; of a proposal that was sent back, whoever had proposed it."""
    late = db.session.get_one(LateBid, event.object_id)
    if event.data["outcome"] == LateStatus.KEPT:
        proposer = recipients.still_here([uuid.UUID(event.data["proposer"])])
        _to_officers(event, late.itt, proposer, "bidding/late_bid_sent_back")
    else:
        admitted = event.data["outcome"] == LateStatus.ADMITTED
        _to_bidder(event, late.bid, "bidding/late_bid_decided", admitted=admitted, reason=late.reason)


def _to_bidder(event: Event, bid: Bid, template: str, **values: Any) -> None:
    to_bidders(event, [bid], template, "bid_late.show", **values)


def _to_officers(
    event: Event, itt: InvitationToTender, people: Sequence[uuid.UUID], template: str, **values: Any
) -> None:
    link = page_of("late_box.index", reference=itt.reference)
    tell(event=event, people=people, template=template, link=link, thread=itt.id, itt=itt, **values)
