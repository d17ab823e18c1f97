"""The ledger's note that the time for bids is over."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.core import clock
from portal.extensions import db
from portal.tendering.closing import record_closed_itts
from portal.tendering.models import InvitationToTender
from tests.factories.tendering import published_itt


def closings(itt: InvitationToTender) -> list[Event]:
    """The ITT's notes of its closing."""
    noted = select(Event).where(Event.chain == str(itt.id), Event.kind == EventKind.ITT_CLOSED.value)
    return list(db.session.scalars(noted))


@pytest.mark.usefixtures("db_session")
def test_it_is_noted_once_from_the_closing_instant_on() -> None:
    """Nothing a microsecond before, one entry at the instant, none later; it tells nothing about bids."""
    itt = published_itt()
    assert itt.closes_at is not None
    assert record_closed_itts(now=itt.closes_at - timedelta(microseconds=1)) == 0
    assert record_closed_itts(now=itt.closes_at) == 1
    assert record_closed_itts(now=itt.closes_at + timedelta(days=1)) == 0
    (noted,) = closings(itt)
    assert (noted.actor_id, noted.data) == (None, {})


@pytest.mark.usefixtures("db_session")
def test_an_open_one_is_not_noted() -> None:
    """Of two, only the one whose time is over is noted."""
    closed = published_itt(closes_in=-timedelta(hours=1), published_ago=timedelta(days=30))
    still_open = published_itt()
    record_closed_itts(now=clock.database_time())
    assert (len(closings(closed)), len(closings(still_open))) == (1, 0)


def test_two_schedulers_note_it_once(fresh_app: Flask) -> None:
    """When the task runs twice at the same time each closing is noted once."""
    with fresh_app.app_context():
        made = [published_itt(closes_in=-timedelta(hours=1), published_ago=timedelta(days=30)) for _ in range(5)]
        db.session.commit()
        titles = [itt.title for itt in made]
    barrier = threading.Barrier(4)

    def run() -> None:
        with fresh_app.app_context():
            barrier.wait()
            record_closed_itts(now=clock.database_time())
            db.session.commit()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with fresh_app.app_context():
        counts = [len(closings(itt)) for itt in db.session.scalars(select(InvitationToTender))]
    assert counts == [1] * len(titles)
