"""The demonstration."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from flask import Flask

from portal.config import Settings
from portal.running.demonstration import mark_as_demonstration
from portal.scenarios import demo, market, story
from portal.scenarios.loading import load
from tests.services import Database
from tests.worker_process import running_worker

EXPECTED = {
    demo.DRAFT: "draft",
    story.JOINT: "draft",
    demo.OPEN: "published",
    demo.CHANGED: "published",
    demo.CLOSED: "published",
    demo.SCORING: "opened",
    demo.MODERATING: "opened",
    demo.RESULT: "moderated",
    demo.STANDSTILL: "awarded",
    demo.CONTRACT: "contracted",
    story.DIVIDED: "moderated",
    story.TIED: "moderated",
    story.WITHDRAWN: "moderated",
    story.REOPENED: "opened",
    demo.CANCELLED: "cancelled",
    demo.NOT_AWARDED: "not_awarded",
    market.CALL_OFF: "published",
}


@pytest.mark.long
@pytest.mark.journey
def test_every_stage_is_occupied(
    fresh_app: Flask, fresh_database: Database, settings_for: Callable[[Database], Settings]
) -> None:
    """The demonstration leaves one procurement at each stage, every event of it marked as seeded."""
    mark_as_demonstration(fresh_database.owner_url)
    with running_worker(settings_for(fresh_database)):
        loaded = load(fresh_app, "demo")
    with psycopg.connect(f"postgresql://{fresh_database.owner_url.partition('://')[2]}") as connection:
        found = dict(connection.execute("SELECT title, status FROM itt").fetchall())
        unseeded = connection.execute(
            "SELECT DISTINCT kind FROM event WHERE NOT seeded AND actor_id IS NOT NULL"
        ).fetchall()
    assert found == EXPECTED
    assert sorted(loaded["references"]) == sorted([*EXPECTED, market.TITLE])
    assert unseeded == []
