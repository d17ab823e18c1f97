"""A start that is interrupted, or that runs where a proxy is set, leaves nothing behind that stays."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from portal.running.readiness import answers
from tests.portal_process import portal_environment
from tests.services import open_folder
from tests.worker_process import ROOT


@pytest.fixture
def state() -> Path:
    """A state folder that does not exist yet."""
    return open_folder("fairlot-interrupted-") / "state"


def test_what_was_started_here_is_asked_without_a_proxy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A proxy in the environment, even a dead one, does not stand between the start and its own web server."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout is not None
        address = server.stdout.readline().partition("(")[2].partition(")")[0]
        assert answers(address)
        server.terminate()


def test_ctrl_c_while_the_command_loads_leaves_no_traceback(state: Path) -> None:
    """Before it listens the command ends at once, by the signal; nothing was begun."""
    process = subprocess.Popen(
        [sys.executable, "-X", "importtime", "-m", "portal", "up", "--port", "0"],
        cwd=ROOT,
        env=portal_environment(state),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.split("|")[-1].strip() == "argparse":
            process.send_signal(signal.SIGINT)
            break
    rest = process.stderr.read()
    process.stderr.close()
    assert process.wait(30) in {-signal.SIGINT, 0, 2}
    assert "Traceback" not in rest
