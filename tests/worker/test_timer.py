"""Due work is done whatever has died, in whatever order."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import httpx
import psycopg
import pytest
from flask import Flask
from sqlalchemy import func, select, update

from portal.audit.kinds import EventKind
from portal.audit.models import Delivery
from portal.audit.recording import record
from portal.config import Settings
from portal.core import clock
from portal.core.permissions import SYSTEM
from portal.extensions import db
from portal.running.state import read_record
from tests.factories.accounts import make_person
from tests.portal_process import RunningPortal, start_portal

HAPPENED = """
WITH entry AS (
    INSERT INTO event (id, chain, kind, object_type, object_id, data)
    VALUES (gen_random_uuid(), 'system', 'signed_in', 'user', gen_random_uuid(), '{}') RETURNING id
)
INSERT INTO delivery (id, event_id, consumer, dedupe_key)
SELECT gen_random_uuid(), id, 'reactions', 'reactions:' || id FROM entry
"""


@pytest.fixture
def redis_away(worker_environment: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The worker's Redis does not answer."""
    from worker import app

    away = replace(app.flask_app().config["SETTINGS"], redis_url="redis://127.0.0.1:1/0")
    monkeypatch.setitem(app.flask_app().config, "SETTINGS", away)
    app._waking.cache_clear()
    yield
    app._waking.cache_clear()


@pytest.mark.usefixtures("redis_away")
def test_what_is_late_is_done_by_the_timer_itself(app: Flask, db_session: object) -> None:
    """Without Redis a fresh delivery waits for the worker; one that is late is carried onwards here."""
    from worker.app import flask_app
    from worker.timer import HELP_AFTER_SECONDS, tick

    record(EventKind.SIGNED_IN, make_person(), actor=SYSTEM)
    db.session.commit()
    waiting = select(func.count()).select_from(Delivery).where(Delivery.sent_at.is_(None))
    with flask_app().app_context():
        engines, there = db.engines, db.engine
        with app.app_context():
            engines[None] = db.engine
        try:
            tick()
            assert db.session.scalar(waiting) == 1
            late = clock.now() - timedelta(seconds=HELP_AFTER_SECONDS + 5)
            db.session.execute(update(Delivery).values(next_at=late))
            db.session.commit()
            tick()
            assert db.session.scalar(waiting) == 0
        finally:
            db.session.remove()
            engines[None] = there


@pytest.mark.long
@pytest.mark.journey
@pytest.mark.parametrize("order", [*permutations(["beat", "redis"]), ("worker", "redis", "beat")])
def test_due_work_is_done_within_a_minute_of_any_order_of_deaths(order: tuple[str, ...]) -> None:
    """Killed seconds apart and started again, they do what is due; the light is green afterwards."""
    with start_portal() as portal:
        for name in order:
            os.kill(_pids(portal)[name], signal.SIGKILL)
            time.sleep(6)
        with psycopg.connect(portal.ready["database_owner_url"]) as connection:
            connection.execute(HAPPENED)
        give_up = time.monotonic() + 60
        with psycopg.connect(portal.ready["database_url"], autocommit=True) as connection:
            while connection.execute("SELECT count(*) FROM delivery WHERE sent_at IS NULL").fetchone() != (0,):
                assert time.monotonic() < give_up, "nobody did what was due"
                time.sleep(0.5)
        assert httpx.get(f"{portal.url}/readyz", timeout=30).json()["status"] == "ready"


def _pids(portal: RunningPortal) -> dict[str, int]:
    record_now = read_record(Path(portal.ready["state"]))
    assert record_now is not None
    return record_now.pids
