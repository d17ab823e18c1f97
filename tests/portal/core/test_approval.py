"""Acts of two people: the rule, and the database's CHECK behind it."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import text

import portal.tables  # noqa: F401
from portal.core import clock
from portal.core.approval import Approval, Half, require_second_person
from portal.core.columns import Model, db
from portal.core.errors import NotAllowed
from portal.core.permissions import SYSTEM, Actor
from tests.factories.awarding import proposed_award

TABLES = sorted(mapper.local_table.name for mapper in Model.registry.mappers if issubclass(mapper.class_, Approval))


def test_the_first_person_and_the_portal_are_no_second_person() -> None:
    """Whoever took the first step, and whoever is nobody, is refused; anybody else passes."""
    first, second = Actor(user_id=uuid.uuid4()), Actor(user_id=uuid.uuid4())
    for actor in (first, SYSTEM):
        with pytest.raises(NotAllowed, match="two people"):
            require_second_person(actor, Half(uuid.uuid4()), Half(first.user_id))
    require_second_person(second, Half(uuid.uuid4()), Half(first.user_id), Half(None))


@pytest.mark.usefixtures("db_session")
def test_every_such_table_has_the_check_in_the_database() -> None:
    """Whatever the application does, no row of an act of two people has one person twice."""
    found = db.session.execute(
        text("SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE conname LIKE :name"),
        {"name": "%two_people"},
    )
    checked = {table for table, rule in found if "decided_by_id <> proposed_by_id" in rule}
    assert [table for table in TABLES if table not in checked] == []


@pytest.mark.usefixtures("db_session")
def test_signing_is_for_the_second_person_alone() -> None:
    """The proposer changes nothing; the second person's name, instant and words are kept."""
    decision = proposed_award().decision
    assert decision.is_own(Actor(user_id=decision.proposed_by_id))
    now, second = clock.now(), Actor(user_id=uuid.uuid4())
    with pytest.raises(NotAllowed):
        decision.decide(Actor(user_id=decision.proposed_by_id), now=now)
    assert decision.decided_by_id is None
    decision.decide(second, now=now, note=" Checked. ")
    assert (decision.decided_by_id, decision.decided_at, decision.decision_note) == (second.user_id, now, "Checked.")
    db.session.rollback()
