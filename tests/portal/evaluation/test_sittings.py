"""A young person's way through the questions."""

from __future__ import annotations

from fractions import Fraction

import pytest

from portal.core.errors import NotFound
from portal.evaluation.sittings import sitting_of
from tests.factories.evaluation import YOUNG, score_all, scoring_itt

pytestmark = pytest.mark.usefixtures("db_session")


def test_a_sitting_has_a_screen_for_each_bid_and_question() -> None:
    """Bid by bid, numbered from 1, in plain words, worth the panel's 40 of all marks."""
    evaluation = scoring_itt(2)
    young = evaluation.scorers(YOUNG)[0]
    sitting = sitting_of(young.work, young.member)
    assert [screen.number for screen in sitting.screens] == [1, 2, 3, 4]
    assert [screen.title for screen in sitting.screens] == ["Will they listen to us?", "Would we want to go there?"] * 2
    assert sitting.screens[0].bid_id == sitting.screens[1].bid_id
    assert (sitting.marks, sitting.answered, sitting.next_number, sitting.is_submitted) == (
        (Fraction(40),),
        0,
        1,
        False,
    )
    with pytest.raises(NotFound):
        sitting.screen(5)


def test_each_young_person_meets_the_bids_in_an_order_of_their_own() -> None:
    """Among several people no bid is always the first, and each person's order stays."""
    evaluation = scoring_itt(3, young_people=8)
    orders = []
    for seat in evaluation.scorers(YOUNG):
        order = [screen.bid_id for screen in sitting_of(seat.work, seat.member).screens]
        assert order == [screen.bid_id for screen in sitting_of(seat.work, seat.member).screens]
        orders.append(order[0])
    assert len(set(orders)) > 1


def test_a_sitting_knows_what_is_answered_and_submitted() -> None:
    """Saved answers are in it, and once submitted there is nothing left to do."""
    evaluation = scoring_itt(1)
    young = evaluation.scorers(YOUNG)[0]
    score_all(evaluation, young, submit=False)
    saved = sitting_of(young.work, young.member)
    assert (saved.is_complete, saved.next_number, saved.is_submitted) == (True, None, False)
    assert saved.screens[0].given() == {"score": "5", "reason": "The answer says who does what, and when."}
    score_all(evaluation, young)
    assert sitting_of(young.work, young.member).is_submitted
