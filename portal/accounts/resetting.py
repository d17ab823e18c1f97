"""A forgotten password: asked for by address, chosen anew with a link that was mailed there."""

from __future__ import annotations

from datetime import datetime

from portal.accounts.devices import forget_devices
from portal.accounts.link_models import LinkPurpose
from portal.accounts.mailed_links import find_link, use_link
from portal.accounts.models import User
from portal.accounts.passwords import check_new_password, hash_password
from portal.accounts.people import person_with_email
from portal.accounts.queries import words_about
from portal.accounts.sessions import end_sessions_of
from portal.accounts.throttling import Origin, guess
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.parsing.emails import read_email
from portal.core.permissions import SYSTEM, Actor
from portal.core.seals import KeyFolder
from portal.core.taking import lock

FREE = 60
"""Requests from one address before each further one waits: an office may have forgotten a few, a program hundreds."""


def ask_for_reset(*, email: str, origin: Origin, keys: KeyFolder, now: datetime) -> None:
    """Ask that a link for choosing a new password is mailed to whoever has the e-mail address.

    Whether anybody has it is seen neither in the answer nor in the work: the same statements run, and the link is
    made and mailed afterwards, in the relay.
    Records PASSWORD_RESET_ASKED. Raises `InvalidInput` (field "email") for what is no address at all, `TooManyTries`.
    """
    typed = read_email(email)
    at = f"reset:{origin.network}"
    with guess(at=at, origin=origin, keys=keys, now=now, field="email", free=FREE) as attempt:
        pass
    person = person_with_email(typed)
    known = person.id if person is not None and person.is_active else None
    record(EventKind.PASSWORD_RESET_ASKED, attempt, actor=SYSTEM, account=known)


def reset_password(*, token: str, password: str, now: datetime) -> User:
    """Put a new password into force with the mailed link; the second factor is still asked when signing in.

    Consequences: every session of the person ends, and no browser of theirs is known any more; the link and every
    other for this is used up; the address, which the link has just proved, counts as confirmed.
    Records PASSWORD_CHANGED, of which the person is told. Raises `InvalidInput` (field "password"), `LinkGone`.
    """
    check_new_password(password, about=words_about(find_link(token, now).user))
    person = lock(User, use_link(token, LinkPurpose.RESET_PASSWORD, now).user_id)
    person.password_hash = hash_password(password)
    person.email_confirmed_at = person.email_confirmed_at or now
    end_sessions_of(user_id=person.id, now=now)
    forget_devices(user_id=person.id)
    record(EventKind.PASSWORD_CHANGED, person, actor=Actor(user_id=person.id), mailed=True)
    return person
