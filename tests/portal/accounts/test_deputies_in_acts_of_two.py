"""A deputy counts as whoever they stand in for in every act of two people: for the pages, and for the database."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import User
from portal.core import clock
from portal.core.approval import Half, is_first_person
from portal.core.errors import PortalError
from portal.core.permissions import Actor, StoodIn
from portal.extensions import db
from tests.conftest import undone_session
from tests.factories.absences import DAY, make_absence
from tests.factories.accounts import actor_of
from tests.portal.accounts.acts_of_two import ACTS, Act, second_of

SECOND = timedelta(seconds=1)
TRIGGERS = """
    SELECT c.relname, t.tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    JOIN pg_proc p ON p.oid = t.tgfoid WHERE p.proname = 'require_two_people'
"""
CHECKS = "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c'"


@pytest.fixture(scope="module", params=sorted(ACTS))
def waiting(request: pytest.FixtureRequest, app: Flask) -> Iterator[Act]:
    """Each kind of act, waiting for its second person: made once for the tests of it."""
    with undone_session(app):
        made = ACTS[request.param]()
        db.session.flush()
        yield made


@pytest.fixture
def act(waiting: Act) -> Iterator[Act]:
    """The same, as it was made; what the test does is undone."""
    undone = db.session.begin_nested()
    yield waiting
    undone.rollback()


def is_refused(act: Act, by: User) -> bool:
    """Whether the act is refused as one person's; a refusal leaves nothing behind."""
    actor, undone = actor_of(by), db.session.begin_nested()
    with pytest.raises(PortalError) as refused:
        act.decide(actor)
    undone.rollback()
    return getattr(refused.value, "reason", refused.value.code) == "same_person"


# Before the tests of single acts: an act that waits for them holds the session.
@pytest.mark.usefixtures("db_session")
def test_every_check_of_two_people_has_the_trigger_that_knows_deputies() -> None:
    """A migration that makes such a table makes both: CREATE TRIGGER as in migrations/versions/0030_absences.py."""
    triggers = {(table, name): definition for table, name, definition in db.session.execute(text(TRIGGERS))}
    checks = {
        (table, name.removeprefix(f"ck_{table}_"))
        for table, name, _ in db.session.execute(text(CHECKS))
        if name.endswith("two_people")
    } - {("lost_factor", "removed_by_two_people")}
    assert sorted(checks - triggers.keys()) == []
    tested = set()
    for make in ACTS.values():
        undone = db.session.begin_nested()
        made = make()
        tested.add((made.row.__table__.name, made.trigger))
        undone.rollback()
    assert sorted(checks - tested) == []


def test_a_deputy_decides_nothing_of_whom_they_stand_in_for(act: Act) -> None:
    """With a role of their own, too; somebody else decides it, and so do they once the absence is over."""
    second = second_of(act)
    absence = make_absence(db.session.get_one(User, act.first), second, act.place)
    assert is_refused(act, second)
    absence.ends_at = clock.now() - SECOND
    absence.begins_at = absence.ends_at - DAY
    db.session.flush()
    act.decide(actor_of(second))
    db.session.flush()


def test_whoever_was_away_decides_nothing_that_their_deputy_did_for_them(act: Act) -> None:
    """While it lasts and when it is over: what was done in that time stays theirs, and what was not does not."""
    second = second_of(act)
    first = db.session.get_one(User, act.first)
    absence = make_absence(second, first, act.place, begins_at=act.at - DAY)
    assert is_refused(act, second)
    absence.ends_at = act.at + timedelta(microseconds=1)
    db.session.flush()
    assert is_refused(act, second)
    absence.ends_at = act.at
    db.session.flush()
    act.decide(actor_of(second))
    db.session.flush()


def test_two_deputies_of_one_person_are_no_two_people_either(act: Act) -> None:
    """The first half was done by last week's deputy, the second would be by this week's: it would be one person's."""
    second, third = second_of(act), second_of(act)
    after = act.at + timedelta(microseconds=1)
    make_absence(third, db.session.get_one(User, act.first), act.place, begins_at=act.at - DAY, ends_at=after)
    make_absence(third, second, act.place, begins_at=after)
    assert is_refused(act, second)


def test_the_database_knows_deputies_too(act: Act) -> None:
    """Past the application, whichever of the two stood in for the other."""
    if act.trigger is None:
        pytest.skip("the row's CHECK knows a proposer and a decider alone")
    table = act.row.__table__.name
    [(proposer, proposed_at, decider, decided_at)] = [
        definition[definition.rindex("(") + 1 : definition.rindex(")")].replace("'", "").split(", ")
        for found, name, definition in db.session.execute(text(TRIGGERS))
        if (found, name) == (table, act.trigger)
    ]
    assert (proposer, proposed_at) != (decider, decided_at)
    second, first = second_of(act), db.session.get_one(User, act.first)
    for person, deputy in ((first, second), (second, first)):
        absence = make_absence(person, deputy, act.place, begins_at=act.at - DAY, ends_at=act.at + 365 * DAY)
        statement = f"UPDATE {table} SET {decider} = :second, {decided_at} = :at WHERE id = :id"
        values = {"second": second.id, "at": act.at + SECOND, "id": act.row.id}
        with pytest.raises(IntegrityError, match="this takes two people"), db.session.begin_nested():
            db.session.execute(text(statement), values)
        db.session.delete(absence)
        db.session.flush()


def test_the_rule_knows_both_directions_and_every_instant() -> None:
    """From the first instant to the last, exclusively; for an act without an instant only those who stand in now."""
    now = clock.now()
    person, deputy, other = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    back = Actor(user_id=person, deputies=(StoodIn(deputy, now, now + DAY),))
    inside = (now, now + DAY - SECOND)
    assert all(is_first_person(back, Half(deputy, at)) for at in inside)
    assert not any(is_first_person(back, Half(deputy, at)) for at in (now - SECOND, now + DAY, None))
    assert not is_first_person(back, Half(other, now), Half(None, now))
    standing = Actor(user_id=deputy, stands_in_for=frozenset({person}))
    assert is_first_person(standing, Half(other, now), Half(person, now - 400 * DAY))
    assert not is_first_person(standing, Half(other, now))
