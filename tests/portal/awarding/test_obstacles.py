"""What keeps an award from being proposed and decided is one list, and the pages lead to where it is mended."""

from __future__ import annotations

import pytest

from portal.awarding.deciding import decide_award, propose_award
from portal.awarding.obstacles import obstacles_to
from portal.core import clock
from portal.core.errors import InvalidInput, WrongState
from portal.core.permissions import Actor
from portal.extensions import db
from portal.tendering.interests.declaring import declare_own_interest
from portal.tendering.interests.queries import interest_faults, register_of
from tests.factories.awarding import NOTE, REASON, approver_of, proposed_award
from tests.factories.evaluation import Evaluation, moderated_evaluation, scoring_itt
from tests.factories.tendering import make_commissioner, settle_interests

pytestmark = pytest.mark.usefixtures("db_session")
ABOUT_IT = "My cousin chairs the board of one of the bidders."


def propose_as(evaluation: Evaluation, actor: Actor) -> None:
    """Propose the award of the one lot."""
    itt = evaluation.itt
    propose_award(itt=itt, lot=itt.lots[0], actor=actor, reason=REASON, offers_standstill=False, now=clock.now())


def moderated() -> Evaluation:
    """One bid, scored and agreed by the smallest panels."""
    return moderated_evaluation(1, professionals=2, young_people=2, parents=2)


def test_whoever_proposes_an_award_has_declared_first() -> None:
    """Proposing influences the decision; once declared, the same proposal goes through."""
    evaluation = moderated()
    officer = make_commissioner(evaluation.itt.authority)
    with pytest.raises(WrongState, match="has not declared their interests yet"):
        propose_as(evaluation, officer)
    settle_interests(evaluation.itt, officer)
    propose_as(evaluation, officer)


def test_whoever_decides_an_award_has_declared_first() -> None:
    """Beside the note, as before a publication."""
    award = proposed_award(n_bids=1)
    with pytest.raises(InvalidInput) as refused:
        decide_award(decision=award.decision, actor=approver_of(award.itt.authority), note=NOTE, now=clock.now())
    assert refused.value.field == "note"


def test_an_interest_declared_after_the_proposal_holds_the_decision() -> None:
    """It has to be answered by two people and assessed before bidders are told."""
    award = proposed_award(n_bids=1)
    declare_own_interest(itt=award.itt, has_interest=True, detail=ABOUT_IT, actor=award.commissioner, now=clock.now())
    with pytest.raises(WrongState, match="Say what is done about it"):
        decide_award(decision=award.decision, actor=award.approver, note=NOTE, now=clock.now())


def test_an_award_waits_until_the_assessment_is_looked_at_again() -> None:
    """Made before it was known who bids, it is confirmed or revised; the list leads to its page."""
    evaluation = moderated()
    itt = evaluation.itt
    assert obstacles_to(itt, itt.lots[0]) == []
    itt.opened_at = clock.now()
    db.session.flush()
    (only,) = obstacles_to(itt, itt.lots[0])
    assert (only.about, "who bids" in only.words) == ("interests", True)


def test_a_panel_member_who_never_came_keeps_nothing_back() -> None:
    """Who has not declared of each bidder has read and scored nothing; a seat that never scored is in the register."""
    evaluation = scoring_itt(1, declared=False)
    settle_interests(evaluation.itt)
    assert any(one.panel_id and one.declared_at is None for one in register_of(evaluation.itt.id).entries)
    assert list(interest_faults(evaluation.itt)) == []
