"""Recovery codes: ten, each for once."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from portal.accounts.factor_models import RecoveryCode
from portal.accounts.models import User, UserSession
from portal.accounts.recovery import COUNT, make_recovery_codes, recovery_codes_left
from portal.accounts.second_factor import WRONG_RECOVERY_CODE, Shown, confirm_factor
from portal.accounts.sessions import find_signed_in, start_session
from portal.accounts.throttling import Origin
from portal.audit.kinds import EventKind
from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput
from portal.core.permissions import Role
from portal.core.seals import KeyFolder
from portal.extensions import db
from tests.factories.accounts import actor_of, make_person


@pytest.fixture
def keys(app: Flask, db_session: object) -> KeyFolder:
    """The installation's keys."""
    return app.extensions["keys"]


@pytest.fixture
def officer(keys: KeyFolder) -> User:
    """A commissioner with an authenticator."""
    return make_person(Role.COMMISSIONER)


def made(person: User) -> list[str]:
    """New codes of the person."""
    codes = make_recovery_codes(actor=actor_of(person), now=clock.now())
    db.session.flush()
    return codes


def shown(person: User, typed: str, keys: KeyFolder) -> UserSession:
    """A session in which the person has typed that for a second factor."""
    token = start_session(user_id=person.id, now=clock.now())
    db.session.flush()
    found = find_signed_in(token, clock.now())
    assert found is not None
    confirm_factor(user_id=person.id, session_id=found.session_id, shown=Shown(typed), origin=Origin("192.0.2.1"),
                   keys=keys, now=clock.now())  # fmt: skip
    return db.session.get_one(UserSession, found.session_id)


def test_each_code_stands_for_the_second_factor_once(officer: User, keys: KeyFolder) -> None:
    """However it is typed; the second time it is refused, and the others still work."""
    codes = made(officer)
    assert len(set(codes)) == COUNT == recovery_codes_left(officer.id)
    assert shown(officer, f" {codes[3].lower().replace('-', ' ')} ", keys).factor_at is not None
    with pytest.raises(InvalidInput, match=WRONG_RECOVERY_CODE):
        shown(officer, codes[3], keys)
    assert shown(officer, codes[0], keys).factor_at is not None
    assert recovery_codes_left(officer.id) == COUNT - 2


def test_a_code_is_its_person_s_alone(officer: User, keys: KeyFolder) -> None:
    """Somebody else's code is no code."""
    codes, other = made(officer), make_person(Role.APPROVER)
    with pytest.raises(InvalidInput, match=WRONG_RECOVERY_CODE):
        shown(other, codes[0], keys)


def test_new_codes_replace_the_ones_before(officer: User, keys: KeyFolder) -> None:
    """Whoever lost the paper makes new ones, and what is on the paper is worth nothing."""
    lost = made(officer)
    again = made(officer)
    with pytest.raises(InvalidInput):
        shown(officer, lost[0], keys)
    assert shown(officer, again[0], keys).factor_at is not None


def test_only_slow_salted_hashes_are_stored(officer: User) -> None:
    """Each with a salt of its own (ASVS 6.5.2); the ledger says that codes were made, and none of them."""
    codes = made(officer)
    hashes = db.session.scalars(select(RecoveryCode.code_hash)).all()
    assert {stored.split("$")[1] for stored in hashes} == {"argon2id"}
    assert len({stored.split("$")[4] for stored in hashes}) == COUNT
    event = events_of("system")[-1]
    assert (event.kind, event.data) == (EventKind.RECOVERY_CODES_MADE, {})
    assert not any(code in str(hashes) for code in codes)
