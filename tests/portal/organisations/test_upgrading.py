"""What was verified before methods were kept, brought over and back."""

from __future__ import annotations

from contextlib import closing
from typing import Any

from portal import migrating
from tests.services import Database

PERSON, PROVED, OTHER = (f"00000000-0000-4000-8000-00000000000{number}" for number in range(3))


def rows(database: Database, statement: str) -> list[tuple[Any, ...]]:
    with closing(database.cluster.connect(database.name)) as connection:
        connection.autocommit = True
        found = connection.execute(statement)
        return found.fetchall() if found.description else []


def test_what_was_verified_stays_so_with_the_method_of_before_records(fresh_database: Database) -> None:
    """Who, when and the note go over, and come back on the way down; what was not verified stays so."""
    migrating.downgrade(fresh_database.owner_url, "0013")
    rows(
        fresh_database,
        f"""
        INSERT INTO user_account (id, is_active) VALUES ('{PERSON}', false);
        INSERT INTO provider (id, name, company_number, verified_at, verified_by_id, verification_note) VALUES
        ('{PROVED}', 'Demo Proved', '09506232', '2026-05-01T10:00Z', '{PERSON}', 'Matches the register.'),
        ('{OTHER}', 'Demo Other', '00000007', NULL, NULL, NULL);
        """,
    )
    migrating.upgrade(fresh_database.owner_url, app_role="portal_web")
    moved = rows(
        fresh_database,
        "SELECT provider_id::text, method, status, seen, proved_by_id::text, "
        "proved_at = '2026-05-01T10:00Z' FROM verification",
    )
    assert moved == [(PROVED, "before_records", "verified", "Matches the register.", PERSON, True)]
    migrating.downgrade(fresh_database.owner_url, "0013")
    back = rows(
        fresh_database,
        "SELECT name, verified_by_id::text, verification_note FROM provider WHERE verified_at IS NOT NULL",
    )
    assert back == [("Demo Proved", PERSON, "Matches the register.")]
    migrating.upgrade(fresh_database.owner_url, app_role="portal_web")
