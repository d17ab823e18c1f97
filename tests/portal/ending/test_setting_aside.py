"""Awards set aside before their contract: the winner withdraws, or panels agree their scores again."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from portal.awarding.models import AwardDecision
from portal.awarding.queries import decision_in_force, standstill_of, summaries_of
from portal.awarding.standstill import end_due_standstills
from portal.awarding.states import DecisionStatus
from portal.core import clock
from portal.core.errors import Conflict, NotAllowed, NotFound, WrongState
from portal.ending.setting_aside import decide_setting_aside, propose_withdrawal, withdraw_from_award
from portal.evaluation.models import PanelWork, Result
from portal.evaluation.moderation import agree_score, close_moderation
from portal.evaluation.queries import agreed_scores, current_result, superseded_results
from portal.evaluation.states import PanelWorkStatus
from portal.extensions import db
from portal.notices.models import OcdsRecord
from portal.notices.queries import names_waiting
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus
from tests.factories.awarding import (
    Award,
    announce,
    decided_award,
    let_standstill_pass,
    proposed_award,
    standing_award,
)
from tests.factories.bidding import submitter_of
from tests.factories.contracts import conclude
from tests.factories.drawing import drawn, tied_itt
from tests.factories.ending import not_awarded
from tests.factories.evaluation import LOCAL, WHY_NOT, Evaluation, consent_all, moderated_evaluation
from tests.factories.setting_aside import (
    CHECKED,
    WHY,
    agree,
    calculate_again,
    propose_to_reopen,
    propose_to_withdraw,
)

pytestmark = pytest.mark.usefixtures("db_session")
SMALL = {"professionals": 2, "young_people": 2, "parents": 2}


def test_the_lot_goes_to_the_next_in_the_ranking() -> None:
    """The old award stays with its summaries and its standstill; the next has its own."""
    old = standing_award()
    agree(propose_to_withdraw(old.decision))
    assert (old.decision.status, old.itt.status) == (DecisionStatus.SET_ASIDE, IttStatus.MODERATED)
    assert decision_in_force(old.itt.lots[0].id) is None
    new = decided_award(old.itt)
    result = new.decision.result.outcome["ranking"]
    assert [new.decision.places[0].bid.reference, new.decision.number] == [result[1]["bid"], 2]
    announce(new)
    assert (len(summaries_of(old.decision.id)), len(summaries_of(new.decision.id))) == (2, 2)
    assert standstill_of(old.decision.id) is not None
    assert standstill_of(new.decision.id) is not None
    let_standstill_pass(new)
    assert conclude(new).provider_id == new.decision.places[0].bid.provider_id


def test_everybody_is_told_in_the_new_summary_that_somebody_withdrew() -> None:
    """The withdrawn bidder and the others read it, each about themselves."""
    old = standing_award()
    agree(propose_to_withdraw(old.decision))
    new = decided_award(old.itt)
    said = {summary.bid_id: summary.document["why"] for summary in summaries_of(new.decision.id)}
    assert "You withdrew from the award." in said[old.decision.places[0].bid_id]
    assert "A bid that was awarded this before has withdrawn." in said[new.decision.places[0].bid_id]


def test_the_open_data_cancel_the_announced_award() -> None:
    """The record holds the old award as cancelled and the next under an identifier of its own."""
    old = standing_award()
    agree(propose_to_withdraw(old.decision))
    new = decided_award(old.itt)
    announce(new)
    record = db.session.scalars(select(OcdsRecord).where(OcdsRecord.itt_id == old.itt.id)).one()
    awards = json.loads(record.text)["awards"]
    first = f"{old.itt.reference}-award-1"
    assert {award["id"]: award["status"] for award in awards} == {first: "cancelled", f"{first}-2": "pending"}


def test_an_award_notice_that_waited_waits_no_more() -> None:
    """What was set aside before it was announced is never announced, and the next is the first award."""
    old = decided_award()
    agree(propose_to_withdraw(old.decision))
    assert names_waiting([old.itt.id]) == {}
    assert decided_award(old.itt).decision.number == 1


def test_its_standstill_ends_for_nobody() -> None:
    """No letter says that a contract can be concluded now."""
    old = standing_award(over=False)
    agree(propose_to_withdraw(old.decision))
    let_standstill_pass(old)
    assert end_due_standstills(now=clock.database_time()) == 0


def test_with_nobody_left_it_ends_without_an_award() -> None:
    """After the last withdrawal no award can be proposed, and the lot ends by two people."""
    old = standing_award(n_bids=1)
    agree(propose_to_withdraw(old.decision))
    with pytest.raises(WrongState, match="No bid is standing"):
        proposed_award(old.itt)
    not_awarded(old.itt)
    assert old.itt.status is IttStatus.NOT_AWARDED


def test_the_winner_asks_and_nobody_else() -> None:
    """Its submitter asks, an approver decides; another bidder has nothing to withdraw from."""
    award = standing_award(over=False)
    won = award.decision.places[0].bid
    lost = next(one.bid for one in summaries_of(award.decision.id) if one.bid_id != won.id)
    with pytest.raises(NotFound):
        withdraw_from_award(bid=lost, actor=submitter_of(lost.provider), reason=WHY, now=clock.now())
    proposal = withdraw_from_award(bid=won, actor=submitter_of(won.provider), reason=WHY, now=clock.now())
    assert award.decision.is_decided
    agree(proposal)
    assert award.decision.status is DecisionStatus.SET_ASIDE


def test_one_person_alone_sets_nothing_aside() -> None:
    """Whoever proposed cannot decide, and nothing is signed while it waits."""
    award = standing_award()
    commissioner = award.commissioner
    proposal = propose_withdrawal(place=award.decision.places[0], actor=commissioner, reason=WHY, now=clock.now())
    with pytest.raises(NotAllowed):
        decide_setting_aside(proposal=proposal, actor=commissioner, note=CHECKED, now=clock.now())
    with pytest.raises(Conflict, match="has to decide that first"):
        conclude(award)
    with pytest.raises(Conflict, match="proposed already"):
        propose_to_reopen(award.itt)


def test_after_the_contract_nobody_withdraws() -> None:
    """Neither a withdrawal nor scores that are agreed again reach a concluded contract."""
    award = standing_award()
    conclude(award)
    with pytest.raises(WrongState):
        propose_to_withdraw(award.decision)
    with pytest.raises(WrongState):
        propose_to_reopen(award.itt)


def reopened(evaluation: Evaluation) -> tuple[InvitationToTender, AwardDecision, Result]:
    """An announced award, its local panel reopened, with the result that there was."""
    award = decided_award(evaluation.itt)
    announce(award)
    old = award.decision.result
    agree(propose_to_reopen(award.itt, next(panel for panel in award.itt.panels if panel.key == LOCAL)))
    return award.itt, award.decision, old


def test_a_reopened_panel_changes_the_result_and_the_old_one_stays() -> None:
    """Agreed scores, meeting record and result are kept as they were; the next award has its own result."""
    evaluation = moderated_evaluation(2, **SMALL)
    itt, fallen, old = reopened(evaluation)
    ranking = list(old.outcome["ranking"])
    assert (itt.status, fallen.status) == (IttStatus.OPENED, DecisionStatus.SET_ASIDE)
    assert fallen.set_aside_by is not None
    assert fallen.set_aside_by.meetings.keys() == {LOCAL}
    assert current_result(itt.lots[0].id) is None

    work = db.session.get_one(PanelWork, next(panel.id for panel in itt.panels if panel.key == LOCAL))
    assert work.status is PanelWorkStatus.MODERATING
    chair = evaluation.moderator(LOCAL).actor
    for score in list(agreed_scores(work.panel_id).values()):
        agree_score(
            work=work,
            bid_id=score.bid_id,
            criterion=score.criterion.key,
            score="5" if score.bid_id != fallen.places[0].bid_id else "3",
            reason=f"We read the right version of the answer this time: {score.criterion.key}.",
            **WHY_NOT,
            actor=chair,
            now=clock.now(),
        )
    consent_all(work)
    close_moderation(
        work=work,
        meeting_record="We met again for an hour on Monday.",
        met_first_date=clock.today(),
        actor=chair,
        now=clock.now(),
    )
    calculate_again(itt)
    db.session.refresh(itt)
    new = decided_award(itt)
    assert new.decision.result_id != old.id
    assert list(superseded_results(itt.id)) == [old]
    assert old.outcome["ranking"] == ranking


def test_the_same_scores_again_make_a_result_of_their_own() -> None:
    """A panel that comes to the same scores confirms them: the old result is history all the same."""
    evaluation = moderated_evaluation(2, **SMALL)
    itt, _fallen, old = reopened(evaluation)
    work = db.session.get_one(PanelWork, next(panel.id for panel in itt.panels if panel.key == LOCAL))
    chair = evaluation.moderator(LOCAL).actor
    close_moderation(
        work=work,
        meeting_record="We met again and changed nothing.",
        met_first_date=clock.today(),
        actor=chair,
        now=clock.now(),
    )
    calculate_again(itt)
    new = current_result(itt.lots[0].id)
    assert new is not None
    assert (new.id == old.id, new.inputs_hash == old.inputs_hash) == (False, True)


def test_a_drawn_lot_falls_with_its_tie() -> None:
    """Where panels are reopened a new tie is drawn anew, by whoever."""
    itt = tied_itt()
    old = drawn(itt)
    agree(propose_to_reopen(itt))
    db.session.refresh(old)
    assert old.status.is_superseded
    for panel in itt.panels:
        work = db.session.get_one(PanelWork, panel.id)
        assert work.status is PanelWorkStatus.MODERATING


def test_nothing_is_reopened_while_an_award_waits() -> None:
    """The approver decides the award first, or refuses it."""
    award: Award = proposed_award()
    with pytest.raises(Conflict, match="An award is proposed"):
        propose_to_reopen(award.itt)
