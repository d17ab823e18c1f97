"""`portal up`, run as a person would run it."""

from __future__ import annotations

import json
import os
import pwd
import re
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import sysconfig
import time
import urllib.request
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import psycopg
import pytest

from portal.running.children import alive
from portal.running.redis import free_port
from tests.portal_process import RunningPortal, gone_within, portal_environment, start_portal
from tests.services import open_folder

CHILDREN = ["beat", "mailbox", "postgres", "redis", "web", "worker"]


@pytest.fixture(scope="module")
def portal() -> Iterator[RunningPortal]:
    """One running portal for the tests that leave it running."""
    with start_portal() as started:
        yield started


def portal_command(state: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a `portal` command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "portal", *arguments],
        env=portal_environment(state) | environment,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def fetch(address: str) -> tuple[int, str]:
    with urllib.request.urlopen(address, timeout=20) as response:
        return response.status, response.read().decode()


def in_sessions(leaders: set[int]) -> dict[int, str]:
    """Every living process of these sessions, with its name: children and whatever they started."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            name, _, rest = (folder / "stat").read_text().partition("(")[2].rpartition(")")
        except (FileNotFoundError, ProcessLookupError):
            continue
        state, _parent, _group, session = rest.split()[:4]
        if state != "Z" and int(session) in leaders:
            found[int(folder.name)] = name
    return found


def eventually(true: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_the_ready_file_names_everything(portal: RunningPortal) -> None:
    """Addresses, the state folder and the living processes stand in the ready file."""
    pids = dict(portal.ready["pids"])
    assert pids.pop("supervisor") == portal.process.pid
    assert sorted(pids) == CHILDREN
    assert all(alive(pid) for pid in pids.values())
    assert sorted(portal.ready) == [
        *(
            "database_owner_url",
            "database_url",
            "mailbox_url",
            "pids",
            "redis_url",
            "smtp_url",
            "state",
            "url",
        )
    ]
    assert fetch(f"{portal.url}/healthz")[0] == 200


def test_each_step_is_one_line_with_its_seconds(portal: RunningPortal) -> None:
    """What is printed names each step once, with the seconds it took, and says how keys are protected."""
    printed = portal.printed()
    steps = re.findall(r"^ +\d+\.\d s  (?!\.\.\.)(.*)$", printed, re.MULTILINE)
    expected = ["PostgreSQL", "Redis", "database schema brought to", "web", "mailbox", "worker and beat"]
    assert [word in step for word, step in zip(expected, steps[-6:], strict=True)] == [True] * 6
    assert "demonstration protection" in printed
    assert portal.url in printed
    assert str(portal.ready["mailbox_url"]) in printed


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to drop")
def test_under_root_every_child_is_nobody(portal: RunningPortal) -> None:
    """No child, and no child of a child, runs as root."""
    leaders = set(portal.ready["pids"].values()) - {portal.process.pid}
    nobody = pwd.getpwnam("nobody").pw_uid
    running = in_sessions(leaders)
    assert len(running) > len(leaders)
    assert {pid: Path(f"/proc/{pid}").stat().st_uid for pid in running} == dict.fromkeys(running, nobody)


def test_secrets_are_closed(portal: RunningPortal) -> None:
    """Passwords, keys and files cannot be read by other users."""
    state = Path(portal.ready["state"])
    modes = {name: (state / name).stat().st_mode & 0o777 for name in ("secrets.json", "running.json", "logs")}
    assert modes == {"secrets.json": 0o600, "running.json": 0o600, "logs": 0o700}
    data = state / "data" if (state / "data").exists() else state
    assert [(data / name).stat().st_mode & 0o777 for name in ("keys", "files", "postgres")] == [0o700] * 3


def test_the_database_says_that_it_is_a_demonstration(portal: RunningPortal) -> None:
    """An embedded database is a demonstration, and the application's role cannot make it anything else."""
    with psycopg.connect(portal.ready["database_url"]) as connection:
        assert connection.execute("SELECT demonstration FROM installation").fetchone() == (True,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("UPDATE installation SET demonstration = false")


def test_mail_ends_in_the_mailbox(portal: RunningPortal) -> None:
    """What is sent to the SMTP address is shown in the mailbox."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.test", "b@example.test", "Arrived"
    message.set_content("text")
    host, port = portal.ready["smtp_url"].removeprefix("smtp://").split(":")
    with smtplib.SMTP(host, int(port)) as connection:
        connection.send_message(message)
    listed = json.loads(fetch(f"{portal.ready['mailbox_url']}/messages.json?to=b@example.test")[1])
    assert [letter["subject"] for letter in listed] == ["Arrived"]


def test_other_commands_join_the_running_portal(portal: RunningPortal) -> None:
    """Commands find database and keys through the state folder, without any setting."""
    state = Path(portal.ready["state"])
    verified = portal_command(state, "ledger", "verify", "--json")
    assert (verified.returncode, json.loads(verified.stdout)["findings"]) == (0, [])
    current = portal_command(state, "db", "current", "--json")
    found = json.loads(current.stdout)
    assert (current.returncode, found["current"]) == (0, found["head"])


def test_a_second_start_on_the_same_state_is_refused(portal: RunningPortal) -> None:
    """One sentence names the folder and the process that uses it; the first portal goes on."""
    state = Path(portal.ready["state"])
    refused = portal_command(state, "up", "--port", "0")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == (
        f"Fairlot is already running on {state} (process {portal.process.pid}): "
        "stop that one, or name another folder in PORTAL_STATE.\n"
    )
    assert fetch(f"{portal.url}/healthz")[0] == 200


def test_a_busy_port_is_refused_in_one_sentence() -> None:
    """A port that somebody else listens on stops the start before anything is started."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = portal_command(open_folder("fairlot-busy-"), "up", "--port", str(port))
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == (
        f"Port {port} on 127.0.0.1 cannot be used (address already in use): give another one with --port.\n"
    )


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DATABASE_URL", "sqlite:///x.db", "DATABASE_URL is not a postgresql:// address"),
        ("PUBLIC_URL", "fairlot.example", "PUBLIC_URL is not an http or https address."),
        ("SECRET_KEY", "short", "SECRET_KEY is too short"),
    ],
)
def test_a_malformed_setting_is_named(name: str, value: str, sentence: str) -> None:
    """A setting that cannot be right stops the start with a sentence that names it."""
    state = open_folder("fairlot-malformed-")
    refused = portal_command(state, "up", "--port", "0", **{name: value})
    assert refused.returncode == 2
    assert refused.stderr.startswith(sentence)
    assert refused.stderr.count("\n") == 1
    assert not (state / "running.json").exists()


def test_without_a_portal_a_command_says_what_is_missing() -> None:
    """Neither a setting nor a running portal: exit 2 and one sentence."""
    state = open_folder("fairlot-nothing-")
    refused = portal_command(state, "outbox", "status")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == (f"DATABASE_URL is not set, and no portal runs on {state}: start one with `portal up`.\n")


def test_a_killed_web_process_is_replaced(portal: RunningPortal) -> None:
    """After SIGKILL of the web server it runs again; a request sent when it is gone waits instead of failing."""
    old = portal.ready["pids"]["web"]
    old_workers = set(in_sessions({old})) - {old}
    os.kill(old, signal.SIGKILL)
    # Its workers go with it, and with them whatever they had just accepted: that is what SIGKILL means.
    assert all(gone_within(pid, 5) for pid in old_workers)
    assert fetch(f"{portal.url}/healthz")[0] == 200
    assert eventually(lambda: "web runs again" in portal.printed())
    assert "web was killed by signal 9; starting it again in 0.5 s" in portal.printed()
    record = json.loads((Path(portal.ready["state"]) / "running.json").read_text())
    assert record["pids"]["web"] != old
    assert alive(record["pids"]["web"])


def test_a_killed_web_worker_is_replaced(portal: RunningPortal) -> None:
    """The web server itself replaces one of its workers."""
    state = Path(portal.ready["state"])
    web = json.loads((state / "running.json").read_text())["pids"]["web"]
    assert eventually(lambda: len(in_sessions({web})) >= 3)
    victim = max(set(in_sessions({web})) - {web})
    os.kill(victim, signal.SIGKILL)
    assert eventually(lambda: len(set(in_sessions({web})) - {web, victim}) >= 2)
    assert fetch(f"{portal.url}/healthz")[0] == 200


@pytest.mark.long
def test_killing_the_supervisor_leaves_nothing_and_the_next_start_works() -> None:
    """SIGKILL of `portal up` ends every process; a start on the same folder works and ends in order."""
    state = open_folder("fairlot-killed-") / "state"
    with start_portal(state=state) as killed:
        leaders = set(killed.ready["pids"].values())
        os.kill(killed.process.pid, signal.SIGKILL)
        killed.process.wait(5)
        assert eventually(lambda: in_sessions(leaders - {killed.process.pid}) == {}, 30)
    port = free_port()
    with start_portal("--port", str(port), state=state) as again:
        assert fetch(f"http://127.0.0.1:{port}/healthz")[0] == 200
        leaders = set(again.ready["pids"].values()) - {again.process.pid}
        again.process.send_signal(signal.SIGTERM)
        assert again.process.wait(60) == 0
        assert in_sessions(leaders) == {}
        assert again.printed().splitlines()[-2:] == ["Stopping.", "Everything has stopped."]
        assert not again.ready_file.exists()
        assert not (state / "running.json").exists()


@pytest.mark.long
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_an_ordinary_user_needs_no_rights() -> None:
    """The same start by a user without any rights works, with everything in that user's folder."""
    from portal.running.children import unprivileged_account
    from portal.running.code_copy import find_code

    account = unprivileged_account()
    assert account is not None
    folder = open_folder("fairlot-ordinary-")
    home = folder / "home"
    home.mkdir()
    os.chown(home, account.uid, account.gid)
    code = find_code(account, folder)
    ready = home / "ready.json"
    # The copy holds what children need; this user is the supervisor, which starts the stores too.
    paths = f"{code.environment['PYTHONPATH']}:{sysconfig.get_path('purelib')}"
    process = subprocess.Popen(
        [code.python, "-m", "portal", "up", "--port", "0", "--ready-file", str(ready)],
        env=portal_environment(home / "state") | code.environment | {"HOME": str(home), "PYTHONPATH": paths},
        cwd=home,
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        stdout=subprocess.DEVNULL,
    )
    try:
        assert eventually(lambda: ready.exists() or process.poll() is not None, 120)
        assert fetch(f"{json.loads(ready.read_text())['url']}/healthz")[0] == 200
        assert (home / "state").stat().st_mode & 0o777 == 0o700
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0


@pytest.mark.long
@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a folder that others cannot enter")
def test_a_state_below_a_closed_home_works() -> None:
    """Where `nobody` cannot enter the state folder its data lie elsewhere, and a link shows where."""
    home = open_folder("fairlot-closed-")
    home.chmod(0o700)
    state = home / "state"
    with start_portal(state=state) as portal:
        assert fetch(f"{portal.url}/healthz")[0] == 200
        elsewhere = (state / "data").resolve()
        assert elsewhere.is_relative_to("/var/lib/fairlot")
        assert (elsewhere / "postgres").is_dir()
    shutil.rmtree(elsewhere)


@pytest.mark.long
def test_the_portal_runs_on_the_machines_postgresql() -> None:
    """PORTAL_POSTGRES_BIN puts the whole portal onto another PostgreSQL, 15 at the least."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not found:
        pytest.skip("no PostgreSQL is installed on this machine (on Debian: apt install postgresql)")
    folder = found[0].parent
    with start_portal(environment={"PORTAL_POSTGRES_BIN": str(folder)}) as portal:
        assert fetch(f"{portal.url}/readyz")[0] == 200
        with psycopg.connect(portal.ready["database_url"]) as connection:
            row = connection.execute("SHOW server_version_num").fetchone()
        assert row is not None
        assert int(str(row[0])) // 10000 == int(folder.parent.name)
