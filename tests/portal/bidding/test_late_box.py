"""The late box: sealed, never read before two people admit it, and opened with the others once they did (D-21)."""

from __future__ import annotations

from typing import Any

import pytest
from flask import current_app

from portal.accounts.models import User
from portal.audit.kinds import EventKind
from portal.audit.queries import events_of
from portal.bidding.abandoning import abandon_bid
from portal.bidding.late_box import decide_late, keep_late, late_bid_of, propose_late
from portal.bidding.late_models import LateBid
from portal.bidding.models import Bid, OpenedBid
from portal.bidding.receipts import LATE, verify_receipt
from portal.bidding.received import differences
from portal.bidding.reconciling import reconcile_files
from portal.bidding.states import LateStatus
from portal.core.errors import NotAllowed, NotFound, WrongState
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.tendering.models import InvitationToTender
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.bidding import EDITION, close_now, complete_draft, draft_bid, open_itt, submit, submitter_of
from tests.factories.tendering import published_itt
from tests.pages import read
from tests.portal.tendering.views.browsing import errors_of, filled, post

REASON = "The portal answered with errors for the last four minutes before the closing time."


@pytest.fixture
def itt(db_session: object) -> InvitationToTender:
    return published_itt()


@pytest.fixture
def submitter(itt: InvitationToTender) -> Actor:
    return submitter_of()


@pytest.fixture
def bid(itt: InvitationToTender, submitter: Actor) -> Bid:
    """A draft that lacked nothing but submission when bidding closed."""
    made = complete_draft(itt, actor=submitter)
    close_now(itt)
    return made


def _officer(itt: InvitationToTender, role: Role) -> Actor:
    return actor_of(make_person(role, authority=itt.authority))


def _kept(bid: Bid, submitter: Actor) -> LateBid:
    late = keep_late(bid=bid, actor=submitter, keys=current_app.extensions["keys"], declared=EDITION)
    db.session.flush()
    return late


def _proposed(bid: Bid, submitter: Actor, *, admits: bool = True) -> tuple[LateBid, Actor]:
    late, commissioner = _kept(bid, submitter), _officer(bid.itt, Role.COMMISSIONER)
    propose_late(itt=bid.itt, late_id=late.id, admits=admits, reason=REASON, actor=commissioner)
    return late, commissioner


def _opened(itt: InvitationToTender) -> set[str]:
    open_itt(itt)
    opened = db.session.scalars(
        db.select(OpenedBid).join(Bid).where(Bid.itt_id == itt.id, OpenedBid.quality.is_not(None))
    )
    return {each.bid.reference for each in opened}


def test_what_came_late_is_no_bid(bid: Bid, submitter: Actor, itt: InvitationToTender) -> None:
    """It has no version, is not opened, and its receipt says so in words that the signature covers."""
    late = _kept(bid, submitter)
    assert (bid.version, late.status, late.number) == (0, LateStatus.KEPT, 1)
    assert late.receipt["body"]["late"]["standing"] == LATE
    assert _opened(itt) == set()
    assert late_bid_of(bid) is late


def test_two_people_admit_it(bid: Bid, submitter: Actor, itt: InvitationToTender) -> None:
    """Whoever proposed cannot decide; once a second person did, it is opened with the others, and all records agree."""
    late, proposer = _proposed(bid, submitter)
    with pytest.raises(NotAllowed):
        decide_late(itt=itt, late_id=late.id, agrees=True, actor=proposer)
    decide_late(itt=itt, late_id=late.id, agrees=True, actor=_officer(itt, Role.APPROVER))
    db.session.refresh(bid)
    assert (bid.version, bid.status.value, late.status) == (1, "submitted", LateStatus.ADMITTED)
    assert differences(itt.id) == []
    found = reconcile_files(files=current_app.extensions["files"]).findings
    assert [each for each in found if each.identifier in {late.id, bid.id}] == []
    assert [event.kind for event in events_of(bid.id)][-2:] == [EventKind.BID_KEPT_LATE, EventKind.BID_ADMITTED_LATE]
    assert _opened(itt) == {bid.reference}


def test_whoever_proposed_does_not_decide(bid: Bid, submitter: Actor, itt: InvitationToTender) -> None:
    """Also somebody with both roles is one person; the database refuses it as well."""
    both = actor_of(make_person(Role.COMMISSIONER, Role.APPROVER, authority=itt.authority))
    late = _kept(bid, submitter)
    propose_late(itt=itt, late_id=late.id, admits=True, reason=REASON, actor=both)
    with pytest.raises(NotAllowed, match="two people"):
        decide_late(itt=itt, late_id=late.id, agrees=True, actor=both)
    assert late.status is LateStatus.PROPOSED


def test_what_is_refused_stays_sealed(bid: Bid, submitter: Actor, itt: InvitationToTender) -> None:
    """A refusal by two people is the end of it; a proposal that is sent back can be made again."""
    late, proposer = _proposed(bid, submitter, admits=True)
    approver = _officer(itt, Role.APPROVER)
    decide_late(itt=itt, late_id=late.id, agrees=False, actor=approver)
    assert late.status is LateStatus.KEPT
    propose_late(itt=itt, late_id=late.id, admits=False, reason=REASON, actor=proposer)
    decide_late(itt=itt, late_id=late.id, agrees=True, actor=approver)
    assert late.status is LateStatus.REFUSED
    with pytest.raises(WrongState):
        propose_late(itt=itt, late_id=late.id, admits=True, reason=REASON, actor=proposer)
    assert _opened(itt) == set()


def test_nothing_is_admitted_after_the_opening(bid: Bid, submitter: Actor, itt: InvitationToTender) -> None:
    """Once prices can be known nobody's bid comes in."""
    late, _proposer = _proposed(bid, submitter)
    approver = _officer(itt, Role.APPROVER)
    open_itt(itt)
    with pytest.raises(WrongState):
        decide_late(itt=itt, late_id=late.id, agrees=True, actor=approver)


def test_only_late_and_only_once(submitter: Actor, itt: InvitationToTender) -> None:
    """While bidding is open it is refused with what to do instead; the same bid is kept once."""
    bid = complete_draft(itt, actor=submitter)
    keys = current_app.extensions["keys"]
    with pytest.raises(WrongState, match="Bidding is open"):
        keep_late(bid=bid, actor=submitter, keys=keys, declared=EDITION)
    submit(bid, submitter)
    close_now(itt)
    with pytest.raises(WrongState, match="submitted in time is the same"):
        keep_late(bid=bid, actor=submitter, keys=keys, declared=EDITION)


def test_what_is_in_the_late_box_is_not_deleted(bid: Bid, submitter: Actor) -> None:
    """It is evidence, and so is the draft that it was made of."""
    _kept(bid, submitter)
    with pytest.raises(WrongState, match="in the late box"):
        abandon_bid(bid=bid, actor=submitter, files=current_app.extensions["files"])


def test_another_authority_decides_nothing(bid: Bid, submitter: Actor, itt: InvitationToTender) -> None:
    """A late bid of one invitation is not found from another, nor by another authority."""
    late, other = _kept(bid, submitter), published_itt()
    with pytest.raises(NotFound):
        propose_late(itt=other, late_id=late.id, admits=True, reason=REASON, actor=_officer(other, Role.COMMISSIONER))
    with pytest.raises(NotFound):
        propose_late(itt=itt, late_id=late.id, admits=True, reason=REASON, actor=_officer(other, Role.COMMISSIONER))


def _words(answer: Any) -> str:
    return " ".join(read(answer.text).get_text(" ").split())


def test_over_http_nobody_learns_whose_it_is(
    client: CheckedClient, bid: Bid, submitter: Actor, itt: InvitationToTender
) -> None:
    """The receipt verifies and says that it is late; officers decide without a name, and the bidder reads why."""
    sign_in(client, db.session.get_one(User, submitter.user_id))
    page = f"/provider/bids/{bid.reference}/late-box"
    action, sent = filled(client, page)
    assert "Read what you declare" in errors_of(client.post(action, data=sent | {"declared": ""}))[""]
    assert client.post(action, data=sent).location == page
    assert "Late, and not a bid yet" in _words(client.get(page))
    verdict = verify_receipt(client.get(f"{page}/receipt.json").get_data(), bid=bid.reference)
    assert verdict.holds
    assert LATE in dict(verdict.said)["Late"]
    box = f"/commissioning/itts/{itt.reference}/late-box"
    for role, verdict_given in ((Role.COMMISSIONER, "admit"), (Role.APPROVER, "agree")):
        sign_in(client, make_person(role, authority=itt.authority))
        shown = client.get(box).text
        assert [said for said in (bid.reference, bid.provider.name, str(bid.id)) if said in shown] == []
        if role is Role.COMMISSIONER:
            short = post(client, box, verdict="admit", reason="Late.")
            assert "Say why" in errors_of(short)["#reason"]
        assert post(client, box, verdict=verdict_given, reason=REASON).location == box
    sign_in(client, db.session.get_one(User, submitter.user_id))
    assert REASON in _words(client.get(page))
    assert "admitted since" in _words(client.get(f"/provider/bids/{bid.reference}/receipt"))


def test_an_incomplete_draft_is_not_kept(client: CheckedClient, submitter: Actor, itt: InvitationToTender) -> None:
    """The page lists what it lacks, and has no button."""
    bid = draft_bid(itt, actor=submitter)
    close_now(itt)
    sign_in(client, db.session.get_one(User, submitter.user_id))
    said = _words(client.get(f"/provider/bids/{bid.reference}/late-box"))
    assert "Give your price." in said
    assert "Put it into the late box" not in said
