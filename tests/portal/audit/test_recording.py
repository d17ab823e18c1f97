"""Recording: one entry, its place in the chain and in the outbox, in the transaction of the change."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import timedelta
from decimal import Decimal

import psycopg
import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from portal.accounts.models import User
from portal.audit.kinds import EventKind
from portal.audit.models import ChainHead, Delivery, Event
from portal.audit.queries import events_of, is_demonstration
from portal.audit.recording import Recorded, marked_as_seeded, record
from portal.audit.verifying import verify_ledger
from portal.core import clock
from portal.core.permissions import SYSTEM, Actor
from portal.extensions import db
from portal.tendering.models import InvitationToTender
from tests.services import Database


def note(itt_id: uuid.UUID | None = None, **data: object) -> Recorded:
    """Record something."""
    about = InvitationToTender(id=itt_id) if itt_id else User(id=uuid.uuid4())
    return record(EventKind.ITT_CHANGED, about, actor=SYSTEM, **data)


def test_an_entry_says_who_what_when(db_session: object) -> None:
    """The actor, the object and the data as they were given, and the database's time to the microsecond."""
    actor, itt_id = Actor(uuid.uuid4()), uuid.uuid4()
    recorded = record(EventKind.ITT_PUBLISHED, InvitationToTender(id=itt_id), actor=actor, lots=2)
    (event,) = events_of(itt_id)
    assert (event.kind, event.actor_id, event.object_id) == ("itt_published", actor.user_id, itt_id)
    assert (event.data, event.seeded) == ({"lots": 2}, False)
    assert (recorded.chain, recorded.seq, recorded.at, recorded.hash) == (
        str(itt_id),
        1,
        event.at,
        event.hash.hex(),
    )
    assert abs(event.at - clock.database_time()) < timedelta(seconds=30)


def test_entries_form_a_chain(db_session: object) -> None:
    """Each entry's `prev` is the hash before it; the first starts from the chain's own name."""
    itt_id = uuid.uuid4()
    for number in range(3):
        note(itt_id, number=number)
    events = events_of(itt_id)
    assert [event.seq for event in events] == [1, 2, 3]
    assert events[0].prev == hashlib.sha256(str(itt_id).encode()).digest()
    assert [event.prev for event in events[1:]] == [event.hash for event in events[:-1]]
    head = db.session.get_one(ChainHead, str(itt_id))
    assert (head.seq, head.hash, head.at) == (3, events[2].hash, events[2].at)


def test_each_procurement_has_a_chain_of_its_own(db_session: object) -> None:
    """Two invitations count separately, and the house's own events stand in the chain "system"."""
    first, second = uuid.uuid4(), uuid.uuid4()
    places = [(recorded.chain, recorded.seq) for recorded in (note(first), note(second), note(first), note())]
    assert places == [(str(first), 1), (str(second), 1), (str(first), 2), ("system", 1)]


def test_an_entry_is_in_the_outbox_once(db_session: object) -> None:
    """The delivery is made by the same statement, for the reactions."""
    recorded = note()
    (delivery,) = db.session.scalars(select(Delivery)).all()
    assert (delivery.event_id, delivery.consumer, delivery.dedupe_key) == (
        recorded.id,
        "reactions",
        f"reactions:{recorded.id}",
    )
    assert (delivery.attempts, delivery.sent_at, delivery.dead_at) == (0, None, None)


def test_what_json_does_not_know_is_written_as_text(db_session: object) -> None:
    """Decimals keep every digit; instants, dates and identifiers are readable."""
    identifier, instant = uuid.uuid4(), clock.now()
    note(amount=Decimal("118000.50"), who=identifier, at=instant, words="ÄÖÜ 'quoted'")
    (event,) = events_of("system")
    assert event.data == {
        "amount": "118000.50",
        "who": str(identifier),
        "at": str(instant),
        "words": "ÄÖÜ 'quoted'",
    }


def test_recording_is_one_statement(
    db_session: object, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    """Entry, place in the chain and delivery cost one round trip."""
    with count_statements() as statements:
        note()
    assert len(statements) == 1


def test_a_failed_change_leaves_no_entry(fresh_app: Flask) -> None:
    """Entry, chain and delivery go with the transaction (L-07)."""
    with fresh_app.app_context():
        note()
        db.session.rollback()
        counts = [db.session.scalar(select(func.count()).select_from(table)) for table in (Event, ChainHead, Delivery)]
        assert counts == [0, 0, 0]


def test_parallel_writers_leave_no_gap_and_no_fork(fresh_app: Flask) -> None:
    """Twelve writers on two chains, a third of them rolling back: positions follow each other (L-05)."""
    chains = [uuid.uuid4(), uuid.uuid4()]

    def write(number: int) -> None:
        with fresh_app.app_context():
            for turn in range(5):
                note(chains[(number + turn) % 2], number=number, turn=turn)
                if (number + turn) % 3:
                    db.session.commit()
                else:
                    db.session.rollback()

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(write, range(12)))
    with fresh_app.app_context():
        for chain in chains:
            events = events_of(chain)
            assert [event.seq for event in events] == list(range(1, len(events) + 1))
        verified = verify_ledger()
        assert (verified.events, verified.chains, verified.findings) == (40, 2, ())


def test_seeded_events_belong_to_a_demonstration(db_session: object) -> None:
    """On a live installation the database itself refuses history that was made up."""
    assert not is_demonstration()
    with marked_as_seeded(), pytest.raises(DBAPIError, match="only a demonstration may hold seeded events"):
        note()


def test_in_a_demonstration_seeded_events_are_marked(fresh_app: Flask, fresh_database: Database) -> None:
    """Only those that were recorded inside the block."""
    with psycopg.connect(fresh_database.owner_url.replace("+psycopg", "")) as owner:
        owner.execute("INSERT INTO installation (id, demonstration) VALUES (1, true)")
    with fresh_app.app_context():
        with marked_as_seeded():
            note()
        note()
        assert [event.seeded for event in events_of("system")] == [True, False]


def test_the_ledger_refuses_a_clock_that_ran_back(fresh_app: Flask, fresh_database: Database) -> None:
    """An entry that would lie before the one before it is not written (L-10)."""
    with fresh_app.app_context():
        note()
        db.session.commit()
        with psycopg.connect(fresh_database.owner_url.replace("+psycopg", "")) as owner:
            owner.execute("UPDATE chain_head SET at = clock_timestamp() + interval '1 hour'")
        with pytest.raises(DBAPIError, match="the clock ran back"):
            note()
        db.session.rollback()
