"""A session's last minutes: the page may ask how long it lasts, and one press goes on (WCAG 2.2.1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from portal.accounts.models import User, UserSession
from portal.accounts.sessions import ABSOLUTE, IDLE
from portal.core import clock
from portal.core.permissions import Role
from portal.extensions import db
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.filling import fields_of

FIVE_MINUTES = timedelta(minutes=5)
HERE = "/still-here"


@pytest.fixture
def person(client: CheckedClient) -> User:
    """Somebody who opened a page 55 minutes ago and nothing since."""
    made = make_person(Role.CONTRIBUTOR)
    sign_in(client, made)
    client.get("/account")
    put_back(made, last_seen_at=clock.now() - IDLE + FIVE_MINUTES)
    return made


def put_back(person: User, **values: datetime) -> None:
    """Change the times of the person's session."""
    db.session.execute(update(UserSession).where(UserSession.user_id == person.id).values(**values))


def session_of(person: User) -> UserSession:
    """The person's session."""
    return db.session.scalars(select(UserSession).where(UserSession.user_id == person.id)).one()


def test_asking_does_not_count_as_being_there(client: CheckedClient, person: User) -> None:
    """The page asks by itself, so that the answer is the time that is left and stays so."""
    before = session_of(person).last_seen_at
    left = client.get("/time-left").json["seconds"]
    assert 0 < left <= FIVE_MINUTES.total_seconds()
    assert session_of(person).last_seen_at == before


def test_one_press_goes_on(client: CheckedClient, person: User) -> None:
    """From then on it lasts an hour again; every page carries the press and the time that is left."""
    held = fields_of(client.get("/account"), action=HERE)
    put_back(person, last_seen_at=clock.now() - IDLE + FIVE_MINUTES)
    assert client.post(HERE, data=held).json["seconds"] == IDLE.total_seconds()
    assert client.get("/time-left").json["seconds"] > FIVE_MINUTES.total_seconds()


def test_a_short_sitting_goes_on_but_no_session_is_longer_than_twelve_hours(
    client: CheckedClient, person: User
) -> None:
    """Whoever is there keeps the place for another hour, up to the limit of every session."""
    held = fields_of(client.get("/account"), action=HERE)
    now = clock.now()
    put_back(person, expires_at=now + FIVE_MINUTES)
    assert client.post(HERE, data=held).json["seconds"] == IDLE.total_seconds()
    started = now - ABSOLUTE + FIVE_MINUTES
    put_back(person, created_at=started, expires_at=started + ABSOLUTE)
    assert client.post(HERE, data=held).json["seconds"] <= FIVE_MINUTES.total_seconds()


def test_whoever_is_signed_out_has_no_time_left(new_client: Callable[[], CheckedClient]) -> None:
    """A visitor's page is told so, and nothing else."""
    assert new_client().get("/time-left").json == {"seconds": 0}
