"""Who has to have agreed before a young person sits."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, NotFound
from portal.evaluation.declaring import Interest, declare_interest
from portal.evaluation.models import HeldWords
from portal.evaluation.queries import bids_to_score
from portal.evaluation.scoring import save_score
from portal.evaluation.taking_part.agreeing import (
    Lacks,
    ParentSaid,
    begin_sitting,
    lacks,
    record_age_band,
    supporters_of,
)
from portal.evaluation.taking_part.pins import forget_sitting_pin
from portal.evaluation.taking_part.states import AgeBand, ParentSaidBy, Supporter
from portal.evaluation.taking_part.times import set_sitting_times, times_of
from portal.extensions import db
from portal.privacy.erasing import erase_person
from tests.factories.accounts import actor_of, make_person
from tests.factories.evaluation import LOCAL, YOUNG, Evaluation, Seat, name_lead, scoring_itt

pytestmark = pytest.mark.usefixtures("db_session")

PAPER = ParentSaid(ParentSaidBy.PAPER, clock.today())


def recorded(evaluation: Evaluation, seat: Seat, band: AgeBand, parent: ParentSaid | None = None) -> None:
    """What the facilitator records."""
    record_age_band(
        work=seat.work,
        member_id=seat.member.id,
        age_band=band,
        parent=parent,
        actor=evaluation.moderator(YOUNG).actor,
        now=clock.now(),
    )


def begun(seat: Seat, *, agrees: bool = True) -> None:
    """A sitting with a teacher."""
    begin_sitting(
        work=seat.work,
        session_id=uuid.uuid4(),
        supporter=Supporter.TEACHER,
        agrees=agrees,
        actor=seat.actor,
        now=clock.now(),
    )


def test_nobody_sits_before_everybody_has_agreed() -> None:
    """First the facilitator records age and parent, then the young person says yes; until then nothing is done."""
    evaluation = scoring_itt(1, consented=False, declared=False)
    young = evaluation.scorers(YOUNG)[0]
    bid = bids_to_score(evaluation.itt.id)[0]
    no_interest = {bid.bid_id: Interest(False)}
    assert lacks(young.work, young.member) is Lacks.ADULT
    with pytest.raises(NotAllowed):
        begun(young)
    with pytest.raises(InvalidInput) as refusal:
        recorded(evaluation, young, AgeBand.FROM_14)
    assert refusal.value.field == "how"
    recorded(evaluation, young, AgeBand.FROM_14, PAPER)
    assert lacks(young.work, young.member) is Lacks.OWN
    for act in (
        lambda: declare_interest(work=young.work, answers=no_interest, actor=young.actor, now=clock.now()),
        lambda: save_score(
            work=young.work,
            bid_id=bid.bid_id,
            criterion="our-voice",
            score="3",
            reason="Fine by me.",
            actor=young.actor,
            now=clock.now(),
        ),
    ):
        with pytest.raises(NotAllowed) as refused:
            act()
        assert refused.value.code == "not_agreed"
    with pytest.raises(InvalidInput) as unsaid:
        begun(young, agrees=False)
    assert unsaid.value.field == "agrees"
    begun(young)
    begun(young, agrees=False)
    assert lacks(young.work, young.member) is None
    assert supporters_of([young.user.id]) == {young.user.id: {Supporter.TEACHER: 2}}
    assert declare_interest(work=young.work, answers=no_interest, actor=young.actor, now=clock.now()).recused_at is None


def test_the_authority_says_whose_parents_are_asked() -> None:
    """From 16 on nobody's, unless it asks of everybody under 18; who agreed before it asked is held back again."""
    evaluation = scoring_itt(1)
    young = evaluation.scorers(YOUNG)[0]
    assert lacks(young.work, young.member) is None
    times = replace(times_of(young.panel.id), parents_until=18)
    set_sitting_times(itt=evaluation.itt, panel=young.panel, times=times, actor=evaluation.commissioner)
    assert lacks(young.work, young.member) is Lacks.ADULT
    recorded(evaluation, young, AgeBand.FROM_16, PAPER)
    assert lacks(young.work, young.member) is None


def test_only_the_facilitator_records_and_of_nobody_else() -> None:
    """A chair of another panel, an adult's seat and a day that is still to come are refused."""
    evaluation = scoring_itt(1)
    young, adult = evaluation.scorers(YOUNG)[0], evaluation.seats[LOCAL][0]
    details = {"age_band": AgeBand.FROM_11, "parent": PAPER, "now": clock.now()}
    with pytest.raises(NotFound):
        record_age_band(work=young.work, member_id=young.member.id, actor=adult.actor, **details)
    with pytest.raises(NotAllowed):
        record_age_band(work=young.work, member_id=young.member.id, actor=young.actor, **details)
    with pytest.raises(NotFound):
        record_age_band(work=young.work, member_id=adult.member.id, actor=evaluation.moderator(YOUNG).actor, **details)
    with pytest.raises(InvalidInput) as refusal:
        recorded(evaluation, young, AgeBand.FROM_11, replace(PAPER, on=clock.today() + timedelta(days=1)))
    assert refusal.value.field == "on"


def test_only_the_named_lead_has_a_pin_forgotten() -> None:
    """Not the facilitator, who prints the cards, nor a lead of the authority who is not named for the panel (Y-04)."""
    evaluation = scoring_itt(1)
    young = evaluation.scorers(YOUNG)[0]
    lead = name_lead(evaluation)
    forgotten = {"work": young.work, "member_id": young.member.id, "now": clock.now()}
    for actor in (evaluation.moderator(YOUNG).actor, evaluation.commissioner, young.actor):
        with pytest.raises(NotAllowed):
            forget_sitting_pin(actor=actor, **forgotten)
    before = lead
    name_lead(evaluation)
    for stranger in (before, actor_of(make_person())):
        with pytest.raises(NotFound):
            forget_sitting_pin(actor=stranger, **forgotten)


def test_what_is_left_of_a_young_person_is_a_number() -> None:
    """Once erased, their seat has no alias, neither age nor who sat with them is known, and what was held is gone."""
    evaluation = scoring_itt(1)
    first, second = evaluation.scorers(YOUNG)
    save_score(
        work=second.work,
        bid_id=bids_to_score(evaluation.itt.id)[0].bid_id,
        criterion="our-voice",
        score="3",
        reason="Call me on 07700 900123.",
        actor=second.actor,
        now=clock.now(),
    )
    assert [held.words for held in db.session.scalars(select(HeldWords))] == ["Call me on 07700 900123."]
    erase_person(second.user, now=clock.now())
    db.session.expire_all()
    assert [held.words for held in db.session.scalars(select(HeldWords))] == [""]
    assert (first.member.alias, second.member.alias) == (first.user.display_name, "Young person 2")
    assert lacks(second.work, second.member) is Lacks.ADULT
    assert supporters_of([second.user.id]) == {}
