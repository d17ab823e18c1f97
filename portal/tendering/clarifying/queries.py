"""Reading questions and answers: what everybody reads, what a bidder reads of its own, what waits for officers."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.core.columns import db
from portal.core.errors import NotFound
from portal.tendering.clarifying.models import Clarification, Follower
from portal.tendering.clarifying.states import WAITING, ClarificationStatus
from portal.tendering.queries import Counts


@dataclass(frozen=True)
class Published:
    """How many answers everybody can read, and when the last one came."""

    count: int
    last_at: datetime | None


def published_count(itt_id: uuid.UUID) -> Published:
    """How many answers are published for everybody."""
    row = db.session.execute(
        select(func.count(), func.max(Clarification.published_at)).where(
            Clarification.itt_id == itt_id, Clarification.number.is_not(None)
        )
    ).one()
    return Published(*row)


def published_answers(itt_id: uuid.UUID) -> Sequence[Clarification]:
    """What was answered for everybody, the newest first."""
    return db.session.scalars(
        select(Clarification)
        .where(Clarification.itt_id == itt_id, Clarification.number.is_not(None))
        .order_by(Clarification.number.desc())
    ).all()


def own_questions(itt_id: uuid.UUID, provider_id: uuid.UUID | None) -> Sequence[Clarification]:
    """What a provider's people asked about the invitation, the newest first."""
    return db.session.scalars(
        select(Clarification)
        .where(Clarification.itt_id == itt_id, Clarification.provider_id == provider_id)
        .order_by(Clarification.asked_at.desc(), Clarification.id)
    ).all()


def waiting_questions(itt_id: uuid.UUID) -> Sequence[Clarification]:
    """What officers have not published an answer to, the oldest first."""
    return db.session.scalars(
        select(Clarification)
        .where(Clarification.itt_id == itt_id, Clarification.status.in_(WAITING))
        .options(joinedload(Clarification.provider), joinedload(Clarification.itt))
        .order_by(Clarification.asked_at, Clarification.id)
    ).all()


def counts_waiting(itt_ids: Sequence[uuid.UUID]) -> Counts:
    """How many questions of each invitation have no published answer; none where there are none."""
    return (
        select(Clarification.itt_id, func.count())
        .where(Clarification.itt_id.in_(itt_ids), Clarification.status.in_(WAITING))
        .group_by(Clarification.itt_id)
    )


def answered_alone(itt_id: uuid.UUID) -> Sequence[Clarification]:
    """What one bidder alone was answered, with the reason: for officers and the record."""
    return db.session.scalars(
        select(Clarification)
        .where(
            Clarification.itt_id == itt_id,
            Clarification.status == ClarificationStatus.PUBLISHED,
            Clarification.number.is_(None),
        )
        .options(joinedload(Clarification.provider), joinedload(Clarification.itt))
        .order_by(Clarification.published_at, Clarification.id)
    ).all()


def find_clarification(itt_id: uuid.UUID, reference: str) -> Clarification:
    """Find a question about the invitation by its reference; raises `NotFound`."""
    found = db.session.scalars(
        select(Clarification)
        .where(Clarification.itt_id == itt_id, Clarification.reference == reference.upper())
        .options(joinedload(Clarification.provider), joinedload(Clarification.itt))
    ).one_or_none()
    if found is None:
        raise NotFound("There is no question with that reference.")
    return found


def is_following(itt_id: uuid.UUID, user_id: uuid.UUID | None) -> bool:
    """Whether somebody follows the invitation."""
    return user_id is not None and db.session.get(Follower, (itt_id, user_id)) is not None
