"""A real Celery worker on the tests' Redis and database."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.config import Settings
from portal.core.permissions import Role
from portal.evaluation.models import Result
from portal.extensions import db
from tests.factories.accounts import make_person
from tests.factories.evaluation import KEYS, agree_all, close, moderating_itt
from tests.services import Database, Mailbox
from tests.worker_process import running_worker


@pytest.mark.long
@pytest.mark.journey
def test_from_the_last_panel_to_the_mail(
    fresh_app: Flask,
    fresh_database: Database,
    settings_for: Callable[[Database], Settings],
    mailbox: Mailbox,
) -> None:
    """When the last panel closes, the worker calculates the result and mails the commissioners."""
    with fresh_app.app_context():
        evaluation = moderating_itt(2, professionals=2, young_people=2, parents=2)
        itt = evaluation.itt
        person = make_person(Role.COMMISSIONER, authority=itt.authority)
        address, subject, itt_id = str(person.email), f"Result calculated: {itt.title}", itt.id
        for key in KEYS:
            agree_all(evaluation, key)
            close(evaluation, key)
        db.session.commit()
    with running_worker(settings_for(fresh_database)):
        deadline = time.monotonic() + 60
        while subject not in [mail["Subject"] for mail in mailbox.to(address)]:
            assert time.monotonic() < deadline, [mail["Subject"] for mail in mailbox.received]
            time.sleep(0.1)
        with fresh_app.app_context():
            (result,) = db.session.scalars(select(Result).where(Result.itt_id == itt_id)).all()
            calculated = select(Event).where(Event.kind == EventKind.RESULT_CALCULATED.value)
            (event,) = db.session.scalars(calculated).all()
            assert (event.object_id, event.actor_id, len(result.outcome["ranking"])) == (result.id, None, 2)
            # The mail may be out before the second task is done.
            while result.diagnostics is None:
                assert time.monotonic() < deadline, "the result has no diagnostics"
                time.sleep(0.1)
                db.session.rollback()
            decided = select(Event.object_id).where(Event.kind == EventKind.RESULT_DIAGNOSED.value)
            assert db.session.scalars(decided).all() == [result.id]
