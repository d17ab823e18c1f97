"""Who hears what is judged of a bid, what they read, and where the letter leads."""

from __future__ import annotations

import pytest

from portal.audit.kinds import EventKind
from portal.core import clock
from portal.core.permissions import Role
from portal.judging.deciding import refuse_judgement
from portal.judging.states import Verdict
from portal.notifications import letters_of_judgements as letters
from portal.notifications.recipients import people_of_authority
from tests.factories.accounts import make_person
from tests.factories.awarding import approver_of
from tests.factories.bidding import submitter_of
from tests.factories.judging import CHECKED, INSURED, WHY, bids_of, checked_itt, decide, judge, taken_out
from tests.portal.notifications.test_letters_of_endings import told

pytestmark = pytest.mark.usefixtures("db_session")


def test_approvers_hear_what_waits_and_commissioners_what_is_refused() -> None:
    """Every approver reads whose bid it is and is led to the page of the decision."""
    itt = checked_itt(1)
    make_person(Role.APPROVER, authority=itt.authority)
    judgement = judge(bids_of(itt)[0])
    page = f"/commissioning/itts/{itt.reference}/compliance/judgements/{judgement.id}"
    proposed = told(EventKind.JUDGEMENT_PROPOSED, letters.judgement_proposed)
    assert {one.user_id for one in proposed} == set(people_of_authority(itt.authority_id, Role.APPROVER))
    assert {one.link for one in proposed} == {page}
    assert all(bids_of(itt)[0].provider.name in one.body for one in proposed)
    refuse_judgement(judgement=judgement, actor=approver_of(itt.authority), note=CHECKED, now=clock.now())
    refused = told(EventKind.JUDGEMENT_REFUSED, letters.judgement_refused)
    assert judgement.proposed_by_id in {one.user_id for one in refused}
    assert CHECKED in refused[0].body


def test_the_bidder_hears_that_its_bid_is_out_and_why() -> None:
    """The question, the reason and the law, and nothing of the approver's note; the other bidder hears nothing."""
    bidder = submitter_of()
    itt = checked_itt(2, actor=bidder)
    bid = bids_of(itt)[0]
    taken_out(bid)
    [letter] = told(EventKind.JUDGEMENT_DECIDED, letters.judgement_decided)
    assert (letter.user_id, letter.link) == (bidder.user_id, f"/provider/bids/{bid.reference}/judgements")
    for said in ("not scored and not ranked", "How do you keep records?", WHY, "section 19(3)"):
        assert said in letter.body
    assert CHECKED not in letter.body


def test_the_bidder_hears_whether_it_is_back() -> None:
    """One of two failures that is taken back leaves it out; the second brings it back."""
    bid = bids_of(checked_itt(1))[0]
    taken_out(bid)
    taken_out(bid, INSURED)
    decide(judge(bid, verdict=Verdict.PASSES))
    [still_out] = told(EventKind.JUDGEMENT_DECIDED, letters.judgement_decided)
    assert "stays out for another reason" in still_out.body
    assert "was not accepted" in still_out.subject
    decide(judge(bid, INSURED, Verdict.PASSES))
    [back] = told(EventKind.JUDGEMENT_DECIDED, letters.judgement_decided)
    assert "it is scored and ranked" in back.body
    assert "Decided about your bid" in back.subject
