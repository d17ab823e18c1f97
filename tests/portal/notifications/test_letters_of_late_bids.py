"""Letters about the late box: who reads them, and that officers never read whose a late bid is."""

from __future__ import annotations

import pytest
from flask import current_app

from portal.audit.kinds import EventKind
from portal.bidding.late_box import decide_late, keep_late, propose_late
from portal.bidding.late_models import LateBid
from portal.bidding.models import Bid
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.notifications import letters_of_late_bids
from portal.notifications.models import Message
from portal.notifications.recipients import people_of_authority
from tests.factories.accounts import actor_of, make_person
from tests.factories.bidding import EDITION, close_now, complete_draft, submitter_of
from tests.factories.tendering import published_itt
from tests.portal.notifications.test_letters import told

REASON = "The portal answered with errors for the last four minutes before the closing time."


@pytest.fixture
def bid(db_session: object) -> Bid:
    """In the late box."""
    itt, submitter = published_itt(), submitter_of()
    made = complete_draft(itt, actor=submitter)
    close_now(itt)
    keep_late(bid=made, actor=submitter, keys=current_app.extensions["keys"], declared=EDITION)
    db.session.flush()
    return made


def _officer(bid: Bid, role: Role) -> Actor:
    return actor_of(make_person(role, authority=bid.itt.authority))


def _says(message: Message, bid: Bid) -> list[str]:
    whole = f"{message.subject} {message.body} {message.link}"
    return [said for said in (bid.reference, str(bid.id), bid.provider.name) if said in whole]


def test_that_something_came_late_is_told_without_a_name(bid: Bid) -> None:
    """The bidder reads that it is no bid yet; commissioners read when it came and nothing of whose it is."""
    commissioner = _officer(bid, Role.COMMISSIONER)
    kept = told(EventKind.BID_KEPT_LATE, letters_of_late_bids.late_bid_kept)
    assert {message.link for message in kept} == {f"/provider/bids/{bid.reference}/late-box"}
    assert "not a bid" in kept[0].body
    came = told(EventKind.BID_KEPT_LATE, letters_of_late_bids.late_bid_came)
    officers = [message for message in came if message.link.startswith("/commissioning/")]
    assert commissioner.user_id in {message.user_id for message in officers}
    assert [_says(message, bid) for message in officers] == [[]] * len(officers)


@pytest.mark.parametrize("agrees", [True, False])
def test_a_decision_goes_to_the_bidder_and_a_disagreement_to_the_proposer(bid: Bid, agrees: bool) -> None:
    """The bidder reads the reason once it is decided, and nothing of a proposal that was sent back."""
    late = db.session.query(LateBid).one()
    proposer, approver = _officer(bid, Role.COMMISSIONER), _officer(bid, Role.APPROVER)
    propose_late(itt=bid.itt, late_id=late.id, admits=True, reason=REASON, actor=proposer)
    asked = told(EventKind.LATE_BID_PROPOSED, letters_of_late_bids.late_bid_proposed)
    assert {message.user_id for message in asked} == set(people_of_authority(bid.itt.authority_id, Role.APPROVER))
    decide_late(itt=bid.itt, late_id=late.id, agrees=agrees, actor=approver)
    decided = [
        message
        for message in told(EventKind.LATE_BID_DECIDED, letters_of_late_bids.late_bid_decided)
        if message.kind in {"bidding/late_bid_decided", "bidding/late_bid_sent_back"}
    ]
    if agrees:
        assert {message.link for message in decided} == {f"/provider/bids/{bid.reference}/late-box"}
        assert REASON in decided[0].body
    else:
        assert [message.user_id for message in decided] == [proposer.user_id]
        assert _says(decided[0], bid) == []
