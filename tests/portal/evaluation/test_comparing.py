"""Answers side by side, for those who award."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import func, select

from portal.accounts.models import User
from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.core.errors import NotAllowed, NotFound, WrongState
from portal.core.permissions import Role
from portal.evaluation.comparing import AT_ONCE, compare_answers
from portal.extensions import db
from portal.tendering.tree import scored
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.evaluation import KEYS, LOCAL, Evaluation, moderated_evaluation, moderating_itt
from tests.filling import text_of

pytestmark = pytest.mark.usefixtures("db_session")

SAID = "would listen first"


def viewings(evaluation: Evaluation) -> int:
    """How many viewings of answers are on record of whoever oversees."""
    seen = select(func.count()).where(
        Event.kind == EventKind.BID_FILE_VIEWED.value, Event.actor_id == evaluation.commissioner.user_id
    )
    return db.session.execute(seen).scalar_one()


def test_each_bids_answer_stands_beside_what_its_panels_agreed() -> None:
    """In the order of the labels, with each panel's score and reason; reading it is on record once."""
    evaluation = moderated_evaluation(2)
    key = scored(evaluation.itt)[0].key
    before = viewings(evaluation)
    for _ in range(2):
        page = compare_answers(itt=evaluation.itt, key=key, first=1, actor=evaluation.commissioner)
    assert [given.bid.label for given in page.bids] == sorted(bid.label for bid in evaluation.bids())
    assert all(SAID in given.answers[0].shown.text for given in page.bids)
    assert all(page.agreed[given.bid.bid_id, panel.id].reason for given in page.bids for panel in page.panels)
    assert {panel.key for panel in page.panels} <= set(KEYS)
    assert viewings(evaluation) == before + 2


def test_nobody_compares_before_the_last_panel_has_closed() -> None:
    """Side by side answers read as a ranking; nor does anybody without the right, nor of what no panel scores."""
    evaluation = moderating_itt(1)
    key = scored(evaluation.itt)[0].key
    with pytest.raises(WrongState):
        compare_answers(itt=evaluation.itt, key=key, first=1, actor=evaluation.commissioner)
    done = moderated_evaluation(1)
    manager = actor_of(make_person(Role.CONTRACT_MANAGER, authority=done.itt.authority))
    with pytest.raises(NotAllowed):
        compare_answers(itt=done.itt, key=scored(done.itt)[0].key, first=1, actor=manager)
    for wrong, first in (("price", 1), (scored(done.itt)[0].key, 2), (scored(done.itt)[0].key, 0)):
        with pytest.raises(NotFound):
            compare_answers(itt=done.itt, key=wrong, first=first, actor=done.commissioner)
    with pytest.raises(NotFound):
        compare_answers(itt=done.itt, key=key, first=1, actor=moderated_evaluation(1).seats[LOCAL][0].actor)


def test_few_stand_on_a_page_and_each_costs_the_same(
    client: CheckedClient, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    """From the result to six bids and on to the rest; looked at again, a page costs as much with one as with six."""
    counts = []
    for number in (1, AT_ONCE + 1):
        evaluation = moderated_evaluation(number)
        sign_in(client, db.session.get_one(User, evaluation.commissioner.user_id))
        result = client.get(f"/commissioning/itts/{evaluation.itt.reference}/result")
        assert "Answers side by side" in text_of(result)
        path = f"/commissioning/itts/{evaluation.itt.reference}/side-by-side/{scored(evaluation.itt)[0].key}"
        page = client.get(path)
        assert text_of(page).count(SAID) >= min(number, AT_ONCE)
        assert ("Later bids" in page.text) is (number > AT_ONCE)
        with count_statements() as statements:
            client.get(path)
        counts.append(len(statements))
    last = client.get(f"{path}/{AT_ONCE + 1}")
    assert "Earlier bids" in last.text
    assert counts[0] == counts[1]
