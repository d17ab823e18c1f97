"""Guessing is slowed: longer for each wrong try, however many come at once, and for nobody else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
import structlog
from flask import Flask
from sqlalchemy import func, select
from structlog.testing import capture_logs

from portal.accounts import signing_in, throttling
from portal.accounts.devices import forget_devices, is_known, remember
from portal.accounts.models import FailedGuess, KnownDevice, User
from portal.accounts.passwords import hash_password
from portal.accounts.throttling import Origin, TooManyTries, guess
from portal.core import clock
from portal.core.errors import InvalidInput
from portal.core.permissions import Role
from portal.core.seals import KeyFolder
from portal.extensions import db
from tests.factories.accounts import PASSWORD, make_person

NOW = clock.now()
THREADS = 16


@pytest.fixture
def keys(app: Flask, db_session: object) -> KeyFolder:
    """The installation's keys."""
    return app.extensions["keys"]


def wrong(
    keys: KeyFolder, at: str = "account:a", address: str = "192.0.2.1", seconds: float = 0, **more: object
) -> None:
    """One wrong try, some seconds after the first."""
    with guess(at=at, origin=Origin(address, "token"), keys=keys, now=NOW + timedelta(seconds=seconds), **more):  # type: ignore[arg-type]
        pass


def waits(
    keys: KeyFolder, at: str = "account:a", address: str = "192.0.2.1", seconds: float = 0, **more: object
) -> int:
    """For how many seconds the next try would have to wait; it counts as wrong where it need not."""
    try:
        wrong(keys, at, address, seconds, **more)
    except TooManyTries as refusal:
        wait = refusal.retry_after
        return wait or 0
    return 0


def test_each_wrong_try_waits_longer(keys: KeyFolder) -> None:
    """Five are free; then half a minute, one, two, and five minutes for each that follows."""
    assert [waits(keys) for _ in range(5)] == [0] * 5
    at, asked = 0.0, []
    for _ in range(5):
        wait = waits(keys, seconds=at)
        asked.append(wait)
        at += wait
        assert waits(keys, seconds=at) == 0
    assert asked == [30, 60, 120, 300, 300]


def test_strangers_share_ten_wrong_tries_in_five_minutes(keys: KeyFolder) -> None:
    """Guesses at one account from many addresses add up; the next waits until the first of the ten is old."""
    for number in range(10):
        wrong(keys, address=f"192.0.2.{number}", seconds=number)
    assert waits(keys, address="198.51.100.1", seconds=20) == 280
    assert waits(keys, at="account:b", address="198.51.100.1") == 0


def test_one_guesser_leaves_room_for_the_others(keys: KeyFolder) -> None:
    """Whoever hammers at an account from one address does not keep its owner out who is somewhere else."""
    for seconds in range(300):
        waits(keys, seconds=seconds)
    assert waits(keys, address="198.51.100.1", seconds=300) == 0


def test_a_known_device_is_counted_by_itself(keys: KeyFolder) -> None:
    """Strangers do not slow it, and its own wrong tries slow nobody else; a right one forgets them."""
    for number in range(12):
        waits(keys, address=f"192.0.2.{number}")
    assert [waits(keys, known=True) for _ in range(6)] == [0, 0, 0, 0, 0, 30]
    with guess(at="account:a", origin=Origin("192.0.2.9", "token"), known=True, keys=keys,
               now=NOW + timedelta(seconds=30)) as tried:  # fmt: skip
        tried.succeed()
    assert waits(keys, known=True, seconds=31) == 0


def test_right_tries_count_as_none(keys: KeyFolder) -> None:
    """An office behind one address that signs in properly never waits."""
    for number in range(150):
        with guess(at=f"account:{number}", origin=Origin("192.0.2.1"), keys=keys, now=NOW) as tried:
            tried.succeed()
    assert db.session.scalar(select(func.count(FailedGuess.id))) == 0


def test_one_address_is_slowed_and_not_stopped(keys: KeyFolder) -> None:
    """After a hundred wrong tries at whatever, an address's strangers take turns; its known devices do not."""
    for number in range(100):
        wrong(keys, at=f"account:{number}")
    assert waits(keys, at="account:x") == 1
    assert waits(keys, at="account:x", seconds=1) == 0
    assert waits(keys, at="account:y", known=True) == 0
    assert waits(keys, at="account:z", seconds=302) == 0


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("unknown", "unknown"),
    ],
)
def test_an_ipv6_address_stands_for_its_network(address: str, network: str) -> None:
    """Whoever has one address of a /64 has all of them."""
    assert Origin(address).network == network


def test_a_refused_try_is_counted_and_logged_without_who(keys: KeyFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refusal inside counts as wrong and goes on; what was not looked at is in the log, without person or place."""
    # A logger that wrote before keeps how it wrote, and nothing of it would be caught.
    monkeypatch.setattr(throttling, "log", structlog.get_logger())
    for _ in range(5):
        with pytest.raises(InvalidInput), guess(at="factor:somebody", origin=Origin("192.0.2.1"), keys=keys, now=NOW):
            raise InvalidInput("no")
    with capture_logs() as logged:
        assert waits(keys, at="factor:somebody") == 30
    assert logged == [
        {"event": "guess_not_looked_at", "log_level": "warning", "at": "factor", "known_device": False, "wait": 30.0}
    ]


def test_what_was_typed_is_not_stored(keys: KeyFolder) -> None:
    """The table holds keyed hashes: neither the e-mail address nor a plain hash of it."""
    wrong(keys, at="account:person@people.example", address="192.0.2.7")
    stored = db.session.scalars(select(FailedGuess)).one()
    for value in (stored.target_hash, stored.place_hash):
        assert len(value) == 32
        assert b"person" not in value
    wrong(KeyFolder(keys.folder.parent / "other-keys"), at="account:person@people.example", address="192.0.2.7")
    hashes = db.session.scalars(select(FailedGuess.target_hash)).all()
    assert len(set(hashes)) == 2


def test_old_tries_are_forgotten(keys: KeyFolder) -> None:
    """A day later the next wrong try from the same place removes what is left of the ones before it."""
    wrong(keys)
    wrong(keys, at="account:c", address="192.0.2.9")
    wrong(keys, seconds=24 * 3600 + 1)
    assert db.session.scalar(select(func.count(FailedGuess.id))) == 2


def test_a_browser_is_known_for_its_people(keys: KeyFolder) -> None:
    """Two people who share one keep one token; a made-up token is nobody's, and one can be forgotten."""
    one, two = make_person(Role.CONTRIBUTOR), make_person(Role.CONTRIBUTOR)
    token = remember(device=None, user_id=one.id, now=NOW)
    assert remember(device=token, user_id=two.id, now=NOW) == token
    assert remember(device=token, user_id=two.id, now=NOW + timedelta(days=1)) == token
    assert (is_known(token, one.id), is_known(token, two.id)) == (True, True)
    assert (is_known("made up", one.id), is_known(None, one.id), is_known(token, None)) == (False, False, False)
    assert token.encode() not in db.session.scalars(select(KnownDevice.token_hash)).all()
    forget_devices(user_id=one.id)
    assert (is_known(token, one.id), is_known(token, two.id)) == (False, True)


def in_parallel(app: Flask, passwords: list[str]) -> list[str]:
    """Sign in with each of the passwords at the same moment, each from an address of its own; what came of it."""
    start = Barrier(THREADS)

    def one(number: int) -> str:
        with app.app_context():
            if number < start.parties:
                start.wait(30)
            try:
                token = signing_in.sign_in(
                    email="demo@people.example",
                    password=passwords[number],
                    origin=Origin(f"192.0.2.{number}"),
                    keys=app.extensions["keys"],
                    now=clock.now(),
                )
                db.session.commit()
            except TooManyTries:
                return "waits"
            return "in" if token else "wrong"

    with app.app_context():
        db.session.add(User(display_name="Demo", email="demo@people.example", password_hash=hash_password(PASSWORD)))
        db.session.commit()
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(len(passwords))))


def test_a_burst_of_guesses_is_counted_one_by_one(fresh_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 50 guesses at an account, sent at one moment from 50 addresses, ten are looked at (W-05)."""
    looked_at: list[str] = []
    real = signing_in.password_matches

    def counted(stored: str | None, typed: str) -> bool:
        looked_at.append(typed)
        return real(stored, typed)

    monkeypatch.setattr(signing_in, "password_matches", counted)
    outcomes = in_parallel(fresh_app, [f"guess {number}" for number in range(50)])
    assert (outcomes.count("wrong"), outcomes.count("waits"), len(looked_at)) == (10, 40, 10)


def test_any_number_of_right_sign_ins_at_once_are_in(fresh_app: Flask) -> None:
    """What is still being looked at is not taken for wrong, even at one and the same account."""
    assert in_parallel(fresh_app, [PASSWORD] * 50) == ["in"] * 50
