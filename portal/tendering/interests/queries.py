"""Reading the register of interests, and what it lacks."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.core.columns import db
from portal.core.errors import NotFound
from portal.core.permissions import Actor
from portal.core.words import listed, noun
from portal.tendering.interests.models import ConflictsAssessment, Interest, Mitigation
from portal.tendering.models import InvitationToTender


def register_of(itt_id: uuid.UUID) -> Sequence[Interest]:
    """Everybody who influences the procurement, in the order in which they came to it."""
    found = db.session.scalars(
        select(Interest)
        .where(Interest.itt_id == itt_id)
        .options(joinedload(Interest.user), joinedload(Interest.mitigations))
        .order_by(Interest.asked_at, Interest.id)
        .execution_options(populate_existing=True)
    )
    return found.unique().all()


def interest_of(itt_id: uuid.UUID, user_id: uuid.UUID | None) -> Interest | None:
    """What one person declared, with what was done about it."""
    found = db.session.scalars(
        select(Interest)
        .where(Interest.itt_id == itt_id, Interest.user_id == user_id)
        .options(joinedload(Interest.mitigations))
    )
    return found.unique().one_or_none()


def interest_with_id(itt_id: uuid.UUID, interest_id: uuid.UUID) -> Interest:
    """Somebody's place in the register; raises `NotFound`."""
    found = db.session.get(Interest, interest_id)
    if found is None or found.itt_id != itt_id:
        raise NotFound("Nobody in the register of interests is called so.")
    return found


def mitigation_with_id(itt_id: uuid.UUID, mitigation_id: uuid.UUID) -> Mitigation:
    """An answer to an interest; raises `NotFound`."""
    found = db.session.get(Mitigation, mitigation_id)
    if found is None or found.itt_id != itt_id:
        raise NotFound("There is no such answer to an interest.")
    return found


def assessments_of(itt_id: uuid.UUID) -> Sequence[ConflictsAssessment]:
    """Every version of the conflicts assessment, the newest first."""
    return db.session.scalars(
        select(ConflictsAssessment)
        .where(ConflictsAssessment.itt_id == itt_id)
        .order_by(ConflictsAssessment.number.desc())
    ).all()


def interest_faults(itt: InvitationToTender, *_: object) -> Iterator[str]:
    """Say what the register and the assessment lack (Procurement Act 2023 ss.81-83)."""
    register = register_of(itt.id)
    if silent := [one.user.display_name for one in register if one.declared_at is None]:
        yield f"{listed(silent)} {noun(len(silent), 'has', 'have')} not declared their interests yet."
    for one in register:
        if one.has_interest and not one.is_settled:
            yield (
                f"{one.user.display_name} declared an interest. Say what is done about it; a second person decides "
                "whether that is enough."
            )
    assessments = assessments_of(itt.id)
    known = [one.known_since for one in register if one.known_since is not None]
    if not assessments:
        yield "Make the conflicts assessment."
    elif known and max(known) > assessments[0].made_at:
        yield "An interest was declared or answered after the conflicts assessment was made. Revise it."


def is_begun(itt_id: uuid.UUID) -> bool:
    """Whether anybody has declared or assessed anything yet."""
    return bool(assessments_of(itt_id)) or any(one.declared_at is not None for one in register_of(itt_id))


def has_declared(itt_id: uuid.UUID, actor: Actor) -> bool:
    """Whether the person who acts has declared, one way or the other."""
    own = interest_of(itt_id, actor.user_id)
    return own is not None and own.declared_at is not None
