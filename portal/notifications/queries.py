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
from portal.audit.outbox import FOLLOWER_MAIL, MAIL
from portal.core.columns import db
from portal.notifications.models import Message

_IS_DEAD = Delivery.dead_at.is_not(None)
_FAILED = or_(_IS_DEAD, and_(Delivery.sent_at.is_(None), Delivery.last_error.is_not(None)))
_GIVEN_UP, _WAITING = func.count().filter(_IS_DEAD), func.count().filter(~_IS_DEAD)


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


def undelivered_to_followers() -> tuple[int, int]:
    """How many letters to whoever follows by mail alone were given up, and how many have failed and still wait.

    Whose they are, and of which invitation, nobody is told; a mail server's words name the address, so they stay out.
    """
    counts = select(_GIVEN_UP, _WAITING).where(Delivery.consumer == FOLLOWER_MAIL, _FAILED)
    given_up, waiting = db.session.execute(counts).one()
    return given_up, waiting


def undelivered_mail(limit: int = 500) -> list[Undelivered]:
    """People to whom mail was given up, or has failed at least once and still waits, the longest first.

    Not what it was about: that could tell who bids.
    """
    since = func.min(Delivery.created_at)
    found = (
        select(User, _GIVEN_UP, _WAITING, since, func.max(Delivery.last_error))
        .join(Message, Message.user_id == User.id)
        .join(Delivery, Delivery.subject_id == Message.id)
        .where(Delivery.consumer == MAIL, _FAILED)
        .group_by(User.id)
        .order_by(since, User.id)
        .limit(limit)
    )
    return [Undelivered(*row) for row in db.session.execute(found)]
