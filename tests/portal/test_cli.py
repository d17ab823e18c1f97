"""The `portal` command."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from portal import cli
from portal.config import OPERATOR_SETTINGS, Settings
from tests.services import Database, Services


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
def test_what_the_settings_lack_for_real_use_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each by its variable with what follows from it, exit 1; nothing once they are set."""
    code, found = answered(capsys, "check")
    assert (code, found["demonstration"]) == (1, False)
    assert found["missing"].keys() == {*OPERATOR_SETTINGS, "OCID_PREFIX", "PUBLIC_URL"}
    said = {"OCID_PREFIX": "ocds-a1b2c3", "PUBLIC_URL": "https://tenders.demo.example", "OPERATOR_EMAIL": "a@b.example"}
    for name, value in (dict.fromkeys(OPERATOR_SETTINGS, "Demo") | said).items():
        monkeypatch.setenv(name, value)
    assert answered(capsys, "check") == (0, {"missing": {}, "demonstration": False})


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


@pytest.mark.usefixtures("new_installation")
def test_the_debarment_list_is_brought_in_or_every_wrong_row_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """By somebody who has an account; a file with a wrong row brings nothing in, and exit 2."""
    monkeypatch.setattr("sys.stdin", io.StringIO("three random words\n"))
    person = ["--name", "A Person", "--email", "person@example.test", "--password-stdin"]
    assert answered(capsys, "create-administrator", *person)[0] == 0
    file = tmp_path / "list.csv"
    file.write_text("name,number,ground,kind\nDemo Builders Ltd,09506232,Cartel,mandatory\n,,Cartel,perhaps\n")
    command = ["debarment", "bring-in", "--read-on", "2026-01-05", "--by", "person@example.test"]
    assert cli.main([*command, str(file)]) == 2
    assert capsys.readouterr().err == "Row 3: Name is empty. As the list has it.\n"
    file.write_text("name,number,ground,kind\nDemo Builders Ltd,09506232,Cartel,mandatory\n")
    code, told = answered(capsys, *command, str(file))
    assert (code, told["entries"], told["read_on"]) == (0, 1, "2026-01-05")
    assert cli.main([*command[:-1], "nobody@example.test", "--nobody"]) == 2
    assert "Nobody has an account" in capsys.readouterr().err
    assert cli.main([*command, "--nobody"]) == 2
    assert "is here already" in capsys.readouterr().err


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


@pytest.fixture
def unmigrated(services: Services, worker_id: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """The environment of a database in which no migration ran."""
    name = f"unmigrated_{worker_id}"
    services.cluster.drop_database(name)
    services.cluster.prepare_database(name)
    monkeypatch.setenv("DATABASE_URL", services.cluster.web_url(name))
    monkeypatch.setenv("SECRET_KEY", "a key for tests alone, long enough to pass")
    monkeypatch.setenv("PORTAL_STATE", str(tmp_path))
    yield
    services.cluster.drop_database(name)


@pytest.mark.usefixtures("unmigrated")
@pytest.mark.parametrize(
    "words",
    [
        "ledger verify",
        "reconcile",
        "outbox status",
        "outbox retry",
        "ocds export",
        "seed demo",
        "create-administrator --name A --email a@b.example --password-stdin",
        "db upgrade",
        "db downgrade 0001 --yes",
        "db upgrade nowhere",
    ],
)
def test_no_command_answers_a_failure_with_a_traceback(
    words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a database without a schema, asked by a role that may not make one: a sentence and exit 2, never 1."""
    monkeypatch.setattr("sys.stdin", io.StringIO("three random words\n"))
    assert cli.main(words.split()) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1), err
    assert err.endswith(".\n")


@pytest.mark.usefixtures("new_installation")
def test_a_file_that_cannot_be_written_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """An export into a folder that does not exist: exit 2 and one sentence."""
    target = tmp_path / "missing" / "releases.jsonl"
    assert cli.main(["ocds", "export", "--output", str(target)]) == 2
    assert capsys.readouterr().err == f"{target} cannot be used: No such file or directory.\n"


@pytest.mark.parametrize("module", ["portal.commands.inspecting"])
@pytest.mark.usefixtures("new_installation")
def test_what_nobody_foresaw_is_no_finding(
    module: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of our own exits with 2 as well, and leaves its traceback for whoever mends it."""
    monkeypatch.setattr(f"{module}.verify_ledger", lambda: 1 // 0)
    assert cli.main(["ledger", "verify"]) == 2
    err = capsys.readouterr().err
    assert "ZeroDivisionError" in err
    assert err.splitlines()[-1].startswith("This was not foreseen")


def test_a_downgrade_says_what_it_drops_and_asks(
    new_installation: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a terminal and without --yes nothing is dropped; what would be is listed."""
    monkeypatch.setenv("DATABASE_OWNER_URL", new_installation.database_owner_url.replace("+psycopg", ""))
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))
    assert cli.main(["db", "downgrade", "0001"]) == 2
    err = capsys.readouterr().err
    assert "0002: Frameworks, dynamic purchasing systems" in err
    assert err.splitlines()[-1] == "Nothing was dropped: without a terminal to ask on, --yes is needed."
    code, found = answered(capsys, "db", "current")
    assert (code, found["current"]) == (0, found["head"])
    assert answered(capsys, "db", "downgrade", "0001", "--yes")[1]["current"] == "0001"
