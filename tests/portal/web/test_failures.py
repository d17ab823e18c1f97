"""Error pages: what to do next, and a reference for what nobody foresaw."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from bs4 import BeautifulSoup
from flask import Flask, abort
from sqlalchemy import func, select, text

from portal.app import WEB_STATEMENT_SECONDS, create_app
from portal.config import Settings
from portal.core.errors import Conflict, DeadlinePassed, InvalidInput, NotAllowed, NotFound
from portal.extensions import db
from portal.organisations.models import ContractingAuthority
from portal.web.access import public
from tests.client import CheckedClient
from tests.factories.organisations import make_authority
from tests.services import Database

RAISED: dict[str, Any] = {
    "refused": NotAllowed("Your role does not allow this."),
    "missing": NotFound("There is nothing here for you."),
    "late": DeadlinePassed("The closing time has passed."),
    "conflict": Conflict("Somebody else was first."),
    "wrong": InvalidInput("That is not right."),
    "broken": RuntimeError("secret inner words"),
}


@pytest.fixture
def house(fresh_app: Flask) -> Iterator[Flask]:
    """The app with a view for each failure, each of which first changes something."""

    def fail(name: str) -> str:
        make_authority(f"Half done {name}")
        if name in RAISED:
            raise RAISED[name]
        abort(int(name))

    fresh_app.add_url_rule("/fail/<name>", "fail", public(fail), methods=["GET", "POST"])
    fresh_app.extensions["csrf"].exempt(f"{__name__}.fail")
    with fresh_app.app_context():
        yield fresh_app


def words(answer: Any) -> str:
    """The text of an error page."""
    return " ".join(BeautifulSoup(answer.data, "html.parser").get_text(" ").split())


PAGES = (
    ("refused", 403, "Your role does not allow this."),
    ("missing", 404, "We cannot find that page"),
    ("late", 409, "The closing time has passed."),
    ("conflict", 409, "Somebody else was first."),
    ("413", 413, "too large"),
    ("429", 429, "too many"),
    ("418", 418, ""),
)


def test_anticipated_failures_have_their_page(house: Flask) -> None:
    """The status is the failure's and the page says what happened."""
    for name, status, shown in PAGES:
        answer = house.test_client().get(f"/fail/{name}")
        assert answer.status_code == status
        assert shown.lower() in words(answer).lower()


def test_programs_get_json(house: Flask) -> None:
    """`Accept: application/json` gives code and message, and nothing else."""
    answer = house.test_client().get("/fail/late", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json) == (
        409,
        {"code": "deadline_passed", "message": "The closing time has passed."},
    )


def test_what_nobody_foresaw_shows_a_reference_that_is_in_the_log(
    house: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    """The page shows the reference and nothing of the error; the log has the kind and the place, and no message."""
    answer = house.test_client().get("/fail/broken")
    assert answer.status_code == 500
    assert "secret inner words" not in answer.get_data(as_text=True)
    line = next(text for text in capsys.readouterr().out.splitlines() if "unhandled_error" in text)
    logged = json.loads(line)
    assert logged["reference"] in words(answer)
    assert "secret inner words" not in line
    assert logged["exception"] == "RuntimeError"
    assert any("test_failures.py" in frame for frame in logged["frames"])


def test_a_failed_request_leaves_nothing_behind(house: Flask) -> None:
    """Whatever it had changed is rolled back, also when it was a form."""
    client = house.test_client()
    for name in (*RAISED, "404", "413"):
        client.get(f"/fail/{name}")
        client.post(f"/fail/{name}")
        assert db.session.scalar(select(func.count(ContractingAuthority.id))) == 0, name


def test_unknown_pages_and_methods(client: CheckedClient, db_session: object) -> None:
    """An address that is not there is 404; a method that it does not take is 405 on the page for bad requests."""
    assert client.get("/nowhere").status_code == 404
    assert client.post("/healthz").status_code in {400, 405}


def test_a_host_that_is_not_ours_is_refused(client: CheckedClient, db_session: object) -> None:
    """A request for another host name is not answered; a forwarded name is ignored (W-09)."""
    answer = client.get("/healthz", headers={"Host": "evil.example"})
    assert (answer.status_code, answer.mimetype) == (400, "text/plain")
    assert client.get("/healthz", headers={"X-Forwarded-Host": "evil.example"}).status_code == 200


def test_a_statement_that_takes_too_long_is_ended_and_said_so(
    fresh_app: Flask, settings_for: Callable[[Database], Settings], fresh_database: Database
) -> None:
    """The database ends it, what the page had changed is undone, and the page says when to come back."""
    impatient = create_app(settings_for(fresh_database), statement_seconds=1)
    impatient.test_client_class = CheckedClient

    def occupy() -> str:
        make_authority("Half done")
        db.session.execute(text("SELECT pg_sleep(30)"))
        return "never"

    impatient.add_url_rule("/occupy", "occupy", public(occupy), methods=["GET", "POST"])
    impatient.extensions["csrf"].exempt(f"{__name__}.occupy")
    with impatient.app_context():
        client = impatient.test_client()
        for answer in (client.get("/occupy"), client.post("/occupy")):
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
            assert "This took longer than one page may take" in words(answer)
        told = client.get("/occupy", headers={"Accept": "application/json"})
        assert (told.status_code, told.json["code"]) == (503, "too_long")
        assert db.session.scalar(select(func.count(ContractingAuthority.id))) == 0
        db.session.remove()
        db.engine.dispose()


def test_every_process_that_serves_people_limits_its_statements(
    app: Flask, db_session: object, worker_environment: Settings
) -> None:
    """Web and worker carry a limit on each connection; migrations, as the owner, carry none."""
    from worker.app import STATEMENT_SECONDS, flask_app

    assert db.session.scalar(text("SHOW statement_timeout")) == f"{WEB_STATEMENT_SECONDS}s"
    with flask_app().app_context():
        assert db.session.scalar(text("SHOW statement_timeout")) == f"{STATEMENT_SECONDS // 60}min"
        db.session.remove()
        db.engine.dispose()
    with psycopg.connect(worker_environment.database_owner_url.replace("+psycopg", "")) as connection:
        assert connection.execute("SHOW statement_timeout").fetchone() == ("0",)


@pytest.fixture
def stranded(
    settings_for: Callable[[Database], Settings], fresh_database: Database, fresh_app: Flask
) -> Iterator[tuple[Flask, CheckedClient]]:
    """A portal whose database goes away for real after somebody has used it, and their browser."""
    fresh_app.config["PROPAGATE_EXCEPTIONS"] = False
    with fresh_app.app_context():
        client = fresh_app.test_client()
        assert client.get("/sign-in").status_code == 200
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = "a token of an earlier visit", True
        assert client.get("/opportunities").status_code == 200
        fresh_database.cluster.drop_database(fresh_database.name)
        try:
            yield fresh_app, client  # type: ignore[misc]
        finally:
            db.session.remove()


def test_no_page_needs_the_database_to_say_that_it_is_away(stranded: tuple[Flask, CheckedClient]) -> None:
    """Every address answers, for somebody with a session: 503 and when to come back, or what it says without one."""
    portal, client = stranded
    seen = set()
    for rule in portal.url_map.iter_rules():
        path = re.sub(r"<int:[^>]+>", "1", rule.rule)
        path = re.sub(r"<uuid:[^>]+>", "00000000-0000-4000-8000-000000000000", path)
        path = re.sub(r"<[^>]+>", "X", path)
        for method in sorted({"GET", "POST"} & (rule.methods or set())):
            answer = client.open(path, method=method)
            seen.add(answer.status_code)
            assert answer.status_code not in {500, 502}, path
            if answer.status_code == 503 and rule.endpoint != "monitoring.readyz":
                assert answer.headers["Retry-After"] == "5", path
                assert "cannot reach its records" in words(answer), path
                assert answer.headers["Content-Security-Policy"], path
    assert 503 in seen


def test_refusals_without_a_database_keep_their_own_page(stranded: tuple[Flask, CheckedClient]) -> None:
    """For a visitor an address that does not exist, and a request that is too large, need no database to be refused."""
    portal, _ = stranded
    client = portal.test_client()
    assert client.get("/nowhere").status_code == 404
    portal.config["MAX_CONTENT_LENGTH"] = 10
    assert client.post("/sign-in", data={"email": "x" * 100}).status_code == 413
    told = client.get("/opportunities", headers={"Accept": "application/json"})
    assert (told.status_code, told.json["code"], told.headers["Retry-After"]) == (503, "away", "5")
