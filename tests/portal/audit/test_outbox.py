"""The outbox: claimed once, tried again, and never lost."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from portal.accounts.models import User
from portal.audit.kinds import EventKind
from portal.audit.models import Delivery
from portal.audit.outbox import BACKOFF, MAIL, REACTIONS, OutboxStatus, attempt, claim, enqueue, outbox_status
from portal.audit.recording import record
from portal.core import clock
from portal.core.permissions import SYSTEM
from portal.extensions import db


def happened(count: int = 1) -> list[uuid.UUID]:
    """Record that many events and return their identifiers."""
    return [record(EventKind.SIGNED_IN, User(id=uuid.uuid4()), actor=SYSTEM).id for _ in range(count)]


def later(seconds: float = 1) -> datetime:
    """A time at which what was just recorded is due."""
    return clock.now() + timedelta(seconds=seconds)


def failing(error: Exception) -> Callable[[Delivery], None]:
    """A carrier that fails."""

    def carry(_delivery: Delivery) -> None:
        raise error

    return carry


def test_deliveries_are_claimed_in_the_order_they_were_made(db_session: object) -> None:
    """The oldest first, no more than asked for, of one consumer only."""
    events = happened(4)
    enqueue(event_id=events[0], consumer=MAIL, subject_ids=[uuid.uuid4()])
    claimed = claim(REACTIONS, now=later(), limit=3)
    assert [delivery.event_id for delivery in claimed] == events[:3]
    assert len(claim(MAIL, now=later(), limit=9)) == 1


def test_a_subject_is_enqueued_once(db_session: object) -> None:
    """The same event, consumer and subject a second time is no second delivery."""
    (event,) = happened()
    subjects = [uuid.uuid4(), uuid.uuid4()]
    enqueue(event_id=event, consumer=MAIL, subject_ids=subjects)
    enqueue(event_id=event, consumer=MAIL, subject_ids=[*subjects, uuid.uuid4()])
    enqueue(event_id=event, consumer=MAIL, subject_ids=[])
    assert len(claim(MAIL, now=later(), limit=9)) == 3


def test_what_was_carried_is_not_claimed_again(db_session: object) -> None:
    """It is marked with the time."""
    happened()
    (delivery,) = claim(REACTIONS, now=later(), limit=9)
    now = later()
    assert attempt(delivery, lambda _: None, now=now) is None
    assert delivery.sent_at == now
    assert claim(REACTIONS, now=later(9999), limit=9) == []


def test_a_failure_waits_longer_each_time_and_then_is_dead(db_session: object) -> None:
    """After the last wait an officer has to look; the error's kind is kept, its words are not."""
    happened()
    (delivery,) = claim(REACTIONS, now=later(), limit=9)
    now, waits = later(), []
    for _ in BACKOFF:
        failure = attempt(delivery, failing(ValueError("Dear Demo Person")), now=now)
        assert isinstance(failure, ValueError)
        assert claim(REACTIONS, now=delivery.next_at - timedelta(seconds=1), limit=9) == []
        waits.append(delivery.next_at - now)
        now = delivery.next_at
    assert tuple(waits) == BACKOFF
    assert delivery.dead_at is None
    attempt(delivery, failing(ValueError("Dear Demo Person")), now=now)
    assert (delivery.dead_at, delivery.sent_at, delivery.last_error) == (now, None, "ValueError")
    assert claim(REACTIONS, now=later(99999), limit=9) == []


def test_one_failure_does_not_take_the_others_with_it(db_session: object) -> None:
    """What a failing carrier had changed is rolled back; the next delivery of the batch goes out."""
    first, second = happened(2)
    deliveries = claim(REACTIONS, now=later(), limit=9)

    def half_way(delivery: Delivery) -> None:
        enqueue(event_id=delivery.event_id, consumer=MAIL, subject_ids=[uuid.uuid4()])
        if delivery.event_id == first:
            raise RuntimeError

    outcomes = [attempt(delivery, half_way, now=later()) is None for delivery in deliveries]
    assert outcomes == [False, True]
    assert [delivery.event_id for delivery in claim(MAIL, now=later(), limit=9)] == [second]


def test_two_relays_never_take_the_same_delivery(fresh_app: Flask) -> None:
    """Eight that drain at once carry each of forty deliveries exactly once."""
    with fresh_app.app_context():
        wanted = happened(40)
        db.session.commit()

    def drain(_number: int) -> list[uuid.UUID]:
        carried: list[uuid.UUID] = []
        with fresh_app.app_context():
            while batch := claim(REACTIONS, now=later(), limit=3):
                for delivery in batch:
                    attempt(delivery, lambda one: carried.append(one.event_id), now=later())
                db.session.commit()
        return carried

    with ThreadPoolExecutor(8) as pool:
        carried = [event for part in pool.map(drain, range(8)) for event in part]
    assert sorted(carried) == sorted(wanted)


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({}, (2, True, 0)),
        ({"sent_at": clock.now()}, (0, False, 0)),
        ({"dead_at": clock.now()}, (0, False, 2)),
    ],
)
def test_the_status_counts_what_waits_and_what_is_dead(
    db_session: object, values: dict[str, datetime], status: tuple[int, bool, int]
) -> None:
    """By the database's clock; what was sent is neither."""
    happened(2)
    if values:
        db.session.execute(update(Delivery).values(**values))
    found = outbox_status()
    assert (found.waiting, found.oldest_seconds > 0, found.dead) == status
    assert isinstance(found, OutboxStatus)
    assert len(db.session.scalars(select(Delivery)).all()) == 2
