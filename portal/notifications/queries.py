"""Messages on their way to mailboxes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from portal.accounts.link_models import MailedLink
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


def undelivered_mail(limit: int = 500) -> Sequence[tuple[Delivery, Message]]:
    """Mail that was given up or has failed at least once and still waits, the oldest first."""
    failed = or_(Delivery.dead_at.is_not(None), and_(Delivery.sent_at.is_(None), Delivery.last_error.is_not(None)))
    found = (
        select(Delivery, Message)
        .join(Message, Message.id == Delivery.subject_id)
        .where(Delivery.consumer == MAIL, failed)
        .options(joinedload(Message.user))
        .order_by(Delivery.created_at, Delivery.id)
        .limit(limit)
    )
    return [(delivery, message) for delivery, message in db.session.execute(found)]
