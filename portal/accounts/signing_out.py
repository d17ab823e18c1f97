"""Ending sessions: one's own on another device, or all of a colleague's whose device was lost."""

from __future__ import annotations

import uuid
from datetime import datetime

from portal.accounts.models import User
from portal.accounts.queries import colleague_of
from portal.accounts.sessions import end_session, end_sessions_of, sessions_of
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.columns import db
from portal.core.errors import NotFound
from portal.core.permissions import Actor, Verb, policy
from portal.organisations.models import ContractingAuthority, Provider


def end_own_session(*, actor: Actor, session_id: uuid.UUID, now: datetime) -> None:
    """End one of the person's own sessions; it is over at its next request. Records SESSIONS_ENDED.

    Raises `NotFound` for one that has ended, or is somebody else's.
    """
    if session_id not in {found.id for found in sessions_of(actor.user_id, now)}:
        raise NotFound("There is no such session of yours.")
    end_session(session_id=session_id, now=now)
    record(EventKind.SESSIONS_ENDED, db.session.get_one(User, actor.user_id), actor=actor, session=session_id)


def end_other_sessions(*, actor: Actor, session_id: uuid.UUID, now: datetime) -> None:
    """End every session of the person's but this one. Records SESSIONS_ENDED."""
    person = db.session.get_one(User, actor.user_id)
    end_sessions_of(user_id=person.id, now=now, except_session=session_id)
    record(EventKind.SESSIONS_ENDED, person, actor=actor)


def end_colleague_s_sessions(
    *, place: Provider | ContractingAuthority, person: User, actor: Actor, now: datetime
) -> None:
    """Sign a colleague out everywhere; they keep their access and can sign in again. Records SESSIONS_ENDED.

    Raises `NotFound` for somebody who is not a colleague, `NotAllowed`.
    """
    policy.require(actor, Verb.END_SESSIONS, place)
    colleague_of(place, person.id)
    end_sessions_of(user_id=person.id, now=now)
    record(EventKind.SESSIONS_ENDED, person, actor=actor, place=place.id)
