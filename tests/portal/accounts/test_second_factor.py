"""The second factor: one use a code, a narrow window, and no way round it."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
from flask import Flask

from portal.accounts.models import User, UserSession
from portal.accounts.second_factor import (
    RUN_OUT,
    WRONG_CODE,
    Proposal,
    Shown,
    confirm_factor,
    propose_factor,
    read_proposal,
    secret_of,
    set_up_factor,
)
from portal.accounts.sessions import find_signed_in, start_session
from portal.accounts.throttling import Origin, TooManyTries
from portal.audit.kinds import EventKind
from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput, SecondFactorNeeded
from portal.core.permissions import Role
from portal.core.seals import KeyFolder
from portal.extensions import db
from tests.factories.accounts import FACTOR_SECRET, actor_of, current_code, make_person

HERE = Origin("192.0.2.1")


@pytest.fixture
def keys(app: Flask, db_session: object) -> KeyFolder:
    """The installation's keys."""
    return app.extensions["keys"]


@pytest.fixture
def officer(keys: KeyFolder) -> User:
    """A commissioner with an authenticator."""
    return make_person(Role.COMMISSIONER)


def session_of(person: User) -> UserSession:
    """A session of the person that waits for the second factor."""
    token = start_session(user_id=person.id, now=clock.now())
    db.session.flush()
    found = find_signed_in(token, clock.now())
    assert found is not None
    return db.session.get_one(UserSession, found.session_id)


def proposal_for(person: User, keys: KeyFolder) -> Proposal:
    """A new secret for the person."""
    return propose_factor(user_id=person.id, account_name="person@people.example", keys=keys)


def code_for(proposal: Proposal, *, steps: int = 0) -> str:
    """The code that an authenticator with the proposed secret shows."""
    return pyotp.TOTP(proposal.secret).at(clock.now() + timedelta(seconds=30 * steps))


def test_the_right_code_makes_the_session_fresh(officer: User, keys: KeyFolder) -> None:
    """A right code is noted in the session with the time it was shown."""
    session, code = session_of(officer), current_code()
    now = clock.now()
    confirm_factor(user_id=officer.id, session_id=session.id, shown=Shown(code), origin=HERE, keys=keys, now=now)
    db.session.refresh(session)
    assert session.factor_at == now


def test_a_code_works_once(officer: User, keys: KeyFolder) -> None:
    """The same code is refused the second time, in whatever session."""
    session, code = session_of(officer), current_code()
    confirm_factor(
        user_id=officer.id, session_id=session.id, shown=Shown(code), origin=HERE, keys=keys, now=clock.now()
    )
    with pytest.raises(InvalidInput) as refusal:
        confirm_factor(
            user_id=officer.id,
            session_id=session_of(officer).id,
            shown=Shown(code),
            origin=HERE,
            keys=keys,
            now=clock.now(),
        )
    assert refusal.value.field == "factor_code"


def test_an_earlier_code_is_refused_after_a_later_one(officer: User, keys: KeyFolder) -> None:
    """Once a step was used, the steps before it are used up as well."""
    session, now = session_of(officer), clock.now()
    earlier, later = (pyotp.TOTP(FACTOR_SECRET).at(now + timedelta(seconds=30 * step)) for step in (-1, 0))
    confirm_factor(user_id=officer.id, session_id=session.id, shown=Shown(later), origin=HERE, keys=keys, now=now)
    with pytest.raises(InvalidInput):
        confirm_factor(user_id=officer.id, session_id=session.id, shown=Shown(earlier), origin=HERE, keys=keys, now=now)


@pytest.mark.parametrize("steps", [-2, -1, 0, 1, 2, 3])
def test_a_code_lives_for_thirty_seconds(officer: User, keys: KeyFolder, steps: int) -> None:
    """Only the one that the app shows now is accepted, neither the one before nor the next (ASVS 6.5.5)."""
    session, now = session_of(officer), clock.now()
    code = pyotp.TOTP(FACTOR_SECRET).at(now + timedelta(seconds=30 * steps))
    said = ""
    try:
        confirm_factor(user_id=officer.id, session_id=session.id, shown=Shown(code), origin=HERE, keys=keys, now=now)
    except InvalidInput as refusal:
        said = refusal.message
    assert said == ("" if steps == 0 else WRONG_CODE if steps == 3 else RUN_OUT)


@pytest.mark.parametrize("steps", [-2, -1, 1, 2])
def test_two_codes_that_are_off_alike_show_the_clock(officer: User, keys: KeyFolder, steps: int) -> None:
    """Somebody whose phone is a minute off is refused once, and known by it from then on."""
    session, now, done = session_of(officer), clock.now(), []
    for later in range(3):
        at = now + timedelta(seconds=30 * later)
        code = pyotp.TOTP(FACTOR_SECRET).at(at + timedelta(seconds=30 * steps))
        try:
            confirm_factor(user_id=officer.id, session_id=session.id, shown=Shown(code), origin=HERE, keys=keys, now=at)
            done.append("in")
        except InvalidInput:
            done.append("refused")
        db.session.expire_all()
    assert done == ["refused", "in", "in"]
    assert officer.totp_drift == steps


def test_spaces_in_a_code_do_not_matter(officer: User, keys: KeyFolder) -> None:
    """Authenticators show "123 456", and people type it so."""
    session, code = session_of(officer), current_code()
    typed = f" {code[:3]} {code[3:]} "
    confirm_factor(
        user_id=officer.id, session_id=session.id, shown=Shown(typed), origin=HERE, keys=keys, now=clock.now()
    )


@pytest.mark.parametrize("typed", ["12345", "1234567", "abcdef", "１２３４５６"])
def test_what_is_no_code_is_refused(officer: User, keys: KeyFolder, typed: str) -> None:
    """Too few or too many characters, letters and full-width digits are refused alike."""
    session = session_of(officer)
    with pytest.raises(InvalidInput, match="not right"):
        confirm_factor(
            user_id=officer.id, session_id=session.id, shown=Shown(typed), origin=HERE, keys=keys, now=clock.now()
        )


def test_guesses_at_a_code_wait(officer: User, keys: KeyFolder) -> None:
    """After five wrong codes even the right one is not looked at; half a minute later it works."""
    session, now = session_of(officer), clock.now()
    wrong = f"{(int(pyotp.TOTP(FACTOR_SECRET).at(now)) + 500_000) % 1_000_000:06}"
    for _ in range(5):
        with pytest.raises(InvalidInput):
            confirm_factor(
                user_id=officer.id, session_id=session.id, shown=Shown(wrong), origin=HERE, keys=keys, now=now
            )
    with pytest.raises(TooManyTries) as refusal:
        confirm_factor(
            user_id=officer.id, session_id=session.id, shown=Shown(current_code()), origin=HERE, keys=keys, now=now
        )
    assert (refusal.value.field, refusal.value.retry_after) == ("factor_code", 30)
    later = now + timedelta(seconds=30)
    code = pyotp.TOTP(FACTOR_SECRET).at(later)
    confirm_factor(user_id=officer.id, session_id=session.id, shown=Shown(code), origin=HERE, keys=keys, now=later)


def test_a_wrong_code_is_on_record(officer: User, keys: KeyFolder) -> None:
    """Whoever types it knows the password, so the ledger says whose factor it was, and not what was typed."""
    with pytest.raises(InvalidInput):
        confirm_factor(
            user_id=officer.id,
            session_id=session_of(officer).id,
            shown=Shown("12345"),
            origin=HERE,
            keys=keys,
            now=clock.now(),
        )
    event = events_of("system")[-1]
    assert (event.kind, event.object_id, event.data) == (EventKind.SECOND_FACTOR_REFUSED, officer.id, {})


def test_somebody_else_s_session_stays_as_it_was(officer: User, keys: KeyFolder) -> None:
    """A right code freshens only a session of the same person."""
    other = session_of(make_person(Role.APPROVER))
    confirm_factor(
        user_id=officer.id, session_id=other.id, shown=Shown(current_code()), origin=HERE, keys=keys, now=clock.now()
    )
    db.session.refresh(other)
    assert other.factor_at is None


def test_setting_up_stores_the_secret_sealed(keys: KeyFolder) -> None:
    """The database holds the secret encrypted, the session counts as fresh, and the act is recorded."""
    person = make_person(Role.COMMISSIONER, factor=False)
    session, proposal = session_of(person), proposal_for(person, keys)
    set_up_factor(
        actor=actor_of(person),
        session_id=session.id,
        proposal=proposal,
        code=code_for(proposal),
        origin=HERE,
        keys=keys,
        now=clock.now(),
    )
    assert secret_of(person, keys=keys) == proposal.secret
    assert proposal.secret.encode() not in (person.totp_sealed or b"")
    assert session.factor_at is not None
    (event,) = [event for event in events_of("system") if event.kind == EventKind.SECOND_FACTOR_SET]
    assert (event.actor_id, event.data) == (person.id, {"replaced": False})


def test_a_wrong_first_code_sets_nothing_up(keys: KeyFolder) -> None:
    """The secret comes into force only once its first code was right."""
    person = make_person(Role.COMMISSIONER, factor=False)
    session, proposal = session_of(person), proposal_for(person, keys)
    with pytest.raises(InvalidInput):
        set_up_factor(
            actor=actor_of(person),
            session_id=session.id,
            proposal=proposal,
            code=code_for(proposal, steps=9),
            origin=HERE,
            keys=keys,
            now=clock.now(),
        )
    assert (person.totp_sealed, session.factor_at) == (None, None)


def test_a_password_alone_does_not_replace_a_factor(officer: User, keys: KeyFolder) -> None:
    """Whoever knows the password but has not shown the present factor cannot put another in its place."""
    session, proposal = session_of(officer), proposal_for(officer, keys)
    before = officer.totp_sealed
    for shown in (None, clock.now() - timedelta(minutes=5, seconds=1)):
        session.factor_at = shown
        with pytest.raises(SecondFactorNeeded):
            set_up_factor(
                actor=actor_of(officer),
                session_id=session.id,
                proposal=proposal,
                code=code_for(proposal),
                origin=HERE,
                keys=keys,
                now=clock.now(),
            )
    assert officer.totp_sealed == before


def test_the_code_that_set_up_a_factor_is_used_up(keys: KeyFolder) -> None:
    """The first code cannot be shown again for another act."""
    person = make_person(Role.COMMISSIONER, factor=False)
    session, proposal = session_of(person), proposal_for(person, keys)
    code, now = code_for(proposal), clock.now()
    set_up_factor(
        actor=actor_of(person), session_id=session.id, proposal=proposal, code=code, origin=HERE, keys=keys, now=now
    )
    db.session.flush()
    with pytest.raises(InvalidInput):
        confirm_factor(user_id=person.id, session_id=session.id, shown=Shown(code), origin=HERE, keys=keys, now=now)


def test_a_proposal_is_for_one_person(officer: User, keys: KeyFolder) -> None:
    """A secret that somebody sealed for themselves cannot be planted in another person's form."""
    sealed = proposal_for(officer, keys).sealed
    again = read_proposal(user_id=officer.id, account_name="x@people.example", sealed=sealed, keys=keys)
    assert again.sealed == sealed
    other = make_person(Role.COMMISSIONER)
    for planted in (sealed, "", "not base64 ü", "AAAA"):
        with pytest.raises(InvalidInput):
            read_proposal(user_id=other.id, account_name="x@people.example", sealed=planted, keys=keys)


def test_a_stored_secret_is_bound_to_its_person(officer: User, keys: KeyFolder) -> None:
    """Copying another person's sealed secret into one's own row gives no factor that works."""
    other = make_person(Role.COMMISSIONER, factor=False)
    other.totp_sealed = officer.totp_sealed
    with pytest.raises(Exception, match="does not match its seal"):
        secret_of(other, keys=keys)
