"""Reminding a panel of the scores that it owes: by a commissioner, once a day at the most."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.audit.kinds import EventKind
from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import NotAllowed, NotFound, WrongState
from portal.core.permissions import Role
from portal.evaluation.reminding import remind_panel
from tests.factories.accounts import actor_of, make_person
from tests.factories.evaluation import LOCAL, score_all, scoring_itt, start

pytestmark = pytest.mark.usefixtures("db_session")


def test_a_panel_is_reminded_once_a_day() -> None:
    """The second time on a day says when it was; on the next day it can be again. The ledger has both."""
    evaluation, now = scoring_itt(1), clock.now()
    work, by = evaluation.moderator(LOCAL).work, evaluation.commissioner
    remind_panel(work=work, actor=by, now=now)
    with pytest.raises(WrongState, match="be again tomorrow"):
        remind_panel(work=work, actor=by, now=now)
    remind_panel(work=work, actor=by, now=now + timedelta(days=1))
    told = [event.data for event in events_of(evaluation.itt.id) if event.kind == EventKind.PANEL_REMINDED.value]
    assert [(one["panel"], one["members"]) for one in told] == [(LOCAL, 2)] * 2


def test_there_is_nothing_to_remind_of_once_all_have_submitted() -> None:
    """Nor while the panel moderates; each refusal says which."""
    evaluation = scoring_itt(1)
    for seat in evaluation.scorers(LOCAL):
        score_all(evaluation, seat)
    work = evaluation.moderator(LOCAL).work
    with pytest.raises(WrongState, match="has submitted their scores"):
        remind_panel(work=work, actor=evaluation.commissioner, now=clock.now())
    start(evaluation, LOCAL)
    with pytest.raises(WrongState, match="has finished scoring"):
        remind_panel(work=work, actor=evaluation.commissioner, now=clock.now())
    assert work.reminded_at is None


def test_only_a_commissioner_of_the_authority_reminds() -> None:
    """For a member of the panel and a stranger there is nothing; an approver may not."""
    evaluation = scoring_itt(1)
    chair = evaluation.moderator(LOCAL)
    for stranger in (chair.actor, actor_of(make_person())):
        with pytest.raises(NotFound):
            remind_panel(work=chair.work, actor=stranger, now=clock.now())
    approver = actor_of(make_person(Role.APPROVER, authority=evaluation.itt.authority))
    with pytest.raises(NotAllowed):
        remind_panel(work=chair.work, actor=approver, now=clock.now())
