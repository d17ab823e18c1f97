"""Ending a lot, and with its last lot the procurement, without an award."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.core import clock
from portal.core.errors import Conflict, WrongState
from portal.ending.obstacles import obstacles
from portal.ending.proposing import propose_no_award
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus
from tests.factories.awarding import propose, proposed_award, ready_for_award
from tests.factories.bidding import opened_itt
from tests.factories.drawing import tied_itt
from tests.factories.ending import WHY, decide, not_awarded, propose_to_award_nobody
from tests.factories.evaluation import moderated_itt, scoring_itt
from tests.factories.tendering import make_commissioner, published_itt

pytestmark = pytest.mark.usefixtures("db_session")


def nobody_stands() -> InvitationToTender:
    """One whose only bid fell below a published minimum."""
    return moderated_itt(1, give=lambda _number, _criterion: 0)


ENDS: dict[str, Callable[[], InvitationToTender]] = {
    "nobody bid": lambda: opened_itt(0),
    "no bid stands": nobody_stands,
    "tied": tied_itt,
    "a reason of its own": lambda: ready_for_award(1),
}


@pytest.mark.parametrize("why", ENDS)
def test_it_ends_by_two_people(why: str) -> None:
    """With the decision it is over; no award can be proposed, and nothing else ended."""
    itt = ENDS[why]()
    reached = itt.status
    ending = not_awarded(itt)
    assert (itt.status, itt.reached, itt.ended_at) == (IttStatus.NOT_AWARDED, reached, ending.decided_at)
    with pytest.raises(WrongState, match="while it is not awarded"):
        propose(itt, make_commissioner(itt.authority))
    with pytest.raises(WrongState, match="while it is not awarded"):
        propose_to_award_nobody(itt)


def test_nobody_ends_what_the_panels_are_about_to_say() -> None:
    """Before the opening and while bids are scored there is nothing to end without an award."""
    with pytest.raises(WrongState, match="once bidding has closed"):
        propose_to_award_nobody(published_itt())
    with pytest.raises(WrongState, match="still at work"):
        propose_to_award_nobody(scoring_itt(1).itt)


def test_award_and_no_award_of_one_lot_exclude_each_other() -> None:
    """What is proposed first stands until it is decided or refused; both proposed at once, one decision wins."""
    award = proposed_award(n_bids=1)
    with pytest.raises(Conflict, match="An award of this lot"):
        propose_to_award_nobody(award.itt)
    other = ready_for_award(1)
    ending = propose_to_award_nobody(other)
    assert isinstance(obstacles(other)[other.lots[0].id], Conflict)
    propose(other, make_commissioner(other.authority))
    with pytest.raises(Conflict, match="An award of this lot"):
        decide(ending)
    assert other.status is IttStatus.MODERATED


def test_nothing_changes_until_the_second_person_decides() -> None:
    """A proposal alone ends nothing."""
    itt = opened_itt(0)
    actor = make_commissioner(itt.authority)
    propose_no_award(itt=itt, lot=itt.lots[0], actor=actor, reason=WHY, now=clock.now())
    assert (itt.status, itt.outcomes) == (IttStatus.OPENED, [])
