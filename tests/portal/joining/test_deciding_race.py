"""Deciding in real transactions: two officers at once, and crashes at every write of an admission."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from portal.audit.models import Event
from portal.core import clock
from portal.core.errors import PortalError
from portal.core.permissions import Actor
from portal.extensions import db
from portal.frameworks.member_models import Admission
from portal.joining.deciding import admit_provider, propose_refusal
from portal.joining.models import Application, ApplicationDecision
from portal.joining.states import ApplicationStatus
from tests.factories.frameworks import live_framework
from tests.portal.joining.submitted import FINDINGS, commissioner_of, submitted_application
from tests.services import Database

Act = Callable[[Application, Actor], object]


def admit_it(application: Application, actor: Actor) -> object:
    """Admit."""
    return admit_provider(application=application, version=1, actor=actor, now=clock.now())


def refuse_it(application: Application, actor: Actor) -> object:
    """Propose a refusal."""
    return propose_refusal(application=application, version=1, findings=FINDINGS, actor=actor, now=clock.now())


@pytest.mark.parametrize("acts", [(admit_it, admit_it), (admit_it, refuse_it)])
def test_of_two_officers_one_decides_and_the_other_sees_why(fresh_app: Flask, acts: tuple[Act, Act]) -> None:
    """Whoever comes second is told who by role decided, and when; there is one decision and one membership at most."""
    with fresh_app.app_context():
        application = submitted_application(live_framework())
        officers = [commissioner_of(application.framework.authority) for _ in range(2)]
        identifier, name = application.id, application.framework.authority.name
        db.session.commit()
    told = decide_at_once(fresh_app, identifier, list(zip(acts, officers, strict=True)))
    assert sorted(len(message) > 0 for message in told) == [False, True]
    with fresh_app.app_context():
        decision = db.session.scalars(select(ApplicationDecision)).one()
        application = db.session.get_one(Application, identifier)
        admitted = application.status is ApplicationStatus.ADMITTED
        assert db.session.scalar(select(func.count()).select_from(Admission)) == (1 if admitted else 0)
        words = "admitted this provider at" if admitted else "proposed to refuse this application at"
        assert f"A commissioner of {name} {words}" in max(told)
        assert decision.application_id == identifier


def decide_at_once(app: Flask, identifier: object, deciding: list[tuple[Act, Actor]]) -> list[str]:
    """Carry the acts out at the same time, each in its own transaction; return what each was told ("" when done)."""
    told: list[str] = []
    start = threading.Barrier(len(deciding))

    def decide(act: Act, actor: Actor) -> None:
        with app.app_context():
            application = db.session.get_one(Application, identifier)
            start.wait(timeout=10)
            try:
                act(application, actor)
                db.session.commit()
                told.append("")
            except PortalError as refused:
                db.session.rollback()
                told.append(refused.message)

    threads = [threading.Thread(target=decide, args=pair) for pair in deciding]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return told


@pytest.mark.parametrize("table", ["application_decision", "application", "admission", "event", "delivery"])
def test_a_crash_at_any_write_leaves_nobody_half_admitted(
    fresh_app: Flask, fresh_database: Database, table: str
) -> None:
    """Whichever write fails, there is no decision, no membership, no event, and the application waits as before."""
    with fresh_app.app_context():
        application = submitted_application(live_framework())
        actor = commissioner_of(application.framework.authority)
        db.session.commit()
        _break(fresh_database, table)
        with pytest.raises(DBAPIError, match="the disk is full"):
            admit_it(application, actor)
        db.session.rollback()
        _mend(fresh_database, table)
        db.session.expire_all()
        assert application.status is ApplicationStatus.SUBMITTED
        for model in (ApplicationDecision, Admission, Event):
            assert db.session.scalar(select(func.count()).select_from(model)) == 0, model.__tablename__
        admit_it(application, actor)
        db.session.commit()
        assert db.session.scalar(select(func.count()).select_from(Admission)) == 1


def _break(database: Database, table: str) -> None:
    """Let every write to the table fail from now on."""
    _as_owner(
        database,
        "CREATE FUNCTION fail_now() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$",
        f"CREATE TRIGGER fail_now BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION fail_now()",
    )


def _mend(database: Database, table: str) -> None:
    _as_owner(database, f"DROP TRIGGER fail_now ON {table}", "DROP FUNCTION fail_now()")


def _as_owner(database: Database, *statements: str) -> None:
    from sqlalchemy import create_engine

    engine = create_engine(database.owner_url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
