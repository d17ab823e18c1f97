"""Bids and addenda that change questions: kept, asked to be confirmed, opened with a mark where they were not."""

from __future__ import annotations

import json
import uuid

import pytest
from flask import current_app
from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.queries import events_of
from portal.bidding.action_log import acts_of
from portal.bidding.closing import TooLate
from portal.bidding.confirming import changed_since, confirm_bid
from portal.bidding.drafting import save_answers
from portal.bidding.envelopes import content_of
from portal.bidding.models import Bid, OpenedBid
from portal.bidding.progress import BidProgress, bid_progress
from portal.bidding.queries import version_of
from portal.bidding.receipts import verify_receipt, whole_receipt
from portal.bidding.sealing import Overtaken, Submitted, read_version, submit_bid
from portal.core.drafts import Incomplete
from portal.core.errors import NotFound, WrongState
from portal.core.permissions import Actor
from portal.extensions import db
from portal.tendering.method_versions import method_version
from tests.factories.bidding import EDITION, close_now, complete_draft, open_itt, submit, submitted_bid, submitter_of
from tests.portal.tendering.amending.test_questions import QuestionCase


class BidCase(QuestionCase):
    """The same with one bidder whose bid is submitted."""

    def __init__(self) -> None:
        super().__init__()
        self.bidder = submitter_of()
        self.bid = submitted_bid(self.itt, actor=self.bidder)

    def confirm(
        self, actor: Actor | None = None, *, seen: int | None = None, key: uuid.UUID | None = None
    ) -> Submitted:
        done = confirm_bid(
            bid=self.bid,
            actor=actor or self.bidder,
            keys=current_app.extensions["keys"],
            idempotency_key=key or uuid.uuid4(),
            seen=self.itt.method_version if seen is None else seen,
        )
        self.refresh()
        return done

    def refresh(self) -> None:
        db.session.refresh(self.bid)
        db.session.refresh(self.bid.lot)

    def said(self, number: int) -> dict[str, str]:
        version = version_of(self.bid, number)
        keys = current_app.extensions["keys"]
        return content_of(read_version(bid=self.bid, version=version, actor=self.bidder, keys=keys)).answers

    def opened(self) -> OpenedBid:
        close_now(self.itt)
        open_itt(self.itt)
        return db.session.scalars(select(OpenedBid).where(OpenedBid.bid_id == self.bid.id)).one()


@pytest.fixture
def case(db_session: object) -> BidCase:
    """A submitted bid, and who may change what it answers."""
    return BidCase()


def test_a_bid_that_an_addendum_overtook_stays_submitted_and_asks_to_be_confirmed(case: BidCase) -> None:
    """Its state says so until it is confirmed."""
    assert bid_progress(case.bid) is BidProgress.SUBMITTED
    case.change()
    case.refresh()
    assert case.bid.status.is_submitted
    assert bid_progress(case.bid) is BidProgress.NOT_CONFIRMED
    assert [change.key for change in changed_since(case.bid)] == [case.question().key]
    case.confirm()
    assert bid_progress(case.bid) is BidProgress.SUBMITTED
    assert changed_since(case.bid) == []


def test_confirming_seals_the_same_content_for_the_new_questions_with_a_receipt(case: BidCase) -> None:
    """A version of its own, whose receipt names the version of method and questions and can be verified."""
    case.change()
    done = case.confirm()
    assert (done.version, case.bid.version, case.said(2)) == (2, 2, case.said(1))
    version = version_of(case.bid)
    parts = read_version(bid=case.bid, version=version, actor=case.bidder, keys=current_app.extensions["keys"])
    receipt = whole_receipt(version.receipt, parts)
    held = method_version(case.itt.id, 2)
    assert receipt["body"]["method"] == {"version": 2, "sha256": held.hash}
    assert verify_receipt(json.dumps(receipt)).holds
    event = events_of(str(case.bid.id))[-1]
    assert (event.kind, event.data["method"], event.data["confirms"]) == (EventKind.BID_SUBMITTED, 2, 1)


def test_confirming_takes_what_was_submitted_and_not_what_the_draft_says(case: BidCase) -> None:
    """Changes that were not submitted stay in the draft, and stay unsubmitted."""
    case.change()
    keys = current_app.extensions["keys"]
    save_answers(bid=case.bid, actor=case.bidder, keys=keys, answers={case.question().key: "Something new."})
    case.confirm()
    assert case.said(2) == case.said(1)
    assert bid_progress(case.bid) is BidProgress.CHANGES_NOT_SUBMITTED


def test_submitting_again_confirms_too_even_an_unchanged_draft(case: BidCase) -> None:
    """Whatever is submitted under the new questions answers them."""
    case.change()
    case.refresh()
    submit(case.bid, case.bidder)
    case.refresh()
    assert (case.bid.version, bid_progress(case.bid)) == (2, BidProgress.SUBMITTED)


def test_pressing_twice_confirms_once_and_there_is_nothing_to_confirm_twice(case: BidCase) -> None:
    """The same request has the same receipt; another one is refused in words."""
    with pytest.raises(WrongState):
        case.confirm()
    case.change()
    key = uuid.uuid4()
    assert (case.confirm(key=key).version, case.confirm(key=key).repeated) == (2, True)
    with pytest.raises(WrongState):
        case.confirm()


def test_what_the_addendum_asks_anew_is_not_confirmed_away(case: BidCase) -> None:
    """A further question that must be answered, or a shorter limit, has to be answered first."""
    case.add()
    case.publish(case.propose_questions())
    with pytest.raises(Incomplete) as refused:
        case.confirm()
    assert len(refused.value.gaps) == 1


def test_after_the_closing_time_nothing_is_confirmed(case: BidCase) -> None:
    """And the version that was submitted stays the last one."""
    case.change()
    close_now(case.itt)
    with pytest.raises(TooLate):
        case.confirm()
    assert case.bid.version == 1


def test_nobody_confirms_or_submits_what_they_did_not_see(case: BidCase) -> None:
    """A page from before the addendum is refused: the questions have changed."""
    draft = complete_draft(case.itt, actor=submitter_of())
    case.change()
    with pytest.raises(Overtaken):
        case.confirm(seen=1)
    with pytest.raises(Overtaken):
        submit_bid(
            bid=draft,
            actor=submitter_of(draft.provider),
            keys=current_app.extensions["keys"],
            idempotency_key=uuid.uuid4(),
            expected_revision=draft.draft_revision,
            declared=EDITION,
            seen=1,
        )


def test_another_bidders_bid_is_not_there_to_be_confirmed(case: BidCase) -> None:
    """As for every act on a bid."""
    case.change()
    with pytest.raises(NotFound):
        case.confirm(submitter_of())


def test_a_bid_that_was_not_confirmed_is_opened_with_the_mark(case: BidCase) -> None:
    """And one that was, without."""
    other = submitted_bid(case.itt)
    case.change()
    case.confirm()
    mine = case.opened()
    theirs = db.session.get_one(OpenedBid, other.id)
    assert (mine.is_sound, mine.answered_before, mine.mark) == (True, [], "")
    assert (theirs.is_sound, theirs.answered_before, theirs.mark) == (True, [1], "Answered before change 1")


def test_a_draft_is_told_what_changed_since_it_was_begun(case: BidCase) -> None:
    """One that was begun afterwards is not."""
    before: Bid = complete_draft(case.itt)
    case.change()
    after = complete_draft(case.itt)
    assert [change.key for change in changed_since(before)] == [case.question().key]
    assert changed_since(after) == []


def test_the_log_of_the_bid_tells_a_confirmation_from_a_submission(case: BidCase) -> None:
    """With both numbers, for the bidder's own people."""
    case.change()
    case.confirm()
    assert acts_of(case.bid, case.bidder)[-1].what.startswith("Version 1 was confirmed")
