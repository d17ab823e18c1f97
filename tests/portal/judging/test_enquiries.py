"""Asking bidders about opened bids: what was left out, grounds for exclusion, low prices; and their answers in time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import current_app
from sqlalchemy import select

from portal.bidding.models import OpenedBid
from portal.core import clock
from portal.core.errors import Conflict, DeadlinePassed, InvalidInput, NotAllowed, NotFound, WrongState
from portal.core.keeping import read_kept
from portal.evaluation.reading import read_compliance
from portal.extensions import db
from portal.judging.answering import answer_enquiry
from portal.judging.asking import list_omissions, raise_ground
from portal.judging.queries import standing_of, waiting_of
from portal.judging.states import Concern, JudgementStatus, Verdict
from portal.regulation.local_time import local_date
from tests.factories.awarding import propose, ready_for_award
from tests.factories.bidding import opened_itt, submitter_of
from tests.factories.ending import cancelled
from tests.factories.judging import (
    ANSWER,
    FOUNDED,
    HEARD,
    INSURED,
    MISSING,
    RECORDS,
    answered,
    asked_about_price,
    bids_of,
    checked_itt,
    decide,
    in_days,
    judge_enquiry,
    let_it_run_out,
    listed,
    raised,
)
from tests.factories.tendering import make_commissioner

pytestmark = pytest.mark.usefixtures("db_session")


def test_what_is_missing_is_asked_once_with_one_day_for_all() -> None:
    """Both bidders have the same time; asking again is refused; quality and price are never in the list."""
    itt = checked_itt(2)
    first, second = bids_of(itt)
    enquiries = listed({first: [RECORDS, "welcome"], second: [INSURED, FOUNDED]})
    assert {(one.bid_id, tuple(one.keys)) for one in enquiries} == {(first.id, (RECORDS,)), (second.id, (INSURED,))}
    assert len({one.due_at for one in enquiries}) == 1
    with pytest.raises(Conflict, match="asked once"):
        listed({first: [INSURED]})


def test_an_answer_stands_beside_the_sealed_bid() -> None:
    """Text and document are read back; what the opening revealed is as it was; it is sent once."""
    itt = checked_itt(1)
    [bid] = bids_of(itt)
    officer = make_commissioner(itt.authority)
    before = read_compliance(itt=itt, bid_id=bid.id, actor=officer).answers
    [enquiry] = listed({bid: [RECORDS]})
    answered(enquiry, uploads=[("page.txt", lambda: b"The page that was missing.\n")])
    assert enquiry.answers == {RECORDS: ANSWER}
    db.session.refresh(enquiry, ["files"])
    [file] = enquiry.files
    assert read_kept(file, files=current_app.extensions["files"]) == b"The page that was missing.\n"
    after = read_compliance(itt=itt, bid_id=bid.id, actor=officer).answers
    assert [one.shown for one in after] == [one.shown for one in before]
    assert db.session.scalars(select(OpenedBid.bid_id)).all() == [bid.id]
    with pytest.raises(WrongState):
        answered(enquiry)


def test_an_answer_that_comes_too_late_is_refused() -> None:
    """At the instant itself it is too late, for everybody."""
    [enquiry] = listed({bids_of(checked_itt(1))[0]: [RECORDS]})
    let_it_run_out(enquiry)
    with pytest.raises(DeadlinePassed, match="for every bidder"):
        answered(enquiry)
    assert enquiry.answers is None


def test_a_ground_is_judged_once_the_bidder_was_heard_and_by_two_people() -> None:
    """Not while it can still answer; either verdict waits for a second person; a failure takes the bid out."""
    itt = opened_itt(2)
    first, second = bids_of(itt)
    enquiry = raised(first)
    with pytest.raises(WrongState, match="can answer until"):
        judge_enquiry(enquiry)
    answered(enquiry)
    judgement = judge_enquiry(enquiry)
    assert judgement.status is JudgementStatus.PROPOSED
    decide(judgement)
    assert first.disregarded_at is not None
    other = raised(second)
    let_it_run_out(other)
    kept = judge_enquiry(other, Verdict.PASSES)
    assert kept.status is JudgementStatus.PROPOSED
    decide(kept)
    assert second.disregarded_at is None
    assert not waiting_of([itt.id])[itt.id].is_anything


def test_what_was_decided_is_raised_again_where_something_new_is_known() -> None:
    """Not while it waits; each time is asked, heard and judged by itself, and the judgement before stays as it is."""
    [bid] = bids_of(opened_itt(1))
    first = raised(bid)
    let_it_run_out(first)
    with pytest.raises(Conflict, match="waits for its judgement"):
        raised(bid)
    decide(judge_enquiry(first, Verdict.PASSES))
    for _ in range(2):
        again = raised(bid)
        assert again.subject == f"{first.subject} (raised again)"
        assert waiting_of([bid.itt_id])[bid.itt_id].to_judge == 1
        let_it_run_out(again)
        last = judge_enquiry(again, Verdict.PASSES if again.about == "insolvency:2/" else Verdict.FAILS)
        decide(last)
    states = [one.decided.verdict for one in standing_of(bid.itt, bid.id).raised if one.decided is not None]
    assert (states, bid.disregarded_at is None) == ([Verdict.PASSES, Verdict.PASSES, Verdict.FAILS], False)


def test_a_low_price_holds_the_award_until_two_people_accept_it() -> None:
    """Nothing is rejected by itself, and the scores stay; once it is accepted the award goes on."""
    itt = ready_for_award(2)
    first = bids_of(itt)[0]
    enquiry = asked_about_price(first)
    with pytest.raises(WrongState, match="1 judgement is still open"):
        propose(itt, make_commissioner(itt.authority))
    answered(enquiry)
    decide(judge_enquiry(enquiry, Verdict.PASSES))
    assert propose(itt, make_commissioner(itt.authority)).places[0].bid_id == first.id


def test_nobody_asks_about_a_price_before_the_panels_have_closed() -> None:
    """No price weighs on a score."""
    with pytest.raises(WrongState, match="before every panel has closed"):
        asked_about_price(bids_of(opened_itt(1))[0])


def _refused() -> dict[str, tuple[Callable[[], object], type[Exception]]]:
    itt = checked_itt(1)
    [bid] = bids_of(itt)
    officer, now = make_commissioner(itt.authority), clock.now()
    enquiry = raised(bid)

    def asked(**changed: object) -> Callable[[], object]:
        what = {"ground": "ceased", "concern": Concern.SUBCONTRACTOR, "whom": "Demo Subcontractor Ltd", "words": HEARD}
        what |= {"due_date": in_days()} | changed
        return lambda: raise_ground(itt=itt, bid_id=bid.id, actor=officer, now=now, **what)  # type: ignore[arg-type]

    def said(actor: object, words: str = ANSWER) -> Callable[[], object]:
        files = current_app.extensions["files"]
        return lambda: answer_enquiry(
            enquiry=enquiry,
            answers={"": words},
            uploads=(),
            actor=actor,  # type: ignore[arg-type]
            files=files,
        )

    own = submitter_of(bid.provider)
    return {
        "no such ground": (asked(ground="rudeness"), InvalidInput),
        "nobody named": (asked(whom=""), InvalidInput),
        "no words": (asked(words="Well?"), InvalidInput),
        "no day": (asked(due_date=None), InvalidInput),
        "today": (asked(due_date=clock.today()), InvalidInput),
        "too far away": (asked(due_date=clock.today() + timedelta(days=90)), InvalidInput),
        "raised twice": (asked(ground="insolvency", concern=Concern.BIDDER), Conflict),
        "nothing said": (said(own, " \u200b "), InvalidInput),
        "too much said": (said(own, "x" * 20_001), InvalidInput),
        "another bidder answers": (said(submitter_of()), NotFound),
        "an officer answers": (said(officer), NotAllowed),
        "nothing chosen": (
            lambda: list_omissions(
                itt=itt, missing={bid.id: [FOUNDED]}, words=MISSING, due_date=in_days(), actor=officer, now=now
            ),
            InvalidInput,
        ),
        "a judgement of nothing": (lambda: standing_of(opened_itt(1), bid.id), NotFound),
    }


CASES = (
    "no such ground", "nobody named", "no words", "no day", "today", "too far away", "raised twice", "nothing said",
    "too much said", "another bidder answers", "an officer answers", "nothing chosen", "a judgement of nothing",
)  # fmt: skip


def test_what_cannot_be_asked_or_answered_is_refused() -> None:
    """Each for its own reason."""
    refused = _refused()
    assert tuple(refused) == CASES
    for act, refusal in refused.values():
        with pytest.raises(refusal):
            act()


def test_nobody_answers_once_the_procurement_is_over() -> None:
    """What waits for an answer ends with it."""
    itt = opened_itt(1)
    enquiry = raised(bids_of(itt)[0])
    cancelled(itt)
    assert enquiry.policy_state == "ended"
    with pytest.raises(WrongState):
        answered(enquiry)


def test_one_ground_is_raised_for_each_whom_it_concerns() -> None:
    """Two subcontractors are heard and judged apart; a bid that one of them takes out is told to the Minister."""
    [bid] = bids_of(opened_itt(1))
    first, second = raised(bid, whom="Demo Cleaning Ltd"), raised(bid, whom="Demo Catering Ltd")
    with pytest.raises(Conflict):
        raised(bid, whom="demo cleaning ltd")
    for one in (first, second):
        answered(one)
    assert (first.concern, first.subject) == (
        Concern.SUBCONTRACTOR,
        "Has become insolvent, gone into administration or agreed terms with creditors: Demo Cleaning Ltd",
    )
    kept, out = decide(judge_enquiry(first, Verdict.PASSES)), decide(judge_enquiry(second))
    assert (kept.minister_by, out.minister_by) == (None, local_date(out.decided_at) + timedelta(days=29))
    assert bid.disregarded_at is not None
