"""What the desk and the procurement's page lead to where a lot goes to several bidders."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.core import clock
from portal.core.permissions import Role
from portal.dashboards.next_steps import CONCLUDE, DRAW, LEAVE_EMPTY, PROPOSE, Step, steps_for
from portal.dashboards.situation import situations_of
from portal.ending.setting_aside import propose_withdrawal
from portal.extensions import db
from portal.tendering.models import InvitationToTender
from tests.factories.accounts import actor_of, make_person
from tests.factories.awarding import announce, decided_award, let_standstill_pass, ready_with_places
from tests.factories.contracts import conclude
from tests.factories.setting_aside import WHY, agree
from tests.factories.tendering import make_commissioner, settle_interests

pytestmark = pytest.mark.usefixtures("db_session")


def acts(app: Flask, itt: InvitationToTender) -> list[Step]:
    """What there is to do for a commissioner."""
    db.session.expire_all()
    actor = actor_of(make_person(Role.COMMISSIONER, authority=itt.authority))
    settle_interests(itt, actor)
    now = clock.now()
    with app.test_request_context():
        return [step for step in steps_for(itt, situations_of([itt.id], now)[itt.id], actor, now) if step.is_act]


def test_a_tie_for_the_last_place_is_to_draw(app: Flask) -> None:
    """Of three bids for two places the second and the third are equal; with one place nobody asks."""
    scores = {1: 5, 2: 4, 3: 4}
    for places, step in ((2, DRAW), (1, PROPOSE)):
        itt = ready_with_places(places, n_bids=3, give=lambda number, _key: scores[number], step=0)
        assert acts(app, itt) == [step]


@pytest.mark.parametrize(("n_bids", "step"), [(3, PROPOSE), (2, LEAVE_EMPTY)])
def test_a_vacant_place_is_to_award_or_to_leave_empty(app: Flask, n_bids: int, step: Step) -> None:
    """Beside the contract with whoever holds the other place; what is proposed can be done."""
    award = decided_award(ready_with_places(n_bids=n_bids))
    announce(award)
    let_standstill_pass(award)
    assert CONCLUDE in acts(app, award.itt)
    actor = make_commissioner(award.itt.authority)
    agree(propose_withdrawal(place=award.decision.places[1], actor=actor, reason=WHY, now=clock.now()))
    assert set(acts(app, award.itt)) == {step, CONCLUDE}
    conclude(award, place=1)
    assert acts(app, award.itt) == [step]
