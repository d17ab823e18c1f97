"""Messages on their way to mailboxes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload

from portal.accounts.link_models import MailedLink
from portal.accounts.models import User
from portal.audit.models import Delivery
from portal.audit.outbox import MAIL
from portal.core.columns import db
from portal.notifications.models import Message


def messages_with_people(message_ids: Sequence[uuid.UUID | None]) -> Sequence[Message]:
    """The messages with whom they are for and the links that they carry, in one statement."""
    if not message_ids:
        return []
    return db.session.scalars(
        select(Message)
        .where(Message.id.in_(message_ids))
        .options(joinedload(Message.user), joinedload(Message.mailed_link).joinedload(MailedLink.change))
    ).all()


@dataclass(frozen=True)
class Undelivered:
    """What of the mail to one person has not left: how much was given up, how much waits, since when, and why."""

    person: User
    given_up: int
    waiting: int
    since: datetime
    failure: str | None


def undelivered_mail(limit: int = 500) -> list[Undelivered]:
    """People to whom mail was given up, or has failed at least once and still waits, the longest first.

    Not what it was about: that could tell who bids.
    """
    is_dead = Delivery.dead_at.is_not(None)
    failed = or_(is_dead, and_(Delivery.sent_at.is_(None), Delivery.last_error.is_not(None)))
    counts = (func.count().filter(is_dead), func.count().filter(~is_dead))
    since = func.min(Delivery.created_at)
    found = (
        select(User, *counts, since, func.max(Delivery.last_error))
        .join(Message, Message.user_id == User.id)
        .join(Delivery, Delivery.subject_id == Message.id)
        .where(Delivery.consumer == MAIL, failed)
        .group_by(User.id)
        .order_by(since, User.id)
        .limit(limit)
    )
    return [Undelivered(*row) for row in db.session.execute(found)]
