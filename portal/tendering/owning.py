"""Who looks after a procurement: the officer whose desk it is on. Nobody's rights come of it."""

from __future__ import annotations

import uuid

from portal.accounts.models import User
from portal.accounts.queries import Colleague, colleagues_of
from portal.audit.kinds import EventKind
from portal.audit.recording import record
from portal.core.errors import InvalidInput
from portal.core.permissions import Actor, Role, Verb
from portal.core.taking import take
from portal.tendering.models import InvitationToTender


def who_can_own(itt: InvitationToTender) -> list[Colleague]:
    """The commissioners of its authority who have joined, but for whoever does now, by name."""
    return [
        person
        for person in colleagues_of(itt.authority)
        if Role.COMMISSIONER in person.roles and not person.awaits_joining and person.id != itt.owner_id
    ]


def hand_over(*, itt: InvitationToTender, owner_id: uuid.UUID, actor: Actor) -> User:
    """Give a procurement to a commissioner of its authority, who hears of it. Records ITT_HANDED_OVER.

    Raises `InvalidInput` beside `owner` for anybody else.
    """
    take(itt, Verb.HAND_OVER, actor=actor)
    if owner_id not in {person.id for person in who_can_own(itt)}:
        raise InvalidInput("Choose a commissioner of your authority who does not look after it yet.", field="owner")
    was, itt.owner_id = itt.owner_id, owner_id
    record(EventKind.ITT_HANDED_OVER, itt, actor=actor, was=str(was), owner=str(owner_id))
    return itt.owner
