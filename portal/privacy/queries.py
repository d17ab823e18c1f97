"""Reading requests for erasure."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.core.columns import db
from portal.core.errors import NotFound
from portal.core.permissions import Actor, Verb, policy
from portal.privacy.models import ErasureRequest
from portal.privacy.states import ErasureStatus


def requests_for(actor: Actor) -> Sequence[ErasureRequest]:
    """The requests that wait and that the actor may decide, or asked for, the oldest first."""
    waiting = (
        select(ErasureRequest)
        .where(ErasureRequest.status == ErasureStatus.ASKED)
        .options(joinedload(ErasureRequest.proposed_by))
        .order_by(ErasureRequest.proposed_at, ErasureRequest.id)
    )
    return [found for found in db.session.scalars(waiting) if policy.allows(actor, Verb.DECIDE, found)]


def request_for(request_id: uuid.UUID, actor: Actor) -> ErasureRequest:
    """One that waits; raises as the policy does."""
    found = db.session.get(ErasureRequest, request_id)
    if found is None:
        raise NotFound("There is no such request here.")
    policy.require(actor, Verb.DECIDE, found)
    return found


def last_request_of(person_id: uuid.UUID) -> ErasureRequest | None:
    """The newest request about the person, whatever became of it."""
    of_person = select(ErasureRequest).where(ErasureRequest.user_id == person_id)
    return db.session.scalars(of_person.order_by(ErasureRequest.proposed_at.desc()).limit(1)).one_or_none()
