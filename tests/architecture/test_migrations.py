"""The migrations: both ways, numbered, and equal to the models."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from portal import migrating
from portal.paths import MIGRATIONS
from tests.architecture.source import imports
from tests.services import Database

SCHEMA = """
    SELECT 'column', table_name, column_name,
           data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '')
    FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL
    SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL
    SELECT 'function', proname, pg_get_function_identity_arguments(oid), prosrc
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid)
    FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL
    SELECT 'grant', table_name, grantee, privilege_type FROM information_schema.role_table_grants
    WHERE table_schema = 'public'
    ORDER BY 1, 2, 3, 4
"""


def run(database: Database, work: Callable[[Any], Any]) -> Any:
    """Do something on a connection of the schema's owner."""
    url = f"postgresql+psycopg://{database.owner_url.partition('://')[2]}"
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        outcome = work(connection)
    engine.dispose()
    return outcome


def schema(database: Database) -> list[tuple[str, ...]]:
    """Every column, constraint, index, function, trigger and grant."""
    return run(database, lambda connection: [tuple(row) for row in connection.execute(text(SCHEMA))])


def test_up_down_up_comes_back_to_the_same(fresh_database: Database) -> None:
    """Every migration can be taken back, leaves nothing behind, and builds the same schema again."""
    built = schema(fresh_database)
    migrating.downgrade(fresh_database.owner_url, "base")
    assert {row[1] for row in schema(fresh_database)} <= {"alembic_version"}
    migrating.upgrade(fresh_database.owner_url)
    assert schema(fresh_database) == built


def test_the_head_equals_the_models(fresh_database: Database) -> None:
    """What the migrations build is what the models describe."""
    import portal.tables  # noqa: F401
    from portal.extensions import Model

    def differences(connection: Any) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, Model.metadata)

    assert run(fresh_database, differences) == []


def test_migrations_are_numbered_in_one_line() -> None:
    """0001, 0002, ...: each continues the one before, and its file is named after it."""
    script = ScriptDirectory(str(MIGRATIONS))
    revisions = list(script.walk_revisions())[::-1]
    numbers = [revision.revision for revision in revisions]
    assert numbers == [f"{number:04}" for number in range(1, len(revisions) + 1)]
    assert [revision.down_revision for revision in revisions] == [None, *numbers[:-1]]
    names = sorted(path.name for path in (MIGRATIONS / "versions").glob("*.py"))
    assert all(re.fullmatch(r"\d{4}_[a-z0-9_]+\.py", name) for name in names)
    assert [name[:4] for name in names] == numbers


def test_migrations_stand_alone() -> None:
    """A migration imports nothing of the portal: the models of its day are gone tomorrow."""
    wrong = {
        path.name: sorted(found)
        for path in (MIGRATIONS / "versions").glob("*.py")
        if (found := {name for name in imports(path) if name.split(".")[0] in {"portal", "worker"}})
    }
    assert wrong == {}
