"""Marking messages as read."""

from __future__ import annotations

from datetime import datetime

from portal.core.errors import NotFound
from portal.core.permissions import Actor
from portal.notifications.models import Message


def mark_read(*, message: Message, actor: Actor, now: datetime) -> None:
    """Mark one of the person's own messages as read; a second time changes nothing. Raises `NotFound` for another's."""
    if message.user_id != actor.user_id:
        raise NotFound("There is no such message in your inbox.")
    message.read_at = message.read_at or now
