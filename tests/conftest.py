"""Fixtures: the real services, the app on a database of its own, a browser, and a whole running portal."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import event
from sqlalchemy.engine import Engine

from tests.browser import found_chromium
from tests.portal_process import RunningPortal, start_portal
from tests.services import Database, Mailbox, Services, open_folder, running_mailbox, running_services

if TYPE_CHECKING:
    from flask import Flask
    from flask_sqlalchemy.session import Session
    from playwright.sync_api import Browser
    from sqlalchemy.orm import scoped_session

    from portal.config import Settings
    from tests.client import CheckedClient

# How long an example takes says how busy the machine is: time is measured in benchmarks/. A fixture lasts for all
# examples of a test, which make what they need anew.
untimed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
settings.register_profile("untimed", untimed)
settings.register_profile("thorough", untimed, max_examples=1000)
settings.load_profile("untimed")

# What is imported and collected stays to the end: the collector need not walk through it again and again.
COLLECT_EVERY = 50_000
"""Objects more than were freed; Python's own threshold is 700."""

STARTED = pytest.StashKey[tuple[ExitStack, Services]]()
CHECKED = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """Collect garbage seldom, as there is next to none while modules are imported."""
    gc.set_threshold(COLLECT_EVERY)
    if told := getattr(config, "workerinput", None):
        # What tests/journeys/accessibility.py has checked in any of the processes.
        os.environ["CHECKED_PAGES"] = told["checked_pages"]


def pytest_collection_finish() -> None:
    """Leave what was imported and collected out of every later walk of the garbage collector."""
    gc.collect()
    gc.freeze()


def pytest_configure_node(node: Any) -> None:
    """Start the services once in pytest-xdist's controller, and tell each worker where they are."""
    config = node.config
    if STARTED not in config.stash:
        stack = ExitStack()
        config.stash[STARTED] = (stack, stack.enter_context(running_services()))
        config.stash[CHECKED] = str(open_folder("fairlot-checked-"))
    node.workerinput["services"] = config.stash[STARTED][1].told()
    node.workerinput["checked_pages"] = config.stash[CHECKED]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what the controller started."""
    if STARTED in config.stash:
        config.stash[STARTED][0].close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whoever asks for the browser is a browser test; what takes minutes begins first."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
    items.sort(key=lambda item: item.get_closest_marker("early") is None)


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """This process's name among pytest-xdist's workers, or "main"."""
    told = getattr(request.config, "workerinput", None)
    return told["workerid"] if told else "main"


@pytest.fixture(scope="session")
def services(request: pytest.FixtureRequest, worker_id: str) -> Iterator[Services]:
    """PostgreSQL with a migrated template database, and Redis."""
    told = getattr(request.config, "workerinput", None)
    if told:
        yield Services.from_told(told["services"], int(worker_id.removeprefix("gw")))
        return
    with running_services() as started:
        yield started


@pytest.fixture(scope="session")
def worker_database(services: Services, worker_id: str) -> Iterator[Database]:
    """This worker's database: migrated, and empty but for what tests commit outside `db_session`."""
    with services.database(f"worker_{worker_id}") as database:
        yield database


@pytest.fixture(scope="session")
def mail_server() -> Iterator[Mailbox]:
    """A real SMTP server for this worker."""
    with running_mailbox() as mailbox:
        yield mailbox


@pytest.fixture
def mailbox(mail_server: Mailbox) -> Mailbox:
    """The mail server, empty at the start of the test; the app's `SMTP_URL` points to it."""
    mail_server.clear()
    return mail_server


@pytest.fixture(scope="session")
def settings_for(services: Services, mail_server: Mailbox) -> Iterator[Callable[[Database], Settings]]:
    """Make the app's settings for a database, with files and keys in folders of their own."""
    from portal.config import load_settings

    folder = open_folder("fairlot-app-")

    def make(database: Database) -> Settings:
        return load_settings(
            {
                "DATABASE_URL": database.url,
                "DATABASE_OWNER_URL": database.owner_url,
                "REDIS_URL": services.redis_url,
                "SECRET_KEY": "a key for tests alone, long enough to pass",
                "PUBLIC_URL": "http://localhost",
                "FILE_STORE": str(folder / database.name / "files"),
                "KEY_DIR": str(folder / database.name / "keys"),
                "SMTP_URL": mail_server.url,
                "PORTAL_STATE": str(folder / database.name),
            }
        )

    yield make
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def cheap_passwords() -> Iterator[None]:
    """Hashes of passwords that cost nothing, in this process alone; a portal that a test starts has real ones."""
    from argon2 import PasswordHasher

    from portal.accounts import passwords

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session")
def app(
    settings_for: Callable[[Database], Settings], worker_database: Database, cheap_passwords: None
) -> Iterator[Flask]:
    """The portal on this worker's database, as the application's own role."""
    from portal.audit.queries import is_demonstration

    with _made_app(settings_for(worker_database)) as made:
        # Asked once of each database: here, so that no test counts that statement.
        with made.app_context():
            is_demonstration()
        yield made


@pytest.fixture
def db_session(app: Flask) -> Iterator[scoped_session[Session]]:
    """`portal.extensions.db.session` inside a transaction that is rolled back after the test.

    Commits and rollbacks of the code under test end savepoints. Everything shares one connection: a test
    about locks or several transactions uses `fresh_database` instead.
    """
    with undone_session(app) as session:
        yield session


@pytest.fixture
def client(app: Flask, db_session: object) -> CheckedClient:
    """A browser's stand-in; see `tests.client.CheckedClient`."""
    made = app.test_client()
    assert type(made).__name__ == "CheckedClient"
    return made  # type: ignore[return-value]


@pytest.fixture
def new_client(app: Flask, db_session: object) -> Callable[[], CheckedClient]:
    """Make a further client with cookies of its own, for tests with several people."""
    return lambda: app.test_client()  # type: ignore[return-value]


@pytest.fixture(scope="session")
def worker_environment(settings_for: Callable[[Database], Settings], worker_database: Database) -> Iterator[Settings]:
    """The environment that `worker.app` reads at its import: import it inside the test, not above."""
    settings = settings_for(worker_database)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "DATABASE_URL": worker_database.url,
            "REDIS_URL": settings.redis_url,
            "SECRET_KEY": settings.secret_key,
            "PUBLIC_URL": settings.public_url,
            "FILE_STORE": settings.file_store,
            "KEY_DIR": settings.key_dir,
            "SMTP_URL": settings.smtp_url,
            "PORTAL_STATE": settings.state,
        }.items():
            patch.setenv(name, str(value))
        yield settings


@pytest.fixture
def fresh_database(services: Services, worker_id: str) -> Iterator[Database]:
    """A database for one test alone, for several connections that really commit and really lock."""
    with services.database(f"fresh_{worker_id}") as database:
        yield database


@pytest.fixture
def fresh_app(
    settings_for: Callable[[Database], Settings], fresh_database: Database, cheap_passwords: None
) -> Iterator[Flask]:
    """The portal on `fresh_database`: push `app.app_context()` yourself, in each thread."""
    with _made_app(settings_for(fresh_database)) as made:
        yield made


@pytest.fixture(scope="session")
def app_on(
    settings_for: Callable[[Database], Settings], cheap_passwords: None
) -> Callable[[Database], AbstractContextManager[Flask]]:
    """Make the portal on a database that the test looks after itself."""
    return lambda database: _made_app(settings_for(database))


@pytest.fixture
def count_statements() -> Callable[[], AbstractContextManager[list[str]]]:
    """Count SQL: `with count_statements() as statements: ...`, then `len(statements)`.

    No savepoints, and not that a session is in use: that is noted once a minute, whatever is asked for.
    """
    return _counted_statements


@pytest.fixture(scope="session")
def running_portal(worker_id: str) -> Iterator[RunningPortal]:
    """The whole portal as `portal up` starts it, without a scenario, on free ports."""
    with start_portal() as portal:
        yield portal


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A Chromium of this machine, or a visible skip."""
    found = found_chromium()
    if found is None:
        pytest.skip("no Chromium on this machine (on Debian: apt install chromium)")
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    arguments += ["--disable-component-update", "--disable-sync"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=arguments)
        yield browser
        browser.close()


NOT_COUNTED = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT", "UPDATE user_session SET last_seen_at")


@contextmanager
def undone_session(app: Flask) -> Iterator[scoped_session[Session]]:
    """What `db_session` gives, for as long as the block lasts."""
    from portal.extensions import db

    with app.app_context():
        engines: Any = db.engines
        engine = engines[None]
        with engine.connect() as connection:
            outer = connection.begin()
            # Inside a savepoint a session's default is to make savepoints of its own, so its commits stay
            # inside.
            connection.begin_nested()
            engines[None] = connection
            try:
                yield db.session
            finally:
                db.session.remove()
                engines[None] = engine
                outer.rollback()


class _CompiledTemplates(BytecodeCache):
    """What this process has compiled, for every app that it makes; a changed source has another checksum."""

    def __init__(self) -> None:
        self.compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket with what was compiled from the same source."""
        if bucket.key in self.compiled:
            bucket.bytecode_from_string(self.compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self.compiled[bucket.key] = bucket.bytecode_to_string()


COMPILED_TEMPLATES = _CompiledTemplates()


@contextmanager
def _made_app(settings: Settings) -> Iterator[Flask]:
    from portal.app import create_app
    from portal.extensions import db
    from tests.client import CheckedClient

    made = create_app(settings)
    made.test_client_class = CheckedClient
    made.jinja_env.bytecode_cache = COMPILED_TEMPLATES
    yield made
    with made.app_context():
        db.engine.dispose()


@contextmanager
def _counted_statements() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.lstrip().startswith(NOT_COUNTED):
            statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)
