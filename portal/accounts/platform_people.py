"""The platform's own administrators: who they are, and ending the access of one who leaves.

A new one comes from the command line of whoever runs the installation (portal/accounts/administrators.py).
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update

from portal.accounts.models import HeldRole, User
from portal.accounts.sessions import end_sessions_of
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.approval import Half, is_first_person
from portal.core.columns import db
from portal.core.errors import InvalidInput, NotAllowed, NotFound
from portal.core.permissions import Actor, Role

HELD = (HeldRole.role == Role.PLATFORM_ADMINISTRATOR, HeldRole.ended_at.is_(None))
LAST = "You cannot end your own access. Ask another administrator; a new one comes from whoever runs the machine."


def platform_people(actor: Actor) -> Sequence[User]:
    """Everybody who administrates the platform, by name; raises `NotAllowed` for others."""
    _require_administrator(actor)
    people = db.session.scalars(select(User).join(HeldRole, HeldRole.user_id == User.id).where(*HELD))
    return sorted(people, key=lambda person: (person.display_name.casefold(), person.id))


def platform_person(user_id: uuid.UUID, actor: Actor) -> User:
    """One of them, or `NotFound`."""
    for person in platform_people(actor):
        if person.id == user_id:
            return person
    raise NotFound("There is no such administrator.")


def end_platform_access(*, person: User, actor: Actor, now: datetime) -> None:
    """End the access of an administrator of the platform, and every session of theirs, at once.

    Records MEMBERSHIP_ENDED. Raises `NotFound`, and `InvalidInput` for oneself: so the last one stays, whoever else
    goes in the same moment.
    """
    _require_administrator(actor)
    # Of two who end each other's access the second waits here, and then is one no more.
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("platform people", 0))))
    if is_first_person(actor, Half(person.id)):
        raise InvalidInput(LAST)
    for user_id in (actor.user_id, person.id):
        if db.session.scalar(select(HeldRole.id).where(HeldRole.user_id == user_id, *HELD)) is None:
            raise NotFound("There is no such administrator any more.")
    db.session.execute(update(HeldRole).where(HeldRole.user_id == person.id, *HELD).values(ended_at=now))
    end_sessions_of(user_id=person.id, now=now)
    record(EventKind.MEMBERSHIP_ENDED, person, actor=actor, place=None, roles=[Role.PLATFORM_ADMINISTRATOR])


def _require_administrator(actor: Actor) -> None:
    if Role.PLATFORM_ADMINISTRATOR not in actor.platform_roles:
        raise NotAllowed("This is for the administrators of the portal.")
