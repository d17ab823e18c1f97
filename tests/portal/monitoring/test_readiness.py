"""Whether the portal can do its work."""

from __future__ import annotations

from datetime import timedelta

import psycopg
from flask import Flask
from sqlalchemy import create_engine, text, update

from portal.audit.kinds import EventKind
from portal.audit.models import Delivery
from portal.audit.recording import record
from portal.core import clock
from portal.core.permissions import SYSTEM
from portal.extensions import db
from portal.monitoring import readiness
from portal.monitoring.due import DUTIES, overdue
from tests.client import CheckedClient
from tests.factories.accounts import make_person
from tests.factories.bidding import close_now
from tests.factories.tendering import published_itt
from tests.services import Database, Services


def something_happened() -> None:
    """Put one event, and so one delivery, into the outbox."""
    person = make_person()
    record(EventKind.SIGNED_IN, person, actor=SYSTEM)


def test_all_is_well(client: CheckedClient, db_session: object) -> None:
    """Database at head, nothing waiting, Redis there."""
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (
        200,
        {
            "status": "ready",
            "database": "ok",
            "migrations": "at head",
            "outbox": {"waiting": 0, "oldest_seconds": 0, "sent": 0, "dead": 0},
            "redis": "ok",
            "late": {},
        },
    )


def test_a_fresh_delivery_is_no_worry(services: Services, db_session: object) -> None:
    """What has just happened waits for the relay, and that is ready."""
    something_happened()
    found = readiness.look(services.redis_url)
    assert found.status == "ready"
    assert found.outbox is not None
    assert found.outbox["waiting"] == 1


def test_a_delivery_that_was_given_up_is_degraded(services: Services, db_session: object) -> None:
    """Dead mail shows; people can still work."""
    something_happened()
    db.session.execute(update(Delivery).values(dead_at=clock.now()))
    found = readiness.look(services.redis_url)
    assert (found.status, found.outbox) == ("degraded", {"waiting": 0, "oldest_seconds": 0, "sent": 0, "dead": 1})


def test_what_is_due_for_over_a_minute_is_503(client: CheckedClient, db_session: object) -> None:
    """Something happened over a minute ago and nobody carried it onwards: the answer names it."""
    something_happened()
    db.session.execute(update(Delivery).values(next_at=clock.now() - timedelta(seconds=61)))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["status"], answer.json["late"]) == (503, "late", {"deliveries": 1})


def test_deadlines_are_due_like_deliveries(db_session: object) -> None:
    """An invitation whose closing nobody has noted is due from its closing instant on, and until it is noted."""
    close_now(published_itt())
    db.session.execute(update(Delivery).values(sent_at=clock.now()))
    assert overdue(0) == {"closings": 1}
    assert overdue(60) == {}
    for duty in DUTIES:
        duty(now=clock.database_time())
    db.session.execute(update(Delivery).values(sent_at=clock.now()))
    assert overdue(0) == {}


def test_without_redis_people_still_work(db_session: object) -> None:
    """Redis down is degraded, not down (K-04)."""
    found = readiness.look("redis://127.0.0.1:1/0")
    assert (found.status, found.database, found.redis) == ("degraded", "ok", "unreachable")


def test_another_revision_is_down(fresh_app: Flask, fresh_database: Database) -> None:
    """A database that this code does not know is no ground to work on."""
    with psycopg.connect(fresh_database.owner_url.replace("+psycopg", "")) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
    answer = fresh_app.test_client()
    with fresh_app.app_context():
        found = answer.get("/readyz")
    assert found.status_code == 503
    assert (found.json["status"], found.json["migrations"]) == ("down", "not at head")


def test_without_the_database_it_is_down_and_says_so(fresh_app: Flask) -> None:
    """The process still answers, `/healthz` is content, and no detail of the database is told."""
    with fresh_app.app_context():
        engines = db.engines
        kept, engines[None] = engines[None], create_engine("postgresql+psycopg://x@127.0.0.1:1/none")
        try:
            client = fresh_app.test_client()
            answer = client.get("/readyz")
            assert (answer.status_code, answer.json["status"], answer.json["database"]) == (
                503,
                "down",
                "unreachable",
            )
            assert client.get("/healthz").json == {"status": "ok"}
        finally:
            db.session.remove()
            engines[None] = kept
            db.session.execute(text("SELECT 1"))
