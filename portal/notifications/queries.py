"""Reading an inbox."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.core.columns import db
from portal.core.errors import NotFound
from portal.notifications.models import Message

PAGE = 50


def inbox_of(user_id: uuid.UUID, *, limit: int = PAGE) -> Sequence[Message]:
    """A person's newest messages."""
    return db.session.scalars(
        select(Message).where(Message.user_id == user_id).order_by(Message.created_at.desc(), Message.id).limit(limit)
    ).all()


def message_for(user_id: uuid.UUID, message_id: uuid.UUID) -> Message:
    """One of the person's own messages, or `NotFound`."""
    found = db.session.scalars(
        select(Message).where(Message.id == message_id, Message.user_id == user_id)
    ).one_or_none()
    if found is None:
        raise NotFound("There is no such message in your inbox.")
    return found


def messages_with_people(message_ids: Sequence[uuid.UUID | None]) -> Sequence[Message]:
    """The messages with whom they are for, in one statement."""
    if not message_ids:
        return []
    return db.session.scalars(
        select(Message).where(Message.id.in_(message_ids)).options(joinedload(Message.user))
    ).all()


def unread_count(user_id: uuid.UUID) -> int:
    """How many messages the person has not marked as read."""
    return db.session.scalars(
        select(func.count()).select_from(Message).where(Message.user_id == user_id, Message.read_at.is_(None))
    ).one()
