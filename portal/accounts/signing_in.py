"""Signing in and out, and changing the password."""

from __future__ import annotations

import uuid
from datetime import datetime

from portal.accounts.models import User
from portal.accounts.passwords import check_new_password, hash_password, password_matches
from portal.accounts.people import person_with_email
from portal.accounts.sessions import SignedIn, end_session, end_sessions_of, start_session
from portal.accounts.throttling import begin_try
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.errors import InvalidInput
from portal.core.parsing.emails import fold_email
from portal.core.permissions import SYSTEM, Actor
from portal.core.seals import KeyFolder
from portal.core.taking import lock

WRONG = "The e-mail address or the password is not right."


def sign_in(*, email: str, password: str, address: str, keys: KeyFolder, now: datetime) -> str | None:
    """Check e-mail address and password, open a session and return its token, or None if they are wrong.

    `address` is where the request came from. The answer and its time are the same whether or not the
    account exists. The session counts for nothing until the second factor is shown, where a role needs one.
    Records SIGNED_IN or SIGN_IN_REFUSED. Raises `TooManyTries` (10 failures in 5
    minutes for the account or the address).
    """
    account = fold_email(email)
    attempt = begin_try(account=account, address=address, keys=keys, now=now)
    person = person_with_email(account)
    right = password_matches(person.password_hash if person else None, password)
    if person is None or not right or not person.is_active:
        # One entry in either case: the ledger's work takes the same time for an address that nobody has.
        known = person.id if person else None
        record(EventKind.SIGN_IN_REFUSED, attempt, actor=SYSTEM, account=known)
        return None
    token = start_session(user_id=person.id, now=now)
    attempt.succeed()
    record(EventKind.SIGNED_IN, person, actor=Actor(user_id=person.id))
    return token


def sign_out(*, signed_in: SignedIn, now: datetime) -> None:
    """End the session: its token is worthless from now on, wherever it was copied to. Records SIGNED_OUT."""
    end_session(session_id=signed_in.session_id, now=now)
    record(EventKind.SIGNED_OUT, signed_in, actor=signed_in.actor)


def change_password(*, actor: Actor, session_id: uuid.UUID, old: str, new: str, keys: KeyFolder, now: datetime) -> None:
    """Change the person's password and end every other session of theirs.

    Records PASSWORD_CHANGED. Raises `InvalidInput` (field "old_password" when it is not right, "password"
    when the new one may not be used) and `TooManyTries`.
    """
    person = lock(User, actor.user_id)
    own = f"password:{person.id}"
    attempt = begin_try(account=own, address=own, keys=keys, now=now, field="old_password")
    if not password_matches(person.password_hash, old):
        raise InvalidInput("That is not your present password.", field="old_password")
    attempt.succeed()
    check_new_password(new)
    person.password_hash = hash_password(new)
    end_sessions_of(user_id=person.id, now=now, except_session=session_id)
    record(EventKind.PASSWORD_CHANGED, person, actor=actor)
