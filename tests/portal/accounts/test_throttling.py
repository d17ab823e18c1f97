"""Ten failures in five minutes, however many guesses come at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.accounts import signing_in
from portal.accounts.models import SignInAttempt, User
from portal.accounts.passwords import hash_password
from portal.accounts.throttling import TooManyTries, Try, begin_try
from portal.core import clock
from portal.core.seals import KeyFolder
from portal.extensions import db
from tests.factories.accounts import PASSWORD

NOW = clock.now()


@pytest.fixture
def keys(app: Flask, db_session: object) -> KeyFolder:
    """The installation's keys."""
    return app.extensions["keys"]


def guess(keys: KeyFolder, account: str = "a", address: str = "1", minutes: float = 0) -> Try:
    """One try, some minutes after the first."""
    return begin_try(account=account, address=address, keys=keys, now=NOW + timedelta(minutes=minutes))


def test_ten_failures_are_looked_at_and_no_eleventh(keys: KeyFolder) -> None:
    """The eleventh try is refused and not counted."""
    for _ in range(10):
        guess(keys)
    with pytest.raises(TooManyTries):
        guess(keys)
    assert db.session.scalar(select(func.count(SignInAttempt.id))) == 10


def test_the_account_counts_across_addresses(keys: KeyFolder) -> None:
    """Guesses at one account from many addresses add up."""
    for number in range(10):
        guess(keys, address=str(number))
    with pytest.raises(TooManyTries):
        guess(keys, address="another")
    guess(keys, account="b", address="another")


def test_the_address_counts_across_accounts(keys: KeyFolder) -> None:
    """Guesses at many accounts from one address add up."""
    for number in range(10):
        guess(keys, account=str(number))
    with pytest.raises(TooManyTries):
        guess(keys, account="another")
    guess(keys, account="another", address="2")


def test_success_does_not_count(keys: KeyFolder) -> None:
    """Colleagues behind one address who sign in properly never lock each other out."""
    for number in range(25):
        guess(keys, account=str(number)).succeed()


def test_the_window_is_five_minutes(keys: KeyFolder) -> None:
    """A failure stops counting five minutes later."""
    for _ in range(10):
        guess(keys)
    with pytest.raises(TooManyTries):
        guess(keys, minutes=4.9)
    guess(keys, minutes=5.1)


def test_what_was_typed_is_not_stored(keys: KeyFolder) -> None:
    """The table holds keyed hashes: neither the e-mail address nor a plain hash of it."""
    guess(keys, account="person@people.example", address="192.0.2.7")
    stored = db.session.scalars(select(SignInAttempt)).one()
    for value in (stored.account_hash, stored.address_hash):
        assert len(value) == 32
        assert b"person" not in value
    other = KeyFolder(keys.folder.parent / "other-keys")
    guess(other, account="person@people.example", address="192.0.2.7")
    hashes = db.session.scalars(select(SignInAttempt.account_hash)).all()
    assert len(set(hashes)) == 2


def test_old_tries_are_forgotten(keys: KeyFolder) -> None:
    """A day later the next try removes what is left of the ones before it."""
    guess(keys)
    guess(keys, account="c", address="9")
    guess(keys, minutes=24 * 60 + 1)
    assert db.session.scalar(select(func.count(SignInAttempt.id))) == 2


def test_a_burst_of_guesses_is_counted_one_by_one(fresh_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 50 guesses sent at the same moment at most ten are looked at, and all are answered alike (W-05)."""
    looked_at: list[str] = []
    real = signing_in.password_matches

    def counted(stored: str | None, typed: str) -> bool:
        looked_at.append(typed)
        return real(stored, typed)

    monkeypatch.setattr(signing_in, "password_matches", counted)
    with fresh_app.app_context():
        db.session.add(User(display_name="Demo", email="demo@people.example", password_hash=hash_password(PASSWORD)))
        db.session.commit()
    start = Barrier(25)

    def one(number: int) -> str:
        with fresh_app.app_context():
            if number < 25:
                start.wait(30)
            try:
                signing_in.sign_in(
                    email="demo@people.example",
                    password=f"guess {number}",
                    address=f"192.0.2.{number}",
                    keys=fresh_app.extensions["keys"],
                    now=clock.now(),
                )
                db.session.commit()
            except TooManyTries:
                return "throttled"
            return "looked at"

    with ThreadPoolExecutor(25) as pool:
        outcomes = list(pool.map(one, range(50)))
    assert outcomes.count("looked at") == len(looked_at) == 10
