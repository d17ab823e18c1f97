"""Signing in and out, and changing the password."""

from __future__ import annotations

import uuid
from datetime import datetime

from portal.accounts.devices import forget_devices, is_known, knows_another
from portal.accounts.models import User
from portal.accounts.passwords import check_new_password, hash_password, password_matches
from portal.accounts.people import person_with_email
from portal.accounts.queries import words_about
from portal.accounts.sessions import SignedIn, end_session, end_sessions_of, start_session
from portal.accounts.throttling import Origin, guess
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import InvalidInput
from portal.core.parsing.emails import fold_email
from portal.core.permissions import SYSTEM, Actor
from portal.core.seals import KeyFolder
from portal.core.taking import lock

WRONG = "The e-mail address or the password is not right."


def sign_in(*, email: str, password: str, origin: Origin, keys: KeyFolder, now: datetime) -> str | None:
    """Check e-mail address and password, open a session and return its token, or None if they are wrong.

    The answer and its time are the same whether or not the account exists. The session counts for nothing until the
    second factor is shown, where a role needs one. In a browser that is new for somebody who has used another, they
    are told. Records SIGNED_IN or SIGN_IN_REFUSED. Raises `TooManyTries`.
    """
    account = fold_email(email)
    person = person_with_email(account)
    identifier = person.id if person else None
    known = is_known(origin.device, identifier)
    with guess(at=f"account:{account}", origin=origin, known=known, keys=keys, now=now) as tried:
        right = password_matches(person.password_hash if person else None, password)
        if person is not None and right and person.is_active:
            tried.succeed()
    if person is None or not tried.right:
        # One entry in either case: the ledger's work takes the same time for an address that nobody has.
        record(EventKind.SIGN_IN_REFUSED, tried, actor=SYSTEM, account=identifier)
        return None
    session_id = uuid.uuid4()
    token = start_session(user_id=person.id, now=now, session_id=session_id, browser=origin.browser)
    is_new = knows_another(origin.device, person.id)
    record(EventKind.SIGNED_IN, person, actor=Actor(user_id=person.id), new_browser=session_id if is_new else None)
    return token


def sign_out(*, signed_in: SignedIn, now: datetime) -> None:
    """End the session: its token is worthless from now on, wherever it was copied to. Records SIGNED_OUT."""
    end_session(session_id=signed_in.session_id, now=now)
    record(EventKind.SIGNED_OUT, signed_in, actor=signed_in.actor)


def change_password(
    *, actor: Actor, session_id: uuid.UUID, old: str, new: str, origin: Origin, keys: KeyFolder, now: datetime
) -> None:
    """Change the person's password, end every other session of theirs, and know no browser of theirs any more.

    Records PASSWORD_CHANGED. Raises `InvalidInput` (field "old_password" when it is not right, "password"
    when the new one may not be used) and `TooManyTries`.
    """
    known = is_known(origin.device, actor.user_id)
    at = f"password:{actor.user_id}"
    with guess(at=at, origin=origin, known=known, keys=keys, now=now, field="old_password") as tried:
        if not password_matches(db.session.get_one(User, actor.user_id).password_hash, old):
            raise InvalidInput("That is not your present password.", field="old_password")
        tried.succeed()
    person = lock(User, actor.user_id)
    check_new_password(new, about=words_about(person))
    person.password_hash = hash_password(new)
    end_sessions_of(user_id=person.id, now=now, except_session=session_id)
    forget_devices(user_id=person.id)
    record(EventKind.PASSWORD_CHANGED, person, actor=actor)
