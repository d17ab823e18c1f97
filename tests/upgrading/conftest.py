"""What the previous release left behind, brought to today's schema: `app` is today's portal on it."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask

from portal import migrating
from portal.config import load_settings
from portal.running import postgres
from portal.running.children import run
from tests.conftest import _made_app
from tests.services import Database, Mailbox, Services, open_folder

RELEASE = Path(__file__).parent / "release_0_1_0.tar.xz"
"""The demonstration and the scenario `gateshead` as 0.1.0 loaded them (PostgreSQL's own dump, keys, files), with a
removal, a refusal and an award that wait for a second person. All people are demonstration people."""
FIRST_THAT_READS_IT = 18
TOO_FAR = "Too far from where we work"
SAY_NO = (
    "UPDATE invitation SET declined_at = invited_at, decline_reason = %(reason)s "
    "WHERE provider_id = (SELECT min(provider_id::text)::uuid FROM invitation)"
)
"""Nobody in the dump had declined anything."""
BEFORE_NAMES_WERE_SEALED = "0011"


@pytest.fixture(scope="package")
def previous_release(services: Services, worker_id: str) -> Iterator[tuple[Database, Path]]:
    """The previous release's database after today's migrations, and the folder with its keys and files."""
    cluster = services.cluster
    if cluster.binaries.major < FIRST_THAT_READS_IT:
        pytest.skip(f"the dump needs PostgreSQL {FIRST_THAT_READS_IT} or later, this is {cluster.binaries.major}")
    folder = open_folder("fairlot-previous-")
    with tarfile.open(RELEASE) as archive:
        # The archive is our own; the filter came with Python 3.11.4, and 3.11 itself is supported.
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(folder)
    database = Database(name := f"previous_{worker_id}", cluster.web_url(name), cluster.owner_url(name), cluster)
    cluster.drop_database(name)
    with closing(cluster.connect("postgres")) as connection:
        connection.execute(f"CREATE DATABASE {name} OWNER {postgres.OWNER} TEMPLATE template0")
    restored = run(
        [
            cluster.binaries.folder / "pg_restore",
            f"--host={cluster.sockets}",
            f"--username={postgres.SUPERUSER}",
            f"--dbname={name}",
            "--exit-on-error",
            folder / "database.dump",
        ],
        environment=cluster.environment | {"PGPASSWORD": cluster.passwords.superuser},
        account=cluster.account,
        folder=folder,
    )
    assert restored.returncode == 0, restored.stdout
    with closing(cluster.connect(name)) as connection:
        connection.execute(SAY_NO, {"reason": TOO_FAR})
    means = {"app_role": postgres.WEB, "key_dir": folder / "keys"}
    migrating.upgrade(database.owner_url, **means)
    # There, back and there again: what is sealed on the way is opened on the way back.
    migrating.downgrade(database.owner_url, BEFORE_NAMES_WERE_SEALED, **means)
    with closing(cluster.connect(name)) as connection:
        read = connection.execute("SELECT display_name, email FROM user_account ORDER BY email").fetchall()
    (folder / "read_on_the_way.json").write_text(json.dumps(read))
    migrating.upgrade(database.owner_url, **means)
    yield database, folder
    cluster.drop_database(name)


@pytest.fixture(scope="package")
def app(previous_release: tuple[Database, Path], services: Services, mail_server: Mailbox) -> Iterator[Flask]:
    """Today's portal on what the previous release left behind."""
    database, folder = previous_release
    settings = load_settings(
        {
            "DATABASE_URL": database.url,
            "DATABASE_OWNER_URL": database.owner_url,
            "REDIS_URL": services.redis_url,
            "SECRET_KEY": (folder / "secret_key").read_text(),
            "PUBLIC_URL": "http://localhost",
            "FILE_STORE": str(folder / "files"),
            "KEY_DIR": str(folder / "keys"),
            "SMTP_URL": mail_server.url,
            "PORTAL_STATE": str(folder),
        }
    )
    with _made_app(settings) as made:
        yield made
