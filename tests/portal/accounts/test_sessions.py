"""Sessions end when they should: by time, by hand, and with the role or the account."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text

from portal.accounts.models import HeldRole, User, UserSession
from portal.accounts.sessions import (
    ABSOLUTE,
    actor_for,
    end_session,
    end_sessions_of,
    find_signed_in,
    renew_token,
    start_session,
    touch_session,
)
from portal.core import clock
from portal.core.permissions import Role
from portal.extensions import db
from tests.factories.accounts import make_person
from tests.factories.organisations import make_provider

NOW = clock.now()


def minutes(count: float) -> datetime:
    """That many minutes after the test began."""
    return NOW + timedelta(minutes=count)


@pytest.fixture
def person(db_session: object) -> User:
    """A submitter."""
    return make_person(Role.SUBMITTER)


@pytest.fixture
def token(person: User) -> str:
    """The token of a session that began now."""
    made = start_session(user_id=person.id, now=NOW)
    db.session.flush()
    return made


def test_the_database_does_not_hold_the_token(token: str) -> None:
    """Who reads the table cannot sign in with what is there."""
    stored = db.session.scalars(select(UserSession.token_hash)).one()
    assert len(stored) == 32
    assert token.encode() not in stored
    assert find_signed_in(stored.hex(), NOW) is None


def test_a_session_ends_after_an_hour_unused(token: str) -> None:
    """Fifty-nine minutes are forgiven, sixty are not."""
    assert find_signed_in(token, minutes(59)) is not None
    assert find_signed_in(token, minutes(60)) is None


def test_use_keeps_a_session_alive_but_for_twelve_hours_at_most(token: str) -> None:
    """Each use starts the hour again; nothing moves the end of the twelve hours."""
    for half_hours in range(1, 24):
        found = find_signed_in(token, minutes(30 * half_hours))
        assert found is not None
        touch_session(found, minutes(30 * half_hours))
    assert find_signed_in(token, NOW + ABSOLUTE) is None


def test_a_session_is_touched_at_most_once_a_minute(token: str) -> None:
    """A second page within the minute writes nothing."""
    found = find_signed_in(token, minutes(0.5))
    assert found is not None
    touch_session(found, minutes(0.5))
    assert db.session.scalars(select(UserSession.last_seen_at)).one() == NOW
    touch_session(found, minutes(1))
    assert db.session.scalars(select(UserSession.last_seen_at)).one() == minutes(1)


def test_touching_waits_for_no_disk(token: str) -> None:
    """Nobody's submission waits for two syncs: the transaction that touches is committed without one."""
    found = find_signed_in(token, minutes(1))
    assert found is not None
    db.session.execute(text("SET LOCAL synchronous_commit = on"))
    touch_session(found, minutes(1))
    assert db.session.execute(text("SHOW synchronous_commit")).scalar_one() == "off"


def test_a_session_ended_by_hand_is_over(token: str) -> None:
    """After signing out the token is worth nothing (W-03)."""
    found = find_signed_in(token, NOW)
    assert found is not None
    end_session(session_id=found.session_id, now=NOW)
    assert find_signed_in(token, NOW) is None


def test_a_renewed_token_replaces_the_old_one(token: str) -> None:
    """The session goes on under the new token only (W-02)."""
    found = find_signed_in(token, NOW)
    assert found is not None
    renewed = renew_token(session_id=found.session_id)
    again = find_signed_in(renewed, NOW)
    assert again is not None
    assert again.session_id == found.session_id
    assert find_signed_in(token, NOW) is None


def test_ending_the_others_keeps_one(person: User, token: str) -> None:
    """All sessions of the person end but the one that asked; other people's stay."""
    kept = find_signed_in(token, NOW)
    assert kept is not None
    second = start_session(user_id=person.id, now=NOW)
    stranger = start_session(user_id=make_person(Role.SUBMITTER).id, now=NOW)
    db.session.flush()
    end_sessions_of(user_id=person.id, now=NOW, except_session=kept.session_id)
    states = [find_signed_in(each, NOW) is not None for each in (token, second, stranger)]
    assert states == [True, False, True]


def test_an_account_that_is_switched_off_is_signed_out(person: User, token: str) -> None:
    """Switching an account off works at the next request."""
    person.is_active = False
    db.session.flush()
    assert find_signed_in(token, NOW) is None


def test_a_lost_role_is_lost_at_once(person: User, token: str) -> None:
    """The roles are read at every request, so an ended membership counts no more (W-03)."""
    before = find_signed_in(token, NOW)
    assert before is not None
    assert before.actor.provider_roles == {Role.SUBMITTER}
    db.session.scalars(select(HeldRole).where(HeldRole.user_id == person.id)).one().ended_at = NOW
    db.session.flush()
    after = find_signed_in(token, NOW)
    assert after is not None
    assert (after.actor.roles, after.actor.provider_id) == (frozenset(), None)


def test_who_acts_is_the_same_in_and_outside_a_request(db_session: object) -> None:
    """`actor_for` and a session give equal actors, also for people with roles in two kinds of place."""
    person = make_person(Role.SUBMITTER, Role.COMMISSIONER, Role.OPENER)
    token = start_session(user_id=person.id, now=NOW)
    db.session.flush()
    found = find_signed_in(token, NOW)
    assert found is not None
    assert actor_for(person.id) == found.actor
    assert found.actor.roles == {Role.SUBMITTER, Role.COMMISSIONER, Role.OPENER}


def test_the_first_of_two_providers_counts(db_session: object) -> None:
    """Somebody who works for two providers acts for the first, and holds no role in the second."""
    first, second = make_provider(), make_provider()
    person = make_person(Role.CONTRIBUTOR, provider=first)
    db.session.add(HeldRole(user_id=person.id, role=Role.SUBMITTER, provider_id=second.id))
    db.session.flush()
    actor = actor_for(person.id)
    assert (actor.provider_id, actor.provider_roles) == (first.id, {Role.CONTRIBUTOR})


@pytest.mark.parametrize(
    ("role", "waits"),
    [(Role.SUBMITTER, True), (Role.CONTRIBUTOR, False), (Role.COMMISSIONER, True), (Role.AUDITOR, True)],
)
def test_roles_that_need_it_wait_for_the_second_factor(db_session: object, role: Role, waits: bool) -> None:
    """After the password alone, a submitter or an officer waits; a contributor does not."""
    token = start_session(user_id=make_person(role).id, now=NOW)
    db.session.flush()
    found = find_signed_in(token, NOW)
    assert found is not None
    assert found.awaits_factor is waits
