"""What `portal up` asks of a database and tells it: is it empty, and is it a demonstration?"""

from __future__ import annotations

import psycopg

_DROP_ALL = """
DO $$
DECLARE
    held record;
BEGIN
    FOR held IN SELECT oid::regclass AS name FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
    LOOP
        EXECUTE format('DROP TABLE IF EXISTS %s CASCADE', held.name);
    END LOOP;
    FOR held IN SELECT oid::regprocedure AS name FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND proowner = current_user::regrole
    LOOP
        EXECUTE format('DROP FUNCTION IF EXISTS %s CASCADE', held.name);
    END LOOP;
END
$$
"""


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


def throw_away(owner_url: str) -> None:
    """Drop all that a half-loaded demonstration consists of, tables and functions; another database keeps what it has.

    Not by the migrations' way back: that carries what there is along, and refuses what an older release cannot hold.
    """
    with psycopg.connect(_plain(owner_url)) as connection:
        if unfinished_scenario(owner_url) is not None:
            connection.execute(_DROP_ALL)


def note_scenario(owner_url: str, unfinished: str | None) -> None:
    """Note in a demonstration that the loading of a scenario begins, or (None) that it has ended."""
    with psycopg.connect(_plain(owner_url)) as connection:
        connection.execute("UPDATE installation SET unfinished_scenario = %s WHERE demonstration", (unfinished,))


def _plain(owner_url: str) -> str:
    """The address without SQLAlchemy's driver name."""
    return f"postgresql://{owner_url.partition('://')[2]}"
