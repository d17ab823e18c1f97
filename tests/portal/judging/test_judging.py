"""Judging what officers check: who, by how many people, and what a bid that fails is out of."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.awarding.deciding import decide_award
from portal.bidding.models import Bid
from portal.core import clock
from portal.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from portal.core.permissions import SYSTEM, Role
from portal.evaluation.queries import bid_to_score, bids_to_score
from portal.evaluation.reading import read_compliance
from portal.evaluation.results import calculate_result, diagnose_result
from portal.extensions import db
from portal.judging.deciding import decide_judgement, refuse_judgement
from portal.judging.judging import BY_RULE, pass_by_rule
from portal.judging.judging import judge as judge_bid
from portal.judging.models import Judgement
from portal.judging.queries import standings_of, waiting_of
from portal.judging.states import JudgementStatus, Matter, Verdict
from portal.scenarios.checking import check_bidders
from portal.tendering.models import InvitationToTender
from tests.factories.accounts import actor_of, make_person
from tests.factories.awarding import approver_of, propose, proposed_award
from tests.factories.bidding import opened_itt, opener_of
from tests.factories.ending import cancelled
from tests.factories.evaluation import KEYS, agree_all, best_first, close, result_of, score_all, scoring_itt, start
from tests.factories.judging import (
    CHECKED,
    DECLARED,
    FOUNDED,
    INSURED,
    JUDGED,
    RECORDS,
    WHY,
    bids_of,
    checked_itt,
    decide,
    judge,
    taken_out,
)
from tests.factories.tendering import make_commissioner, settle_interests

pytestmark = pytest.mark.usefixtures("db_session")
SMALL = {"professionals": 2, "young_people": 2, "parents": 2}


def states_of(bid: Bid) -> list[tuple[str, str, str]]:
    """Every judgement of the bid: about what, which, how far."""
    rows = db.session.scalars(select(Judgement).where(Judgement.bid_id == bid.id).order_by(Judgement.proposed_at))
    return [(one.about, one.verdict.value, one.status.value) for one in rows]


def passed(itt: InvitationToTender) -> InvitationToTender:
    """Everything of it that officers judge has passed."""
    pass_by_rule(itt=itt, actor=make_commissioner(itt.authority), now=clock.now())
    for bid in bids_of(itt):
        judge(bid, RECORDS, Verdict.PASSES)
    return itt


def scored(itt: InvitationToTender) -> InvitationToTender:
    """The panels have closed, the bidders are checked, and there is a result."""
    evaluation = scoring_itt(itt=itt, **SMALL)
    for key in KEYS:
        for seat in evaluation.scorers(key):
            score_all(evaluation, seat, best_first)
        start(evaluation, key)
        agree_all(evaluation, key, best_first)
        close(evaluation, key)
    check_bidders(itt, make_commissioner(itt.authority))
    calculated(itt)
    db.session.refresh(itt)
    return itt


def calculated(itt: InvitationToTender) -> None:
    """The worker has calculated what there is to calculate."""
    for result in calculate_result(itt_id=itt.id, now=clock.now()):
        diagnose_result(result_id=result.id)


def test_a_pass_stands_at_once_and_a_newer_one_replaces_it() -> None:
    """One person is enough; the earlier judgement stays in the record."""
    [bid] = bids_of(checked_itt(1))
    judge(bid, RECORDS, Verdict.PASSES)
    judge(bid, RECORDS, Verdict.PASSES, reason="They keep everything in a locked room.")
    assert states_of(bid) == [(RECORDS, "passes", "replaced"), (RECORDS, "passes", "decided")]
    assert bid.disregarded_at is None


def test_a_failure_takes_the_bid_out_once_a_second_person_decides() -> None:
    """Until then it is scored; then panels do not find it, officers still read it, and its row of the opening stays."""
    itt = checked_itt(2)
    bid, other = bids_of(itt)
    judgement = judge(bid)
    assert len(bids_to_score(itt.id)) == 2
    decide(judgement)
    assert [opened.bid_id for opened in bids_to_score(itt.id)] == [other.id]
    with pytest.raises(NotFound):
        bid_to_score(itt.id, bid.id)
    assert bid.disregarded_at == judgement.decided_at
    officer = make_commissioner(itt.authority)
    assert read_compliance(itt=itt, bid_id=bid.id, actor=officer).bid.is_sound
    assert [one.opened.stands for one in sorted(standings_of(itt), key=lambda one: one.opened.bid.created_at)] == [
        False,
        True,
    ]


def test_a_bid_comes_back_by_two_people_and_only_when_nothing_else_keeps_it_out() -> None:
    """A pass where a failure stands is decided by a second person as well."""
    [bid] = bids_of(checked_itt(1))
    for key in (RECORDS, INSURED):
        taken_out(bid, key)
    decide(judge(bid, RECORDS, Verdict.PASSES))
    assert bid.disregarded_at is not None
    waiting = judge(bid, INSURED, Verdict.PASSES)
    assert waiting.status is JudgementStatus.PROPOSED
    decide(waiting)
    assert bid.disregarded_at is None
    assert states_of(bid) == [
        (RECORDS, "fails", "replaced"),
        (INSURED, "fails", "replaced"),
        (RECORDS, "passes", "decided"),
        (INSURED, "passes", "decided"),
    ]


def test_one_press_passes_what_the_published_rules_pass_and_nothing_else() -> None:
    """Of two bids the "No", the words and the optional text are left; pressing again finds nothing more."""
    itt = checked_itt(2, said={INSURED: "no"})
    first, second = bids_of(itt)
    officer = make_commissioner(itt.authority)
    assert pass_by_rule(itt=itt, actor=officer, now=clock.now()) == 3
    assert sorted(states_of(first)) == [(DECLARED, "passes", "decided")]
    assert sorted(states_of(second)) == [(INSURED, "passes", "decided"), (DECLARED, "passes", "decided")]
    assert {one.reason for one in db.session.scalars(select(Judgement))} == {BY_RULE}
    assert pass_by_rule(itt=itt, actor=officer, now=clock.now()) == 0
    noted = db.session.scalars(select(Event.data).where(Event.kind == EventKind.PASSED_BY_RULE)).all()
    assert noted == [{"passed": 3}]


def test_an_award_waits_until_everything_is_judged() -> None:
    """It is refused with the number and the first bidder; what is open is counted for the desk."""
    itt = scored(checked_itt(2))
    officer = make_commissioner(itt.authority)
    with pytest.raises(WrongState, match="6 judgements are still open, the first about the bid of"):
        propose(itt, officer)
    assert waiting_of([itt.id])[itt.id].to_judge == 6
    passed(itt)
    waiting = judge(bids_of(itt)[1])
    with pytest.raises(WrongState, match="1 judgement is still open"):
        propose(itt, officer)
    refuse_judgement(judgement=waiting, actor=approver_of(itt.authority), note=CHECKED, now=clock.now())
    assert propose(itt, officer).places[0].bid_id == bids_of(itt)[0].id


def test_an_award_is_not_decided_over_a_judgement_that_came_later() -> None:
    """A failure that is proposed after the award holds the award; once decided, another result has to be proposed."""
    itt = passed(scored(checked_itt(2)))
    award = proposed_award(itt)
    judgement = judge(bids_of(itt)[0])

    decided = {"decision": award.decision, "actor": award.approver, "note": CHECKED}
    with pytest.raises(WrongState, match="still open"):
        decide_award(**decided, now=clock.now())
    decide(judgement)
    settle_interests(itt)
    with pytest.raises(WrongState, match="taken out, or back in"):
        decide_award(**decided, now=clock.now())
    calculated(itt)
    with pytest.raises(Conflict, match="calculated again"):
        decide_award(**decided, now=clock.now())


def test_a_bid_that_is_out_is_not_ranked_and_its_scores_stay() -> None:
    """The result is calculated again without it; the result before stays stored."""
    itt = passed(scored(checked_itt(2)))
    first, second = bids_of(itt)
    before = result_of(itt)
    taken_out(first)
    calculated(itt)
    after = result_of(itt)
    assert [entry["bid"] for entry in before.outcome["ranking"]] == [first.reference, second.reference]
    assert [entry["bid"] for entry in after.outcome["ranking"]] == [second.reference]
    assert proposed_award(itt).decision.places[0].bid_id == second.id


def test_panels_close_without_the_bids_that_are_out() -> None:
    """A bid that goes while its panels moderate leaves no agreed score missing."""
    itt = checked_itt(2)
    evaluation = scoring_itt(itt=itt, **SMALL)
    for key in KEYS:
        for seat in evaluation.scorers(key):
            score_all(evaluation, seat, best_first)
        start(evaluation, key)
    taken_out(bids_of(itt)[0])
    for key in KEYS:
        agree_all(evaluation, key, best_first)
        close(evaluation, key)
    calculated(itt)
    assert [entry["bid"] for entry in result_of(itt).outcome["ranking"]] == [bids_of(itt)[1].reference]


def _refused(itt: InvitationToTender) -> dict[str, tuple[Callable[[], object], type[Exception]]]:
    bid = bids_of(itt)[0]
    judgement = judge(bid)
    proposer = actor_of(db.session.get_one(type(make_person(Role.APPROVER)), judgement.proposed_by_id))
    authority, now = itt.authority, clock.now()

    def decided_by(actor: object, note: str = CHECKED) -> Callable[[], object]:
        return lambda: decide_judgement(judgement=judgement, actor=actor, note=note, now=now)  # type: ignore[arg-type]

    def judged(**changed: object) -> Callable[[], object]:
        asked = {"bid_id": bid.id, "about": INSURED, "reason": WHY, "actor": make_commissioner(authority)} | changed
        return lambda: judge_bid(itt=itt, matter=Matter.REQUIREMENT, verdict=Verdict.FAILS, now=now, **asked)  # type: ignore[arg-type]

    return {
        "the proposer decides": (decided_by(proposer), NotAllowed),
        "no note": (decided_by(approver_of(authority), "ok"), InvalidInput),
        "an opener decides": (decided_by(opener_of(authority)), NotAllowed),
        "another authority decides": (decided_by(approver_of(opened_itt(0).authority)), NotFound),
        "the portal decides": (decided_by(SYSTEM), NotFound),
        "judged twice": (judged(about=RECORDS), Conflict),
        "for information": (judged(about=FOUNDED), NotFound),
        "a panel's question": (judged(about="welcome"), NotFound),
        "another's bid": (judged(bid_id=bids_of(checked_itt(1))[0].id), NotFound),
        "no reason": (judged(reason="No."), InvalidInput),
        "an approver judges": (judged(actor=approver_of(authority)), NotAllowed),
    }


CASES = (
    "the proposer decides", "no note", "an opener decides", "another authority decides", "the portal decides",
    "judged twice", "for information", "a panel's question", "another's bid", "no reason", "an approver judges",
)  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_nobody_else_judges_and_nothing_else_is_judged(case: str) -> None:
    """Whatever is missing is refused, and the bid stands."""
    itt = checked_itt(1)
    act, refusal = _refused(itt)[case]
    with pytest.raises(refusal):
        act()
    assert bids_of(itt)[0].disregarded_at is None


def test_one_person_with_both_roles_is_one_person() -> None:
    """Whoever is commissioner and approver cannot take a bid out alone."""
    itt = checked_itt(1)
    both = actor_of(make_person(Role.COMMISSIONER, Role.APPROVER, authority=itt.authority))
    [bid] = bids_of(itt)
    judgement = judge_bid(
        itt=itt,
        bid_id=bid.id,
        matter=Matter.REQUIREMENT,
        about=RECORDS,
        verdict=Verdict.FAILS,
        reason=WHY,
        actor=both,
        now=clock.now(),
    )
    with pytest.raises(NotAllowed, match="two people"):
        decide_judgement(judgement=judgement, actor=both, note=CHECKED, now=clock.now())


def test_what_waits_lapses_when_the_procurement_ends() -> None:
    """Nobody decides about the bids of a cancelled procurement."""
    itt = checked_itt(1)
    judgement = judge(bids_of(itt)[0])
    cancelled(itt)
    assert judgement.policy_state == "lapsed"
    with pytest.raises(WrongState, match="lapsed"):
        decide(judgement)


def test_nothing_is_judged_of_what_is_only_scored() -> None:
    """An invitation without questions for officers holds up nothing."""
    itt = opened_itt(1)
    assert waiting_of([itt.id]) == {}
    assert [one.open_count for one in standings_of(itt)] == [0]
    assert len(JUDGED) == len(standings_of(checked_itt(1))[0].requirements)
