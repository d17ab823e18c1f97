"""Letters about links of panel members with bidders: whoever has to act hears, and never in which bidder."""

from __future__ import annotations

import pytest

from portal.audit.kinds import EventKind
from portal.core.permissions import Role
from portal.notifications import letters_of_interests as letters
from portal.tendering.interests.states import MitigationOutcome
from tests.factories.accounts import make_person
from tests.factories.evaluation import LOCAL, YOUNG, decide_about, declare, scoring_itt
from tests.portal.notifications.test_letters import told

pytestmark = pytest.mark.usefixtures("db_session")


def test_commissioners_hear_of_a_link_and_of_nothing_else() -> None:
    """Nobody is written to because somebody has no interest; the letter leads to the register and names nobody."""
    evaluation = scoring_itt(1, declared=False)
    officer = make_person(Role.COMMISSIONER, authority=evaluation.itt.authority)
    first, second = evaluation.seats[LOCAL][:2]
    declare(first)
    assert told(EventKind.INTEREST_DECLARED, letters.link_declared) == []
    bid = evaluation.bids()[0]
    declare(second, interest_in=bid)
    (message,) = [one for one in told(EventKind.INTEREST_DECLARED, letters.link_declared) if one.user_id == officer.id]
    assert message.link.endswith("/interests")
    assert bid.bid.provider.name not in message.body
    assert second.user.display_name not in message.body


def test_whoever_has_the_link_hears_what_follows() -> None:
    """An adult by themselves, of a young person the facilitator."""
    evaluation = scoring_itt(1, declared=False)
    adult, young, bid = evaluation.seats[LOCAL][1], evaluation.scorers(YOUNG)[0], evaluation.bids()[0]
    for seat in (adult, young):
        declare(seat, interest_in=bid)
    decide_about(evaluation, adult, bid, MitigationOutcome.CONDITIONS)
    decide_about(evaluation, young, bid, MitigationOutcome.WHOLE)
    people = {one.user_id for one in told(EventKind.MITIGATION_DECIDED, letters.mitigation_decided)}
    assert people == {adult.user.id, evaluation.moderator(YOUNG).user.id}
