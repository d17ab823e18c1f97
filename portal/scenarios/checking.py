"""Bidders checked before an award, in the scenarios."""

from __future__ import annotations

from portal.core import clock
from portal.core.permissions import Actor
from portal.evaluation.reading import read_compliance
from portal.judging.behind import behind_bid
from portal.judging.checking import check_bidder
from portal.judging.queries import standings_of
from portal.tendering.models import InvitationToTender


def check_bidders(itt: InvitationToTender, actor: Actor) -> None:
    """The officer looks for everybody behind each bid that has still to be checked, and finds nothing."""
    for bid_id in [one.opened.bid_id for one in standings_of(itt) if one.needs_check]:
        reading = read_compliance(itt=itt, bid_id=bid_id, actor=actor)
        check_bidder(
            itt=itt,
            bid_id=bid_id,
            looked_at=[one.name for one in behind_bid(reading.bid.bid, reading.partners)],
            others="",
            looked_online=True,
            information_seen=True,
            note="",
            actor=actor,
            now=clock.now(),
        )
