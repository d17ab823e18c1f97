"""What `portal up` asks of a database and tells it: is it empty, and is it a demonstration?"""

from __future__ import annotations

import psycopg


def is_empty(owner_url: str) -> bool:
    """Whether nothing has happened in this database yet."""
    with psycopg.connect(_plain(owner_url)) as connection:
        row = connection.execute("SELECT NOT EXISTS (SELECT 1 FROM event)").fetchone()
    return row is not None and bool(row[0])


def mark_as_demonstration(owner_url: str) -> None:
    """Let the database say that it is a demonstration, unless it already says what it is."""
    with psycopg.connect(_plain(owner_url)) as connection:
        connection.execute("INSERT INTO installation (id, demonstration) VALUES (1, true) ON CONFLICT DO NOTHING")


def unfinished_scenario(owner_url: str) -> str | None:
    """The scenario that an interrupted start has left half loaded, if one has."""
    with psycopg.connect(_plain(owner_url)) as connection:
        row = connection.execute("SELECT unfinished_scenario FROM installation WHERE demonstration").fetchone()
    return str(row[0]) if row is not None and row[0] is not None else None


def note_scenario(owner_url: str, unfinished: str | None) -> None:
    """Note in a demonstration that the loading of a scenario begins, or (None) that it has ended."""
    with psycopg.connect(_plain(owner_url)) as connection:
        connection.execute("UPDATE installation SET unfinished_scenario = %s WHERE demonstration", (unfinished,))


def _plain(owner_url: str) -> str:
    """The address without SQLAlchemy's driver name."""
    return f"postgresql://{owner_url.partition('://')[2]}"
