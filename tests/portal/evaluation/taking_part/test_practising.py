"""Young people practise on made-up answers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from portal.audit.kinds import EventKind
from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, NotFound
from portal.evaluation.models import Score, Scorecard
from portal.evaluation.queries import bids_to_score
from portal.evaluation.scoring import save_score
from portal.evaluation.taking_part.practice import MADE_UP, POINTS
from portal.evaluation.taking_part.practising import lacks_practice, play_practice, practice_of
from portal.evaluation.taking_part.times import set_sitting_times, times_of
from portal.extensions import db
from portal.privacy.erasing import erase_person
from tests.factories.evaluation import LOCAL, YOUNG, Evaluation, Seat, scoring_itt

pytestmark = pytest.mark.usefixtures("db_session")


def play(seat: Seat, number: int, picked: str = "3") -> int:
    """One made-up answer."""
    return play_practice(work=seat.work, number=number, picked=picked, actor=seat.actor, now=clock.now())


def asked_for(evaluation: Evaluation) -> Seat:
    """A young person whose commissioner wants everybody to practise first."""
    young = evaluation.scorers(YOUNG)[0]
    times = replace(times_of(young.panel.id), practice_first=True)
    set_sitting_times(itt=evaluation.itt, panel=young.panel, times=times, actor=evaluation.commissioner)
    return young


def test_made_up_answers_are_far_apart_and_recognised_as_made_up() -> None:
    """One that most find weak, one between, one strong; every usual face is on the scale, none twice."""
    usual = [face for answer in MADE_UP for face in range(answer.usual[0], answer.usual[1] + 1)]
    assert usual == [int(point.score) for point in POINTS]
    assert {answer.name.startswith("Made-up ") for answer in MADE_UP} == {True}
    assert [MADE_UP[0].agrees_with(picked) for picked in (0, 1, 2)] == [True, True, False]


def test_practising_leaves_no_mark() -> None:
    """One after the other and any again; after the last one it is recorded once, and no score is anywhere."""
    evaluation = scoring_itt(1)
    young = evaluation.scorers(YOUNG)[0]
    for number, picked in ((1, "9"), (1, ""), (2, "3"), (3, "3")):
        with pytest.raises(InvalidInput) as refusal:
            play(young, number, picked)
        assert refusal.value.field == "score"
    with pytest.raises(NotFound):
        play(young, len(MADE_UP) + 1)
    assert [play(young, number, "5") for number in (1, 2, 1, 3, 3)] == [5] * 5
    held = practice_of(young.member)
    assert held is not None
    assert (held.practice_played, held.practised_at is not None) == (3, True)
    finished = [event for event in events_of(evaluation.itt.id) if event.kind == EventKind.PRACTICE_FINISHED]
    assert len(finished) == 1
    assert db.session.scalar(select(func.count()).select_from(Scorecard)) == 0
    assert db.session.scalar(select(func.count()).select_from(Score)) == 0


def test_a_panel_can_ask_for_it_before_anybody_scores() -> None:
    """Until they have practised no score of theirs is saved; who is not asked scores at once, and so do adults."""
    evaluation = scoring_itt(1)
    young, bid = asked_for(evaluation), bids_to_score(evaluation.itt.id)[0]
    given = {"bid_id": bid.bid_id, "score": "4", "reason": "It is fun.", "now": clock.now()}
    assert lacks_practice(young.work, young.member)
    with pytest.raises(NotAllowed, match="Practise on the made-up answers first"):
        save_score(work=young.work, criterion="our-voice", actor=young.actor, **given)
    for number in (1, 2, 3):
        play(young, number)
    assert not lacks_practice(young.work, young.member)
    save_score(work=young.work, criterion="our-voice", actor=young.actor, **given)
    adult = evaluation.scorers(LOCAL)[0]
    assert (lacks_practice(adult.work, adult.member), practice_of(adult.member)) == (False, None)
    with pytest.raises(NotAllowed, match="Only young people"):
        play(adult, 1)


def test_that_somebody_practised_goes_with_them() -> None:
    """It is forgotten with the person."""
    young = scoring_itt(1).scorers(YOUNG)[0]
    play(young, 1)
    erase_person(young.user, now=clock.now())
    db.session.expire_all()
    assert practice_of(young.member) is None
