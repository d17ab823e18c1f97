"""The worker's own application, on the tests' database."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import update

from portal.audit.models import Delivery
from portal.awarding.models import AwardDecision
from portal.config import Settings
from portal.core import clock
from portal.extensions import db
from portal.running.redis import free_port
from tests.factories.awarding import Award, approver_of, proposed_award
from tests.factories.tendering import make_commissioner, settle_interests
from tests.prepared import Prepared, in_savepoint, prepared_once


@pytest.fixture(scope="package")
def proposed(app: Flask) -> Iterator[Prepared]:
    """The identifier of a decision that waits for its approver; everything before it has been carried onwards."""
    with prepared_once(app, _propose) as prepared:
        yield prepared


@pytest.fixture
def award(app: Flask, worker_environment: Settings, proposed: Prepared) -> Iterator[Award]:
    """The proposed award, in a session of its own."""
    with in_savepoint(app, proposed):
        decision = db.session.get_one(AwardDecision, proposed.told)
        authority = decision.itt.authority
        approver = approver_of(authority)
        settle_interests(decision.itt, approver)
        yield Award(decision.itt, make_commissioner(authority), approver, decision)


@pytest.fixture
def mail_server_away(worker_environment: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Take the mail server away from the worker (True) or give it back (False)."""
    from worker.app import flask_app

    there = flask_app().config["SETTINGS"]

    def away(is_away: bool) -> None:
        port = free_port()
        settings = replace(there, smtp_url=f"smtp://127.0.0.1:{port}") if is_away else there
        monkeypatch.setitem(flask_app().config, "SETTINGS", settings)

    return away


def _propose() -> uuid.UUID:
    award = proposed_award()
    db.session.execute(update(Delivery).values(sent_at=clock.now()))
    return award.decision.id
