"""Migrations from Python: Alembic without an ini file, the same in a checkout and an installed wheel."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from portal.paths import MIGRATIONS

DEFAULT_APP_ROLE = "portal_web"

# Two starts at once take turns instead of both making the first table.
LOCK = 0x466169726C6F74


def upgrade(
    owner_url: str, revision: str = "head", *, app_role: str = DEFAULT_APP_ROLE, key_dir: Path | None = None
) -> None:
    """Bring the schema up to `revision`, granting the application's role what it needs, as its owner.

    What a revision seals, or reads from its seal, needs the installation's keys. At the head the bundled reference
    data (bank holidays, CPV codes) that are not there yet are added as well.
    """
    command.upgrade(_config(owner_url, app_role, key_dir), revision)
    if revision == "head" and head() is not None:
        _seed_reference_data(owner_url)


def downgrade(owner_url: str, revision: str, *, app_role: str = DEFAULT_APP_ROLE, key_dir: Path | None = None) -> None:
    """Take the schema back to `revision` ("base" for nothing at all)."""
    command.downgrade(_config(owner_url, app_role, key_dir), revision)


def later_than(url: str, revision: str) -> list[str]:
    """The revisions that a downgrade to `revision` undoes, newest first, each with what it brought."""
    found = current(url)
    if found is None:
        return []
    steps = ScriptDirectory(str(MIGRATIONS)).iterate_revisions(found, revision)
    return [f"{step.revision}: {step.doc}" for step in steps]


def current(url: str) -> str | None:
    """Return the schema's revision, or None when no migration ran yet."""
    engine = create_engine(_driver_url(url), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def head() -> str | None:
    """Return the newest revision that this code brings."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def role_of(url: str) -> str:
    """The database role that an address signs in as."""
    return make_url(_driver_url(url)).username or DEFAULT_APP_ROLE


def _seed_reference_data(owner_url: str) -> None:
    # Imported here: the migrations themselves must run without the application's models.
    from portal.regulation.seeding import seed_reference_data

    engine = create_engine(_driver_url(owner_url), poolclass=NullPool)
    with engine.begin() as connection:
        seed_reference_data(connection)
    engine.dispose()


def _driver_url(url: str) -> str:
    return f"postgresql+psycopg://{url.partition('://')[2]}"


def _person_key(key_dir: Path | None) -> bytes:
    # Imported here, as above.
    from portal.core.seals import KeyFolder

    if key_dir is None:
        raise CommandError("There are people in the database: their names are sealed with a key from KEY_DIR")
    return KeyFolder(key_dir).person_keys()[0]


def _config(owner_url: str, app_role: str, key_dir: Path | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["url"] = _driver_url(owner_url)
    config.attributes["app_role"] = app_role
    config.attributes["lock"] = LOCK
    config.attributes["person_key"] = partial(_person_key, key_dir)
    return config
