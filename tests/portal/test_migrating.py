"""Migrations."""

from __future__ import annotations

import psycopg

from portal import migrating
from portal.running import postgres
from tests.services import Database


def test_a_test_database_is_at_the_newest_revision(worker_database: Database) -> None:
    """The template that tests copy was migrated to the head."""
    assert migrating.current(worker_database.url) == migrating.head()


def test_tests_connect_as_the_application(worker_database: Database) -> None:
    """The tests' address signs in as the application's role, not as the owner."""
    assert migrating.role_of(worker_database.url) == postgres.WEB
    with psycopg.connect(worker_database.url) as connection:
        row = connection.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
    assert row == (postgres.WEB, False)
