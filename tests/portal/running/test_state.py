"""The state folder."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from portal.running.children import started_at
from portal.running.failures import StartFailed
from portal.running.state import Record, State, read_record


def record(**pids: int) -> Record:
    made = Record(os.getpid(), "/usr/bin/python3", None, {"A": "b"}, "postgresql:///x")
    for name, pid in pids.items():
        made.note(name, pid)
    return made


@pytest.fixture
def state(tmp_path: Path) -> State:
    made = State(tmp_path / "state", None)
    made.open()
    return made


def test_secrets_stay_the_same_and_closed(state: State) -> None:
    """Secrets are made once, long enough, and only their owner can read them."""
    first = state.secrets()
    assert sorted(first) == ["owner", "secret_key", "superuser", "web"]
    assert len(set(first.values())) == 4
    assert all(len(value) >= 32 for value in first.values())
    assert state.secrets() == first
    assert (state.folder / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert state.folder.stat().st_mode & 0o777 == 0o700


def test_a_state_is_held_by_one_process(state: State) -> None:
    """A second opening is refused with the number of the process that holds the folder."""
    with pytest.raises(StartFailed, match=rf"^Fairlot is already running on .* \(process {os.getpid()}\): "):
        State(state.folder, None).open()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file where the folder should be gives one sentence."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StartFailed, match=r"^The state folder .*/file/state cannot be used: Not a directory\.$"):
        State(tmp_path / "file" / "state", None).open()


def test_the_record_can_be_read_back(state: State) -> None:
    """What a start writes another command reads, and what is forgotten is not there."""
    written = record(web=os.getpid())
    state.write_record(written)
    assert read_record(state.folder) == written
    state.forget_record()
    assert read_record(state.folder) is None


def test_remains_are_the_same_processes_only() -> None:
    """A number that now belongs to another process is no remain of an earlier start."""
    child = subprocess.Popen(["/bin/sleep", "60"])
    try:
        made = record(web=child.pid)
        assert made.remains() == {"web": child.pid}
        made.starts["web"] = str(int(started_at(child.pid)) + 1)
        assert made.remains() == {}
    finally:
        child.kill()
        child.wait()


def test_what_does_not_end_is_named(state: State) -> None:
    """A child of a killed start that goes on running is returned, not ignored."""
    child = subprocess.Popen(["/bin/sleep", "60"])
    try:
        state.write_record(record(web=child.pid))
        assert state.await_remains(lambda: None, seconds=0.2) == {"web": child.pid}
    finally:
        child.kill()
        child.wait()
    assert state.await_remains(lambda: None, seconds=0.2) == {}
    assert read_record(state.folder) is None


def test_a_long_log_is_set_aside(state: State) -> None:
    """Beyond ten megabytes a log starts afresh, and the old one is kept once."""
    log = state.log("web")
    log.write_bytes(b"x" * 10_000_001)
    assert not state.log("web").exists()
    assert (state.logs / "web.log.1").stat().st_size == 10_000_001
