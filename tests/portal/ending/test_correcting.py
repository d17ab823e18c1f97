"""One agreed score is corrected after the lock: two people decide that it is, the panel agrees a new version."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.awarding.models import SettingAside
from portal.awarding.states import DecisionStatus
from portal.core import clock
from portal.core.errors import Conflict, NotAllowed, WrongState
from portal.core.permissions import Role
from portal.ending.setting_aside import decide_setting_aside, propose_correction
from portal.evaluation.consenting import consent_to, dissent_from
from portal.evaluation.models import ModeratedScore
from portal.evaluation.moderation import agree_score, close_moderation
from portal.evaluation.moving import note_movement
from portal.evaluation.queries import agreed_history, agreed_scores, current_result
from portal.evaluation.states import PanelWorkStatus
from portal.extensions import db
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.awarding import decided_award
from tests.factories.evaluation import (
    LOCAL,
    WHY_NOT,
    YOUNG,
    Evaluation,
    consent_all,
    moderated_evaluation,
    recuse,
    result_of,
)
from tests.factories.setting_aside import CHECKED, agree, calculate_again
from tests.factories.tendering import make_commissioner
from tests.filling import fill

pytestmark = pytest.mark.usefixtures("db_session")
SMALL = {"professionals": 2, "young_people": 2, "parents": 2}
WHY = "The panel scored an answer under the question beside it, and wrote so itself."
NEW = "Read again, the answer names who is called first and who stands in."
CLOSING = "We met again for this one score."


def score_to_correct(evaluation: Evaluation, key: str) -> ModeratedScore:
    """One agreed score of the first bid."""
    work, bid = evaluation.moderator(key).work, evaluation.bids()[0]
    return next(score for (bid_id, _), score in agreed_scores(work.panel_id).items() if bid_id == bid.bid_id)


def proposed(itt: InvitationToTender, score: ModeratedScore) -> SettingAside:
    """A new commissioner proposes that it is corrected."""
    actor = make_commissioner(itt.authority)
    return propose_correction(itt=itt, agreed=score, actor=actor, reason=WHY, now=clock.now())


def agree_anew(evaluation: Evaluation, key: str, score: ModeratedScore, value: str) -> ModeratedScore:
    """Whoever moderates writes a new version down."""
    return agree_score(
        work=evaluation.moderator(key).work,
        bid_id=score.bid_id,
        criterion=score.criterion.key,
        score=value,
        reason=NEW,
        actor=evaluation.moderator(key).actor,
        now=clock.now(),
        **WHY_NOT,
    )


def close(evaluation: Evaluation, key: str) -> None:
    """Close the panel again."""
    close_moderation(
        work=evaluation.moderator(key).work,
        meeting_record=CLOSING,
        met_first_date=clock.today(),
        actor=evaluation.moderator(key).actor,
        now=clock.now(),
    )


def test_the_panel_agrees_one_score_anew_and_a_new_result_follows() -> None:
    """The one before, the meeting's record and the result stay as they were; every other score is the same row."""
    evaluation = moderated_evaluation(2, **SMALL)
    itt, work = evaluation.itt, evaluation.moderator(LOCAL).work
    award = decided_award(itt)
    old, score = result_of(itt), score_to_correct(evaluation, LOCAL)
    others = {cell: one.id for cell, one in agreed_scores(work.panel_id).items() if one.id != score.id}
    meeting = work.meeting_record
    proposal = agree(proposed(itt, score))
    assert (itt.status, award.decision.status) == (IttStatus.OPENED, DecisionStatus.SET_ASIDE)
    assert (work.status, work.corrects, proposal.meetings) == (PanelWorkStatus.MODERATING, score, {LOCAL: meeting})
    assert evaluation.moderator(YOUNG).work.status is PanelWorkStatus.CLOSED

    new = agree_anew(evaluation, LOCAL, score, "3")
    consent_all(work)
    close(evaluation, LOCAL)
    calculate_again(itt)
    assert work.corrects is None
    assert {cell: one.id for cell, one in agreed_scores(work.panel_id).items() if one.id != new.id} == others
    assert agreed_history(work.panel_id, score.bid_id)[score.criterion_id] == [score]
    result = current_result(itt.lots[0].id)
    assert result is not None
    assert result.outcome["ranking"] != old.outcome["ranking"]
    assert old.superseded_at is not None


def test_no_other_score_moves() -> None:
    """Neither is another one written down, nor does anybody come round from it or answer it."""
    evaluation = moderated_evaluation(2, **SMALL)
    itt, seat = evaluation.itt, evaluation.moderator(LOCAL)
    agree(proposed(itt, score_to_correct(evaluation, LOCAL)))
    other = next(one for one in agreed_scores(seat.panel.id).values() if one.bid_id != evaluation.bids()[0].bid_id)
    member = evaluation.scorers(LOCAL)[-1]
    with pytest.raises(WrongState, match="for one score alone"):
        agree_anew(evaluation, LOCAL, other, "5")
    with pytest.raises(WrongState, match="for one score alone"):
        note_movement(
            work=seat.work,
            bid_id=other.bid_id,
            criterion=other.criterion.key,
            member_id=member.member.id,
            moved_to="1",
            why="I read it again.",
            actor=member.actor,
            now=clock.now(),
        )
    with pytest.raises(WrongState, match="for one score alone"):
        dissent_from(
            work=seat.work, agreed_id=other.id, words="I see it otherwise.", actor=member.actor, now=clock.now()
        )


def test_young_people_confirm_their_corrected_score_themselves() -> None:
    """What their facilitator wrote down waits for them, and the panel does not close before."""
    evaluation = moderated_evaluation(2, **SMALL)
    score = score_to_correct(evaluation, YOUNG)
    agree(proposed(evaluation.itt, score))
    new = agree_anew(evaluation, YOUNG, score, "4")
    assert new.stands_at is None
    with pytest.raises(WrongState):
        close(evaluation, YOUNG)
    for seat in evaluation.scorers(YOUNG):
        consent_to(work=seat.work, agreed_id=new.id, actor=seat.actor, now=clock.now())
    assert new.stands_at is not None
    close(evaluation, YOUNG)


@pytest.mark.parametrize("key", [LOCAL, YOUNG])
def test_whoever_steps_back_meanwhile_leaves_nothing_stuck(key: str) -> None:
    """The one score is agreed by those who stay, and everything else stays as it was agreed."""
    evaluation = moderated_evaluation(2, professionals=3, young_people=3, parents=2)
    score = score_to_correct(evaluation, key)
    agree(proposed(evaluation.itt, score))
    others = {cell: one.id for cell, one in agreed_scores(score.panel_id).items() if one.id != score.id}
    *staying, leaver = evaluation.scorers(key)
    recuse(leaver, evaluation.bids()[0])
    assert {cell: one.id for cell, one in agreed_scores(score.panel_id).items()} == others
    with pytest.raises(WrongState):
        close(evaluation, key)
    new = agree_anew(evaluation, key, score, "4")
    for seat in staying:
        if seat is not evaluation.moderator(key):
            consent_to(work=seat.work, agreed_id=new.id, actor=seat.actor, now=clock.now())
    close(evaluation, key)
    assert evaluation.moderator(key).work.status is PanelWorkStatus.CLOSED


def test_it_takes_two_people_and_a_score_that_stands() -> None:
    """Whoever proposes does not decide; what another has replaced cannot be corrected; the ledger names the score."""
    evaluation = moderated_evaluation(2, **SMALL)
    itt, score = evaluation.itt, score_to_correct(evaluation, LOCAL)
    both = make_person(Role.COMMISSIONER, Role.APPROVER, authority=itt.authority)
    proposal = propose_correction(itt=itt, agreed=score, actor=actor_of(both), reason=WHY, now=clock.now())
    with pytest.raises(NotAllowed):
        decide_setting_aside(proposal=proposal, actor=actor_of(both), note=CHECKED, now=clock.now())
    agree(proposal)
    told = db.session.scalars(select(Event).where(Event.kind == EventKind.EVALUATION_REOPENED.value)).one()
    assert told.data["score"] == str(score.id)
    agree_anew(evaluation, LOCAL, score, "4")
    consent_all(evaluation.moderator(LOCAL).work)
    close(evaluation, LOCAL)
    db.session.refresh(itt)
    with pytest.raises(Conflict, match="replaced already"):
        proposed(itt, score)


def test_it_is_proposed_from_the_record_of_the_score(client: CheckedClient) -> None:
    """The record leads to the form, the form to the list; the panel's board says which score it is back for."""
    evaluation = moderated_evaluation(2, **SMALL)
    itt, score = evaluation.itt, score_to_correct(evaluation, LOCAL)
    sign_in(client, make_person(Role.COMMISSIONER, authority=itt.authority))
    page = f"/commissioning/itts/{itt.reference}/setting-aside/score/{score.id}"
    record = f"/commissioning/itts/{itt.reference}/panels/{score.panel_id}/record/{score.bid_id}/{score.criterion.key}"
    assert page in client.get(record).text
    assert fill(client, page, {"reason": "Wrong."}).status_code == 422
    assert fill(client, page, {"reason": WHY}).status_code == 302
    shown = client.get(f"/commissioning/itts/{itt.reference}/setting-aside").text
    assert "looks again at one score" in shown
    agree(db.session.scalars(select(SettingAside).where(SettingAside.itt_id == itt.id)).one())
    sign_in(client, evaluation.moderator(LOCAL).user)
    assert "One score is corrected" in client.get(f"/panel/{score.panel_id}/moderate").text
