"""Signing in and out, and changing the password."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Literal

import pytest
from argon2 import PasswordHasher
from flask import Flask

from portal.accounts import passwords
from portal.accounts.models import User
from portal.accounts.passwords import password_matches
from portal.accounts.sessions import SignedIn, find_signed_in, start_session
from portal.accounts.signing_in import change_password, sign_in, sign_out
from portal.accounts.throttling import Origin, TooManyTries
from portal.audit.kinds import EventKind
from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput
from portal.core.permissions import Role
from portal.core.seals import KeyFolder
from portal.extensions import db
from tests.factories.accounts import PASSWORD, actor_of, make_person

Count = Callable[[], AbstractContextManager[list[str]]]
NOW = clock.now()
HERE = Origin("192.0.2.1")


@pytest.fixture
def keys(app: Flask, db_session: object) -> KeyFolder:
    """The installation's keys."""
    return app.extensions["keys"]


@pytest.fixture
def person(keys: KeyFolder) -> User:
    """A contributor."""
    return make_person(Role.CONTRIBUTOR, email="demo@people.example")


def try_in(keys: KeyFolder, email: str, password: str = PASSWORD) -> SignedIn | None:
    """Sign in from one address."""
    token = sign_in(email=email, password=password, origin=HERE, keys=keys, now=NOW)
    db.session.flush()
    return find_signed_in(token, NOW) if token else None


def kinds() -> list[str]:
    """What the system's chain holds."""
    return [event.kind for event in events_of("system")]


def test_the_right_password_opens_a_session(person: User, keys: KeyFolder) -> None:
    """The session belongs to the person; spaces and capitals in the address do not matter."""
    found = try_in(keys, "  Demo@People.example ")
    assert found is not None
    assert (found.user_id, found.factor_at) == (person.id, None)
    assert kinds() == [EventKind.SIGNED_IN]


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("demo@people.example", "wrong"),
        ("demo@people.example", ""),
        ("nobody@people.example", PASSWORD),
        ("", ""),
    ],
)
def test_anything_else_opens_none(person: User, keys: KeyFolder, email: str, password: str) -> None:
    """A wrong password and an unknown address are refused alike, and recorded without what was typed."""
    assert try_in(keys, email, password) is None
    (event,) = events_of("system")
    assert (event.kind, event.actor_id) == (EventKind.SIGN_IN_REFUSED, None)
    assert event.data == {"account": str(person.id) if email.startswith("demo") else None}


def test_an_account_that_is_switched_off_does_not_sign_in(person: User, keys: KeyFolder) -> None:
    """The right password is not enough once the account is off."""
    person.is_active = False
    assert try_in(keys, "demo@people.example") is None


def test_a_young_member_has_no_password_to_guess(keys: KeyFolder) -> None:
    """An account without e-mail address is never found by an empty one."""
    db.session.add(User(display_name="Alias 1"))
    db.session.flush()
    assert try_in(keys, "", "") is None


def test_an_unknown_address_costs_the_work_of_a_wrong_password(
    person: User, keys: KeyFolder, count_statements: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same statements, and one hash is verified either way: the answer's time tells nothing (W-04)."""
    verified: list[str] = []

    class Watched(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            verified.append(str(hash))
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "hasher", Watched())
    done = []
    for email in ("demo@people.example", "nobody@people.example"):
        with count_statements() as statements:
            assert sign_in(email=email, password="wrong", origin=Origin(f"to {email}"), keys=keys, now=NOW) is None
            db.session.flush()
        done.append(statements)
    assert verified == [person.password_hash, passwords.NOBODY]
    assert len(done[0]) == len(done[1])


def test_the_right_password_waits_after_wrong_ones(person: User, keys: KeyFolder) -> None:
    """Guessing on costs time, even when the last guess is right."""
    for number in range(5):
        assert try_in(keys, "demo@people.example", f"guess {number}") is None
    with pytest.raises(TooManyTries):
        try_in(keys, "demo@people.example")


def test_signing_out_ends_the_session(person: User, keys: KeyFolder) -> None:
    """The token is refused from then on."""
    found = try_in(keys, "demo@people.example")
    assert found is not None
    sign_out(signed_in=found, now=NOW)
    assert find_signed_in(found.token, NOW) is None
    assert kinds() == [EventKind.SIGNED_IN, EventKind.SIGNED_OUT]


def test_a_new_password_ends_the_other_sessions(person: User, keys: KeyFolder) -> None:
    """Only the session that changed it goes on; the old password is worth nothing (W-03)."""
    mine, other = try_in(keys, "demo@people.example"), start_session(user_id=person.id, now=NOW)
    db.session.flush()
    assert mine is not None
    change_password(
        actor=actor_of(person),
        session_id=mine.session_id,
        old=PASSWORD,
        new="a new and longer password",
        origin=HERE,
        keys=keys,
        now=NOW,
    )
    assert find_signed_in(mine.token, NOW) is not None
    assert find_signed_in(other, NOW) is None
    assert password_matches(person.password_hash, "a new and longer password")
    assert not password_matches(person.password_hash, PASSWORD)
    assert kinds()[-1] == EventKind.PASSWORD_CHANGED


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("wrong", "a new and longer password", "old_password"),
        (PASSWORD, "short", "password"),
        (PASSWORD, "passwordpassword", "password"),
        (PASSWORD, "aaaaaaaaaaaaaaaa", "password"),
        (PASSWORD, "x" * 201, "password"),
    ],
)
def test_a_refused_change_says_where(person: User, keys: KeyFolder, old: str, new: str, field: str) -> None:
    """The wrong present password and an unfit new one are told apart, and nothing changes."""
    mine = try_in(keys, "demo@people.example")
    assert mine is not None
    with pytest.raises(InvalidInput) as refusal:
        change_password(
            actor=actor_of(person), session_id=mine.session_id, old=old, new=new, origin=HERE, keys=keys, now=NOW
        )
    assert refusal.value.field == field
    assert password_matches(person.password_hash, PASSWORD)
