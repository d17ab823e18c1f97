"""The `portal` command."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from portal import cli
from portal.config import Settings
from tests.services import Database


@pytest.fixture
def new_installation(
    fresh_database: Database,
    settings_for: Callable[[Database], Settings],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Settings:
    """The environment of an installation with nothing in it yet."""
    made = settings_for(fresh_database)
    for name, value in {
        "DATABASE_URL": fresh_database.url,
        "REDIS_URL": made.redis_url,
        "SECRET_KEY": made.secret_key,
        "FILE_STORE": tmp_path / "files",
        "KEY_DIR": tmp_path / "keys",
    }.items():
        monkeypatch.setenv(name, str(value))
    return made


def answered(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    """Run a command with --json and return its exit code and document."""
    code = cli.main([*words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_routes_need_nothing_running(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The list of addresses and the policy are read from the code alone."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    code, routes = answered(capsys, "routes")
    assert code == 0
    (health,) = [route for route in routes if route["address"] == "/healthz"]
    assert (health["methods"], health["audience"], health["roles"]) == (["GET"], "public", None)
    code, rows = answered(capsys, "policy")
    assert code == 0
    assert all(row["roles"] for row in rows)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("new_installation")
def test_operations_on_an_empty_database_find_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Ledger, outbox and files of a new installation are sound: exit 0."""
    assert answered(capsys, "ledger", "verify") == (0, {"events": 0, "chains": 0, "findings": []})
    assert answered(capsys, "reconcile") == (0, {"files": 0, "versions": 0, "findings": []})
    assert answered(capsys, "outbox", "status") == (
        0,
        {"waiting": 0, "sent": 0, "dead": 0, "oldest_seconds": 0},
    )


@pytest.mark.usefixtures("new_installation")
def test_a_stray_file_is_a_finding(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A file that no row knows makes `portal reconcile` answer 1 and name it."""
    from portal.core.storage import FileStore

    stray = FileStore(tmp_path / "files").put(b"nobody knows me")
    code, found = answered(capsys, "reconcile")
    assert code == 1
    assert found["findings"] == [{"identifier": str(stray), "finding": "the file is not in the database"}]


@pytest.mark.usefixtures("worker_environment")
def test_a_scenario_is_refused_by_a_database_of_real_people(capsys: pytest.CaptureFixture[str]) -> None:
    """Without the database's own word that it is a demonstration nothing is loaded: exit 2, one sentence."""
    assert cli.main(["seed", "demo"]) == 2
    out, err = capsys.readouterr()
    assert (out, err) == (
        "",
        "Scenarios are loaded into demonstrations only; this database is not one.\n",
    )


@pytest.mark.usefixtures("worker_environment")
def test_an_unknown_scenario_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """A scenario that does not exist: exit 2, one sentence that says which there are."""
    assert cli.main(["seed", "atlantis"]) == 2
    assert capsys.readouterr().err.startswith("There is no scenario atlantis; there is ")


@pytest.mark.usefixtures("worker_environment")
def test_a_weak_password_makes_no_administrator(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The command holds to the same rules as the form, in the same words."""
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    person = ["--name", "A Person", "--email", "person@example.test"]
    assert cli.main(["create-administrator", *person, "--password-stdin"]) == 2
    assert capsys.readouterr().err == "Use at least 12 characters. Three random words work well.\n"


def test_a_database_that_does_not_answer_is_one_sentence(
    capsys: pytest.CaptureFixture[str], worker_environment: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No traceback for an operator whose database is down."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    assert cli.main(["ledger", "verify"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("The database did not answer: ")
    assert error.count("\n") == 1


@pytest.mark.parametrize("typed", ["-1", "65536", "eight"])
def test_a_port_is_a_number_that_a_port_can_have(typed: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Other ports are refused before anything starts."""
    with pytest.raises(SystemExit) as refused:
        cli.main(["up", "--port", typed])
    assert refused.value.code == 2
    assert "--port" in capsys.readouterr().err


def test_a_receipt_that_is_none_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is no receipt, or is not there, cannot be verified: exit 2 and one sentence."""
    (tmp_path / "note.txt").write_text("not a receipt")
    assert cli.main(["receipt", "verify", str(tmp_path / "note.txt")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    missing = tmp_path / "missing.json"
    assert cli.main(["receipt", "verify", str(missing)]) == 2
    assert capsys.readouterr().err == f"{missing} cannot be read: No such file or directory.\n"
