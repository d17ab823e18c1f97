"""The outbox: what has still to be carried onwards, claimed so that two relays never take the same delivery.

The database is the record and Celery only the wake-up: a lost task, a restarted Redis or a killed worker delays a
delivery and never loses it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, exists, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import aliased

from portal.audit.models import Delivery
from portal.core.columns import db

REACTIONS = "reactions"
MAIL = "mail"
FOLLOWER_MAIL = "follower_mail"
"""A letter to whoever follows an invitation by mail alone: without an inbox, the event is all that is kept of it."""
RESULT = "result"
DIAGNOSTICS = "diagnostics"
NOTICE = "notice"
NOTICE_ONCE_MAILED = "notice_once_mailed"
"""A notice that must not appear before every person concerned was written to."""

# Waits between attempts; after the last one the delivery is dead and an officer has to look.
BACKOFF = tuple(timedelta(seconds=seconds) for seconds in (5, 15, 60, 300, 900, 3600, 3600, 3600, 3600))


class WayDown(Exception):
    """Nothing can be carried this way just now; it says nothing about the delivery that was tried."""


class Undeliverable(Exception):
    """This delivery can never arrive, however often it is tried."""


def enqueue(*, event_id: uuid.UUID, consumer: str, subject_ids: Sequence[uuid.UUID]) -> None:
    """Put one delivery for each subject into the outbox; one that is there already stays as it is."""
    rows = [
        {
            "id": uuid.uuid4(),
            "event_id": event_id,
            "consumer": consumer,
            "subject_id": subject_id,
            "dedupe_key": f"{consumer}:{event_id}:{subject_id}",
        }
        for subject_id in subject_ids
    ]
    if rows:
        db.session.execute(upsert(Delivery).on_conflict_do_nothing(), rows)


def enqueue_each(*, event_id: uuid.UUID, consumer: str, subjects: Select[uuid.UUID]) -> None:
    """The same for every subject that a query names, in one statement however many they are."""
    chosen = subjects.subquery()
    key = func.concat(literal(f"{consumer}:{event_id}:"), chosen.c[0])
    rows = select(func.gen_random_uuid(), literal(event_id), literal(consumer), chosen.c[0], key)
    columns = ["id", "event_id", "consumer", "subject_id", "dedupe_key"]
    db.session.execute(upsert(Delivery).from_select(columns, rows).on_conflict_do_nothing())


def claim(consumer: str, *, now: datetime, limit: int) -> Sequence[Delivery]:
    """Lock and return up to `limit` due deliveries in the order they were made; others skip them until commit.

    A `NOTICE_ONCE_MAILED` is not due while mail about the same event still waits.
    """
    due = select(Delivery).where(Delivery.consumer == consumer, *_waits(Delivery), Delivery.next_at <= now)
    if consumer == NOTICE_ONCE_MAILED:
        mail = aliased(Delivery)
        due = due.where(~exists().where(mail.event_id == Delivery.event_id, mail.consumer == MAIL, *_waits(mail)))
    ordered = due.order_by(Delivery.next_at, Delivery.created_at).limit(limit)
    return db.session.scalars(ordered.with_for_update(skip_locked=True, of=Delivery)).all()


def is_waiting(consumer: str) -> bool:
    """Whether anything of this consumer waits."""
    waiting = select(Delivery.id).where(Delivery.consumer == consumer, *_waits(Delivery))
    return db.session.scalars(waiting.limit(1)).first() is not None


def _waits(delivery: type[Delivery]) -> tuple[ColumnElement[bool], ...]:
    return delivery.sent_at.is_(None), delivery.dead_at.is_(None)


def attempt(
    delivery: Delivery, carry: Callable[[Delivery], None], *, now: datetime, writes: bool = True
) -> Exception | None:
    """Carry one delivery onwards inside a savepoint; on failure put it back with a longer wait, or call it dead.

    Without `writes` there is no savepoint: for what touches nothing in the database, such as mail.

    `WayDown` leaves it due and in its place without counting the attempt: an hour without a mail server kills
    nothing and changes no order. `Undeliverable` calls it dead at once. Returns the failure, for the log: a
    delivery that fails never takes the others of its batch with it.
    """
    try:
        with db.session.begin_nested() if writes else nullcontext():
            carry(delivery)
    except Exception as failure:  # whatever it was, the delivery must be tried again and the reason kept
        _put_back(delivery, failure, now)
        return failure
    delivery.sent_at = now
    return None


def _put_back(delivery: Delivery, failure: Exception, now: datetime) -> None:
    # The kind of failure only, and a mail server's code: a message could carry what somebody wrote.
    cause = failure.__cause__ or failure
    delivery.last_error = f"{type(cause).__name__} {getattr(cause, 'smtp_code', '')}".strip()
    if isinstance(failure, WayDown):
        return
    if isinstance(failure, Undeliverable) or delivery.attempts >= len(BACKOFF):
        delivery.dead_at = now
    else:
        delivery.next_at = now + BACKOFF[delivery.attempts]
    delivery.attempts += 1


def revive_dead(*, now: datetime) -> int:
    """Let everything that was given up be tried again from the beginning; return how much it was."""
    dead = update(Delivery).where(Delivery.dead_at.is_not(None))
    revived = db.session.execute(dead.values(dead_at=None, attempts=0, next_at=now).returning(Delivery.id))
    return len(revived.all())


def late_deliveries(then: datetime) -> int:
    """How many deliveries were due at `then` and still wait.

    A notice that waits for mail is not late: the mail is, and is counted.
    """
    due = (*_waits(Delivery), Delivery.next_at <= then, Delivery.consumer != NOTICE_ONCE_MAILED)
    return db.session.scalar(select(func.count()).select_from(Delivery).where(*due)) or 0


_STATUS = text(
    """
    SELECT count(*) FILTER (WHERE sent_at IS NULL AND dead_at IS NULL) AS waiting,
           coalesce(extract(epoch FROM clock_timestamp() - min(created_at)
               FILTER (WHERE sent_at IS NULL AND dead_at IS NULL)), 0)::float AS oldest_seconds,
           count(*) FILTER (WHERE sent_at IS NOT NULL) AS sent,
           count(*) FILTER (WHERE dead_at IS NOT NULL) AS dead
    FROM delivery
    """
)


@dataclass(frozen=True)
class OutboxStatus:
    """How many deliveries wait, how long the oldest has waited (seconds), how many were sent, how many are dead."""

    waiting: int
    oldest_seconds: float
    sent: int
    dead: int


def outbox_status() -> OutboxStatus:
    """Look at the outbox by the database's clock."""
    return OutboxStatus(**db.session.execute(_STATUS).one()._asdict())
