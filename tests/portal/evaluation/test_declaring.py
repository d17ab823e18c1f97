"""Declarations of interest and recusal (Procurement Act 2023 ss.81-83)."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, NotFound, NotYet, WrongState
from portal.evaluation.declaring import Interest, declarations_of, declare_interest, require_declared
from portal.evaluation.models import ModeratedScore, Score
from portal.evaluation.moderation import close_moderation
from portal.evaluation.queries import agreed_scores, has_declared, members_who_declared, opinions_of, spreads_of
from portal.evaluation.scoring import save_score
from portal.extensions import db
from portal.tendering.interests.states import LinkKind
from tests.factories.accounts import actor_of
from tests.factories.bidding import opened_itt
from tests.factories.evaluation import (
    LOCAL,
    MEETING,
    YOUNG,
    agree_all,
    appointed,
    declare,
    moderating_itt,
    recuse,
    score_all,
    scoring_itt,
)
from tests.factories.tendering import published_itt

pytestmark = pytest.mark.usefixtures("db_session")

OTHER = LinkKind.OTHER


def test_nobody_declares_before_the_bidders_are_known() -> None:
    """Before the opening there is nothing to declare about, and no bidder is named."""
    seat = appointed(published_itt()).seats[LOCAL][0]
    with pytest.raises(WrongState):
        declare_interest(work=seat.work, answers={}, actor=seat.actor, now=clock.now())


def test_every_bidder_is_asked_about() -> None:
    """A missing answer and an interest without a word or a kind are refused beside their field; nothing is stored."""
    evaluation = scoring_itt(2, declared=False)
    seat, (first, second) = evaluation.seats[LOCAL][0], evaluation.bids()
    for answers, field in (
        ({first.bid_id: Interest(False)}, f"interest-{second.bid_id}"),
        ({first.bid_id: Interest(False), second.bid_id: Interest(True, "  ", OTHER)}, f"detail-{second.bid_id}"),
        ({first.bid_id: Interest(False), second.bid_id: Interest(True, "I help.")}, f"kind-{second.bid_id}"),
    ):
        with pytest.raises(InvalidInput) as refused:
            declare_interest(work=seat.work, answers=answers, actor=seat.actor, now=clock.now())
        assert refused.value.field == field
    assert declarations_of(seat.member) == {}
    with pytest.raises(NotAllowed):
        require_declared(seat.work, seat.actor)


def test_an_interest_cannot_be_taken_back_by_declaring_again() -> None:
    """What it is worth is decided by two people; saying no afterwards opens nothing."""
    evaluation = scoring_itt(2, declared=False)
    seat, bids = evaluation.seats[LOCAL][0], evaluation.bids()
    declare(seat, interest_in=bids[0])
    with pytest.raises(InvalidInput) as refused:
        declare(seat)
    assert refused.value.field == f"interest-{bids[0].bid_id}"
    with pytest.raises(NotYet):
        score_all(evaluation, seat)


def test_no_interest_anywhere_lets_the_member_in() -> None:
    """The declaration is kept for each bid, and the ledger counts without naming a bidder."""
    evaluation = scoring_itt(2, declared=False)
    seat = evaluation.seats[LOCAL][0]
    declare(seat)
    assert has_declared(seat.member)
    assert {made.has_interest for made in declarations_of(seat.member).values()} == {False}
    last = events_of(evaluation.itt.id)[-1]
    assert (last.kind, last.data) == ("interest_declared", {"bids": 2, "interests": 0})


def test_stepping_back_from_the_whole_procurement_ends_the_role_at_once() -> None:
    """No act of the panel is left, on the other bids neither, and the ledger names no bidder (P-02)."""
    evaluation = scoring_itt(2, declared=False)
    seat, bids = evaluation.seats[LOCAL][0], evaluation.bids()
    member = recuse(seat, bids[0])
    assert member.recused_at is not None
    assert actor_of(seat.user).panels == {}
    with pytest.raises(NotFound):
        save_score(
            work=seat.work,
            bid_id=bids[1].bid_id,
            criterion="safeguarding",
            score="3",
            reason="x",
            actor=seat.actor,
            now=clock.now(),
        )
    kinds = [event.kind for event in events_of(evaluation.itt.id)]
    assert kinds[-2:] == ["interest_declared", "member_recused"]
    assert "sister" not in str([event.data for event in events_of(evaluation.itt.id)])


def test_an_interest_declared_after_scoring_takes_the_scores_out_and_keeps_them() -> None:
    """The scores stay in the table and leave the panel's spread and opinions (P-03)."""
    evaluation = moderating_itt(1)
    chair, member = evaluation.seats[LOCAL]
    before = db.session.execute(select(func.count()).select_from(Score)).scalar_one()
    recuse(member, evaluation.bids()[0])
    assert db.session.execute(select(func.count()).select_from(Score)).scalar_one() == before
    assert {spread.count for spread in spreads_of(chair.panel.id).values()} == {1}
    aliases = {o.alias for found in opinions_of(chair.panel.id, evaluation.bids()[0].bid_id).values() for o in found}
    assert aliases == {chair.member.alias}


def test_recusal_during_moderation_opens_every_agreed_score_again() -> None:
    """What the panel agreed with the recused member is superseded, kept, and has to be agreed again (P-03)."""
    evaluation = moderating_itt(1, professionals=3)
    agree_all(evaluation, LOCAL)
    chair, member, _other = evaluation.seats[LOCAL]
    recuse(member, evaluation.bids()[0])
    assert agreed_scores(chair.panel.id) == {}
    kept = select(func.count()).select_from(ModeratedScore).where(ModeratedScore.panel_id == chair.panel.id)
    assert db.session.execute(kept).scalar_one() == 3
    with pytest.raises(WrongState, match="3 scores are not agreed yet"):
        close_moderation(
            work=chair.work, meeting_record=MEETING, met_first_date=clock.today(), actor=chair.actor, now=clock.now()
        )


def test_facilitators_and_young_people_declare_like_everybody_else() -> None:
    """Until they have, they get no further; the young person's session ends with an interest."""
    evaluation = appointed(opened_itt(1))
    for seat in evaluation.seats[YOUNG]:
        with pytest.raises(NotAllowed):
            require_declared(seat.work, seat.actor)
        declare(seat)
        assert require_declared(seat.work, seat.actor).id == seat.member.id


def test_declaring_again_replaces_and_the_ledger_keeps_both() -> None:
    """The newest declaration counts."""
    evaluation = scoring_itt(1)
    seat = evaluation.seats[LOCAL][1]
    score_all(evaluation, seat)
    declare(seat)
    declared = [
        e.data["interests"]
        for e in events_of(evaluation.itt.id)
        if e.object_id == seat.member.id and e.kind == "interest_declared"
    ]
    assert declared == [0, 0]
    recuse(seat, evaluation.bids()[0])
    assert [made.detail for made in declarations_of(seat.member).values()] == ["My sister works there."]


def test_who_has_declared_is_each_members_own_matter() -> None:
    """One member's declaration says nothing about another's, on the same panel or on another procurement's."""
    first, second = scoring_itt(2, declared=False), scoring_itt(1, declared=False)
    declare(first.seats[LOCAL][0])
    seats = [*first.seats[LOCAL], *second.seats[LOCAL]]
    found = members_who_declared([seat.member.id for seat in seats])
    assert found == {first.seats[LOCAL][0].member.id}
