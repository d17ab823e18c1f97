"""`portal up`: bring everything up in order, keep it running, take it down in order."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from portal import migrating
from portal.config import SettingsError, load_settings, state_folder
from portal.running import postgres, processes, redis
from portal.running.children import Account, spawn, unprivileged_account
from portal.running.code_copy import Code, find_code
from portal.running.failures import StartFailed, last_lines
from portal.running.narrator import Narrator
from portal.running.state import Record, State
from portal.running.supervisor import (
    Child,
    StopRequested,
    Supervisor,
    kill_on_second_interrupt,
    raise_on_signals,
)

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Wishes:
    """What the command line asked for."""

    host: str = "127.0.0.1"
    port: int = 8000
    mailbox_port: int = 0
    scenario: str | None = None
    ready_file: Path | None = None


def up(wishes: Wishes, environ: Mapping[str, str] = os.environ) -> int:
    """Run the whole portal until Ctrl-C or SIGTERM; 0 after an orderly end, 2 with one sentence when it cannot start."""
    narrator = Narrator()
    started = time.monotonic()
    start = Start(wishes, environ, narrator)
    raise_on_signals(STOPPING)
    code = 0
    try:
        start.everything()
        narrator.say(f"Ready after {time.monotonic() - started:.1f} s. Ctrl-C stops everything.")
        start.supervisor.watch()
    except StopRequested:
        narrator.say("Stopping.")
    except (StartFailed, SettingsError) as failed:
        print(failed, file=sys.stderr, flush=True)
        code = 2
    finally:
        kill_on_second_interrupt(start.supervisor)
        start.take_down()
    if code == 0:
        narrator.say("Everything has stopped.")
    return code


class Start:
    """One start, step by step; each step leaves what the next one needs."""

    def __init__(self, wishes: Wishes, environ: Mapping[str, str], narrator: Narrator) -> None:
        self.wishes = wishes
        self.environ = environ
        self.narrator = narrator
        self.account: Account | None = unprivileged_account()
        self.state = State(state_folder(environ), self.account)
        self.supervisor = Supervisor(narrator, self._note)
        self.settings: dict[str, str] = {}
        self.owner_url = ""
        self.embedded = not environ.get("DATABASE_URL")
        self.cluster: postgres.Cluster | None = None
        self.record: Record | None = None
        self.mailbox_url: str | None = None
        self.code = Code(sys.executable, {}, None)
        self.listener: socket.socket | None = None

    def everything(self) -> None:
        """Take every step, printing a line for each."""
        self.state.open()
        self._await_previous()
        self.listener = listen(self.wishes.host, self.wishes.port)
        self.narrator.say(f"Fairlot keeps everything in {self.state.folder}")
        self._place_code()
        self._start_stores()
        self._settle()
        if self.embedded:
            self._protection_line()
        self._migrate()
        loaded = self._load_scenario()
        self._start_processes()
        self._announce(loaded)

    def take_down(self) -> None:
        """Stop every child in order and forget the record; nothing to do when nothing was started."""
        if self.listener is not None:
            self.listener.close()
        self.supervisor.stop()
        if self.cluster is not None:
            self.cluster.stop()
        if self.record is not None:
            self.state.forget_record()
        if self.wishes.ready_file is not None:
            self.wishes.ready_file.unlink(missing_ok=True)

    def _await_previous(self) -> None:
        with_remains = self.state.await_remains(self.narrator.tick)
        if with_remains:
            listed = ", ".join(f"{name} {pid}" for name, pid in sorted(with_remains.items()))
            raise StartFailed(f"Processes of an earlier start are still running ({listed}); end them first.")

    def _place_code(self) -> None:
        if self.account is None:
            self.code = find_code(None, self.state.data)
            return
        with self.narrator.step(f"every process will run as {self.account.name}, not as root") as words:
            self.code = find_code(self.account, self.state.data)
            if self.code.copied:
                words.append(f"(from a copy of the code in {self.state.data / 'code'}, which it may read)")
        if self.state.data != self.state.folder:
            self.narrator.say(f"           their data are in {self.state.data}, which {self.account.name} may enter")

    def _start_stores(self) -> None:
        """PostgreSQL and Redis, started together and then waited for."""
        server = None
        if not self.environ.get("REDIS_URL"):
            program = redis.find_server(self.environ, account=self.account, copies=self.state.data)
            server = redis.Server(
                program=program,
                folder=self.state.data / "work",
                log=self.state.log("redis"),
                account=self.account,
                environ=self.environ,
            )
            self.supervisor.start(Child("redis", server.start, ((signal.SIGTERM, 5),)))
            self.settings["REDIS_URL"] = server.url
        if self.embedded:
            self._start_postgres()
        else:
            self.settings["DATABASE_URL"] = self.environ["DATABASE_URL"]
            self.owner_url = self.environ.get("DATABASE_OWNER_URL") or self.environ["DATABASE_URL"]
        if server is not None:
            with self.narrator.step(f"Redis ({server.program.name})"):
                server.wait_until_ready()

    def _start_postgres(self) -> None:
        binaries = postgres.find_binaries(self.environ, account=self.account, copies=self.state.data)
        kept = self.state.secrets()
        with self.narrator.step(binaries.source) as words:
            self.cluster = postgres.Cluster(
                data=self.state.data / "postgres" / "data",
                binaries=binaries,
                passwords=postgres.Passwords(kept["superuser"], kept["owner"], kept["web"]),
                log=self.state.log("postgres"),
                account=self.account,
                environ=self.environ,
                settings={"max_connections": "200"},
            )
            if self.cluster.create():
                words.append("with a new, empty data folder")
            self.supervisor.start(Child("postgres", self.cluster.start, ((signal.SIGINT, 20), (signal.SIGQUIT, 5))))
            self.cluster.wait_until_ready()
            self.cluster.prepare_roles()
            self.cluster.prepare_database()
        self.settings["DATABASE_URL"] = self.cluster.web_url()
        self.owner_url = self.cluster.owner_url()

    def _settle(self) -> None:
        """Complete the settings and check them as the processes will; write the record for other commands."""
        assert self.listener is not None
        port = self.listener.getsockname()[1]
        shown = "127.0.0.1" if self.wishes.host in {"0.0.0.0", "::"} else self.wishes.host
        smtp_port, self._mail_page_port = redis.free_port(), self.wishes.mailbox_port or redis.free_port()
        offered = {
            "PUBLIC_URL": f"http://{f'[{shown}]' if ':' in shown else shown}:{port}",
            "FILE_STORE": str(self.state.data / "files"),
            "KEY_DIR": str(self.state.data / "keys"),
            "PORTAL_STATE": str(self.state.folder),
        }
        if not self.environ.get("SECRET_KEY"):
            offered["SECRET_KEY"] = self.state.secrets()["secret_key"]
        if not self.environ.get("SMTP_URL"):
            self.mailbox_url = f"http://127.0.0.1:{self._mail_page_port}"
            offered |= {"SMTP_URL": f"smtp://127.0.0.1:{smtp_port}", "MAILBOX_URL": self.mailbox_url}
        self._smtp_port = smtp_port
        self.settings = {name: self.environ.get(name) or value for name, value in offered.items()} | self.settings
        self.settings["PORTAL_STATE"] = str(self.state.folder)
        load_settings(dict(self.environ) | self.settings)
        self.state.own(self.state.data / "files", self.state.data / "keys", self.state.data / "mailbox")
        environment = processes.environment(
            self.environ, settings=self.settings, code=self.code.environment, home=str(self.state.data / "work")
        )
        pids, starts = (self.record.pids, self.record.starts) if self.record else ({}, {})
        self.record = Record(
            os.getpid(), self.code.python, self.code.account, environment, self.owner_url, pids, starts
        )
        for child in self.supervisor.children:
            if child.process is not None:
                self._note(child.name, child.process.pid)

    def _protection_line(self) -> None:
        self.narrator.say(
            "           demonstration protection: passwords and keys were generated into that folder; "
            "whoever can read it can read everything"
        )

    def _migrate(self) -> None:
        with self.narrator.step("database schema") as words:
            before, newest = migrating.current(self.owner_url), migrating.head()
            self._run_command("db", "upgrade", owner=True)
            words.append(f"at {newest}" if before == newest else f"brought to {newest}")
            if self.embedded and before is None:
                mark_as_demonstration(self.owner_url)
        if migrating.role_of(self.settings["DATABASE_URL"]) == migrating.role_of(self.owner_url):
            self.narrator.say(
                "           note: without a DATABASE_OWNER_URL of its own the portal owns its tables, "
                "so the database itself cannot keep it from changing the ledger"
            )

    def _load_scenario(self) -> dict[str, Any]:
        if self.wishes.scenario is None:
            return {}
        if not is_empty(self.owner_url):
            self.narrator.say(f"           the database is not empty, so the scenario {self.wishes.scenario} stays out")
            return {}
        if not self.embedded:
            mark_as_demonstration(self.owner_url)
        with self.narrator.step(f"scenario {self.wishes.scenario}"):
            printed = self._run_command("seed", self.wishes.scenario, "--json")
        return json.loads(printed.splitlines()[-1]) if printed.strip() else {}

    def _start_processes(self) -> None:
        if self.mailbox_url is not None:
            self._start_child(
                "mailbox",
                processes.mailbox(
                    self.code.python,
                    smtp_port=self._smtp_port,
                    http_port=self._mail_page_port,
                    folder=str(self.state.data / "mailbox"),
                ),
            )
        assert self.listener is not None
        number = self.listener.fileno()
        web = self._start_child(
            "web", processes.web(self.code.python, bind=f"fd://{number}"), death=signal.SIGQUIT, pass_fds=(number,)
        )
        node = f"fairlot-{os.getpid()}@localhost"
        worker = self._start_child(
            "worker",
            processes.worker(self.code.python, name=node),
            death=signal.SIGQUIT,
            stops=((signal.SIGTERM, 10), (signal.SIGQUIT, 5)),
        )
        beat = self._start_child("beat", processes.beat(self.code.python))
        with self.narrator.step("web"):
            self._wait("web", web, lambda: answers(f"http://{self._local_address()}/healthz"))
        if self.mailbox_url is not None:
            address = f"{self.mailbox_url}/messages.json"
            with self.narrator.step("mailbox"):
                self._wait("mailbox", self.supervisor.children[-4], lambda: answers(address))
        with self.narrator.step("worker and beat"):
            ask = worker_asker(self.settings.get("REDIS_URL") or self.environ["REDIS_URL"], node)
            self._wait("worker", worker, ask)
            self._wait("beat", beat, lambda: time.monotonic() - beat.started > 0.5)

    def _announce(self, loaded: dict[str, Any]) -> None:
        assert self.record is not None
        url = self.settings["PUBLIC_URL"]
        self._print_sign_ins(loaded)
        self.narrator.say(f"\n  Fairlot   {url}")
        if self.mailbox_url is not None:
            self.narrator.say(f"  its mail  {self.mailbox_url}\n")
        if self.wishes.ready_file is not None:
            document = {
                "url": url,
                "mailbox_url": self.mailbox_url,
                "database_url": self.settings["DATABASE_URL"],
                "database_owner_url": self.owner_url,
                "redis_url": self.settings.get("REDIS_URL") or self.environ["REDIS_URL"],
                "smtp_url": self.settings["SMTP_URL"],
                "state": str(self.state.folder),
                "pids": {"supervisor": os.getpid()} | self.record.pids,
            }
            part = self.wishes.ready_file.with_name(self.wishes.ready_file.name + ".part")
            part.write_text(json.dumps(document, indent=1))
            part.chmod(0o600)
            part.replace(self.wishes.ready_file)

    def _print_sign_ins(self, loaded: dict[str, Any]) -> None:
        for sign_in in loaded.get("sign_ins", ()):
            words = [str(sign_in[name]) for name in ("role", "email", "password") if sign_in.get(name)]
            self.narrator.say(f"  sign in as  {'  '.join(words)}")

    def _start_child(
        self,
        name: str,
        command: Sequence[str],
        *,
        death: signal.Signals = signal.SIGTERM,
        stops: tuple[tuple[signal.Signals, float], ...] = ((signal.SIGTERM, 12),),
        pass_fds: Sequence[int] = (),
    ) -> Child:
        assert self.record is not None
        environment = self.record.environment

        def start() -> subprocess.Popen[bytes]:
            return spawn(
                command,
                environment=environment,
                log=self.state.log(name),
                account=self.code.account,
                folder=self.state.data,
                death_signal=death,
                pass_fds=pass_fds,
            )

        return self.supervisor.start(Child(name, start, stops))

    def _wait(self, name: str, child: Child, ready: Callable[[], bool]) -> None:
        log = self.state.log(name)
        self.supervisor.wait_for(child, ready, 60, lambda: f"; the end of {log}:{last_lines(log)}")

    def _run_command(self, *arguments: str, owner: bool = False) -> str:
        """Run a `portal` command to its end as the children run, and return what it printed."""
        assert self.record is not None
        extra = {"DATABASE_OWNER_URL": self.owner_url} if owner else {}
        log = self.state.log(arguments[0])
        offset = log.stat().st_size if log.exists() else 0
        process = spawn(
            [self.code.python, "-m", "portal", *arguments],
            environment=self.record.environment | extra,
            log=log,
            account=self.code.account,
            folder=self.state.data,
            death_signal=signal.SIGKILL,
        )
        while process.poll() is None:
            self.narrator.tick()
            time.sleep(0.02)
        if process.returncode:
            raise StartFailed(f"`portal {' '.join(arguments)}` failed; the end of {log}:{last_lines(log, 25)}")
        return log.read_bytes()[offset:].decode()

    def _local_address(self) -> str:
        assert self.listener is not None
        host, port = self.listener.getsockname()[:2]
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def _note(self, name: str, pid: int) -> None:
        if self.record is None:
            # Written before the rest is known, so that a start that is killed half-way leaves its trace too.
            self.record = Record(os.getpid(), self.code.python, self.code.account, {}, "")
        self.record.note(name, pid)
        self.state.write_record(self.record)


def listen(host: str, port: int) -> socket.socket:
    """The web server's listening socket: bound here, so that a busy port is known first and a restart drops nobody."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as refused:
        listener.close()
        raise StartFailed(
            f"Port {port} on {host} cannot be used ({(refused.strerror or str(refused)).lower()}): "
            "give another one with --port."
        ) from refused
    listener.listen(4096)
    return listener


def answers(address: str) -> bool:
    """Whether a page answers with success, for the name that it is known by."""
    try:
        with urllib.request.urlopen(address, timeout=5) as response:
            return bool(response.status == 200)
    except urllib.error.HTTPError as refused:
        raise StartFailed(f"{address} answered {refused.code}.") from refused
    except (OSError, urllib.error.URLError):
        return False


def worker_asker(redis_url: str, node: str) -> Callable[[], bool]:
    """A question that is true once the Celery worker of that name takes part."""
    from celery import Celery

    celery = Celery(broker=redis_url, set_as_current=False)
    return lambda: bool(celery.control.ping(destination=[node], timeout=0.5))


def is_empty(owner_url: str) -> bool:
    """Whether nothing has happened in this database yet."""
    with psycopg.connect(_plain(owner_url)) as connection:
        row = connection.execute("SELECT NOT EXISTS (SELECT 1 FROM event)").fetchone()
    return row is not None and bool(row[0])


def mark_as_demonstration(owner_url: str) -> None:
    """Let the database say that it is a demonstration, unless it already says what it is."""
    with psycopg.connect(_plain(owner_url)) as connection:
        connection.execute("INSERT INTO installation (id, demonstration) VALUES (1, true) ON CONFLICT DO NOTHING")


def _plain(url: str) -> str:
    return f"postgresql://{urlsplit(url)._replace(scheme='postgresql').geturl().partition('://')[2]}"
