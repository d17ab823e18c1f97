"""The outbox when a way is down, when a delivery can never arrive, and when one has to wait for others."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text

from portal.audit import outbox
from portal.audit.kinds import EventKind
from portal.audit.models import Delivery
from portal.audit.recording import record
from portal.core import clock
from portal.core.permissions import SYSTEM
from portal.extensions import db
from portal.tendering.models import InvitationToTender


def an_event() -> uuid.UUID:
    """An event, whose own reaction counts as done."""
    made = record(EventKind.ITT_CHANGED, InvitationToTender(id=uuid.uuid4()), actor=SYSTEM)
    db.session.execute(text("UPDATE delivery SET sent_at = now() WHERE event_id = :id"), {"id": made.id})
    return made.id


def queued(count: int, consumer: str = outbox.MAIL, event_id: uuid.UUID | None = None) -> uuid.UUID:
    """Put deliveries about one event into the outbox and return the event."""
    event_id = event_id or an_event()
    outbox.enqueue(event_id=event_id, consumer=consumer, subject_ids=[uuid.uuid4() for _ in range(count)])
    db.session.commit()
    return event_id


def now() -> datetime:
    return clock.now() + timedelta(seconds=1)


def deliveries(event_id: uuid.UUID) -> Sequence[Delivery]:
    db.session.expire_all()
    return db.session.scalars(select(Delivery).where(Delivery.event_id == event_id, Delivery.sent_at.is_(None))).all()


@pytest.mark.usefixtures("db_session")
def test_a_way_that_is_down_counts_no_attempt() -> None:
    """While nothing can be carried a delivery stays due and in its place, however often it is tried."""
    event_id = queued(1)
    before = deliveries(event_id)[0].next_at

    def down(_delivery: Delivery) -> None:
        raise outbox.WayDown from ConnectionRefusedError()

    for _ in range(30):
        outbox.attempt(outbox.claim(outbox.MAIL, now=now(), limit=1)[0], down, now=now())
        db.session.flush()
    waiting = deliveries(event_id)[0]
    assert (waiting.attempts, waiting.next_at, waiting.dead_at) == (0, before, None)
    assert waiting.last_error == "ConnectionRefusedError"


@pytest.mark.usefixtures("db_session")
def test_what_can_never_arrive_is_dead_at_once() -> None:
    """A delivery that was refused for good is not tried again."""
    event_id = queued(1)

    def refuse(_delivery: Delivery) -> None:
        raise outbox.Undeliverable

    outbox.attempt(outbox.claim(outbox.MAIL, now=now(), limit=1)[0], refuse, now=now())
    db.session.flush()
    assert deliveries(event_id)[0].dead_at is not None
    assert outbox.claim(outbox.MAIL, now=now() + timedelta(days=1), limit=1) == []


@pytest.mark.usefixtures("db_session")
def test_a_notice_waits_for_the_mail_of_its_event() -> None:
    """A notice that comes after mail is claimed once none about its event waits; other mail does not hold it."""
    event_id = queued(2)
    queued(1)
    queued(1, outbox.NOTICE_ONCE_MAILED, event_id)
    assert outbox.claim(outbox.NOTICE_ONCE_MAILED, now=now(), limit=20) == []
    for delivery in deliveries(event_id):
        if delivery.consumer == outbox.MAIL:
            outbox.attempt(delivery, lambda _: None, now=now())
    db.session.flush()
    assert len(outbox.claim(outbox.NOTICE_ONCE_MAILED, now=now(), limit=20)) == 1


@pytest.mark.usefixtures("db_session")
def test_is_waiting() -> None:
    """Something waits until it is carried."""
    assert not outbox.is_waiting("trace")
    event_id = queued(1, "trace")
    assert outbox.is_waiting("trace")
    outbox.attempt(deliveries(event_id)[0], lambda _: None, now=now())
    db.session.flush()
    assert not outbox.is_waiting("trace")
