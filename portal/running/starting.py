"""`portal up`: bring everything up in order, keep it running, take it down in order."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from portal.config import SettingsError, load_settings, state_folder
from portal.running import processes, redis
from portal.running.announcing import print_addresses, write_ready_file
from portal.running.children import spawn, unprivileged_account
from portal.running.code_copy import Code, find_code
from portal.running.demonstration import (
    is_empty,
    mark_as_demonstration,
    note_scenario,
    throw_away,
    unfinished_scenario,
)
from portal.running.failures import StartFailed, last_lines
from portal.running.narrator import Narrator
from portal.running.readiness import answers, connectable, listen, worker_asker
from portal.running.state import Record, State
from portal.running.stores import Stores
from portal.running.supervisor import (
    Child,
    StopRequested,
    Supervisor,
    raise_on_signals,
    stop_without_interruption,
)

INDENT = " " * 11


@dataclass(frozen=True)
class Wishes:
    """What the command line asked for."""

    host: str = "127.0.0.1"
    port: int = 8000
    mailbox_port: int = 0
    scenario: str | None = None
    ready_file: Path | None = None


def up(wishes: Wishes, environ: Mapping[str, str] = os.environ) -> int:
    """Run the whole portal until Ctrl-C or SIGTERM and return 0, or 2 when it cannot start."""
    narrator = Narrator()
    started = time.monotonic()
    start = Start(wishes, environ, narrator)
    raise_on_signals((signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
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
        with stop_without_interruption(start.supervisor):
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
        self.state = State(state_folder(environ), unprivileged_account())
        self.supervisor = Supervisor(narrator, self._note)
        self.stores = Stores(environ, self.state, narrator, self.supervisor)
        self.settings: dict[str, str] = {}
        self.mail_ports: tuple[int, int] | None = None
        self.record: Record | None = None
        self.code = Code(sys.executable, {}, None)
        self.listener: socket.socket | None = None
        self.announced = False

    def everything(self) -> None:
        """Take every step, printing a line for each."""
        self._check_settings()
        self.state.open()
        self._await_previous()
        self.listener = listen(self.wishes.host, self.wishes.port)
        self.narrator.say(f"Fairlot keeps everything in {self.state.folder}")
        self._place_code()
        self.stores.start()
        self._settle()
        self._migrate()
        wanted = self._wants_scenario()
        self._start_processes()
        # The scenario's history goes through the product's own acts, and some of them are the worker's.
        self._announce(self._load_scenario() if wanted else {})

    def take_down(self) -> None:
        """Stop every child in order and forget the record; nothing to do when nothing was started."""
        if self.listener is not None:
            self.listener.close()
        self.supervisor.stop()
        self.stores.clear_up()
        if self.record is not None:
            self.state.forget_record()
        if self.announced and self.wishes.ready_file is not None:
            self.wishes.ready_file.unlink(missing_ok=True)

    def _check_settings(self) -> None:
        """Refuse a malformed setting before anything is started; what `up` will add stands in for itself."""
        added = {"DATABASE_URL": "postgresql:///added", "SECRET_KEY": "added " * 8}
        load_settings(added | {name: value for name, value in self.environ.items() if value})

    def _await_previous(self) -> None:
        remains = self.state.await_remains(self.narrator.tick)
        if remains:
            listed = ", ".join(f"{name} {pid}" for name, pid in sorted(remains.items()))
            raise StartFailed(f"Processes of an earlier start are still running ({listed}); end them first.")

    def _place_code(self) -> None:
        account = self.state.account
        if account is None:
            self.code = find_code(None, self.state.data)
            return
        with self.narrator.step(f"every process runs as {account.name}, not as root") as words:
            self.code = find_code(account, self.state.data)
            if self.code.copied:
                words.append(f"(on a copy of the code in {self.state.data / 'code'}, which it may read)")
        if self.state.data != self.state.folder:
            self.narrator.say(f"{INDENT}their data are in {self.state.data}, which {account.name} may enter")

    def _settle(self) -> None:
        """Complete the settings and check them as the processes will; write the record for other commands."""
        if not self.environ.get("SMTP_URL"):
            self.mail_ports = redis.free_port(), self.wishes.mailbox_port or redis.free_port()
        offered = self._offered()
        self.settings = {name: self.environ.get(name) or value for name, value in offered.items()}
        load_settings(dict(self.environ) | self.settings)
        if not self.environ.get("SECRET_KEY") or not self.environ.get("KEY_DIR"):
            self.narrator.say(
                f"{INDENT}demonstration protection: passwords and keys were generated into that folder, "
                "and whoever can read it can read everything"
            )
        self.state.own(*(self.state.data / name for name in ("files", "keys", "mailbox", "work")))
        environment = processes.environment(
            self.environ,
            settings=self.settings,
            code=self.code.environment,
            home=str(self.state.data / "work"),
        )
        known = self.record or self._empty_record()
        known.environment, known.database_owner_url = environment, self.stores.owner_url
        known.python, known.code_account = self.code.python, self.code.account
        self.record = known
        self.state.write_record(known)

    def _offered(self) -> dict[str, str]:
        """The settings that hold unless the environment says otherwise."""
        assert self.listener is not None
        port = self.listener.getsockname()[1]
        shown = "127.0.0.1" if self.wishes.host in {"0.0.0.0", "::"} else self.wishes.host
        offered = {
            "DATABASE_URL": self.stores.database_url,
            "REDIS_URL": self.stores.redis_url,
            "PUBLIC_URL": f"http://{f'[{shown}]' if ':' in shown else shown}:{port}",
            "FILE_STORE": str(self.state.data / "files"),
            "KEY_DIR": str(self.state.data / "keys"),
            "PORTAL_STATE": str(self.state.folder),
        }
        if not self.environ.get("SECRET_KEY"):
            offered["SECRET_KEY"] = self.state.secrets()["secret_key"]
        if self.mail_ports is not None:
            smtp, pages = self.mail_ports
            offered |= {"SMTP_URL": f"smtp://127.0.0.1:{smtp}", "MAILBOX_URL": f"http://127.0.0.1:{pages}"}
        return offered

    def _migrate(self) -> None:
        owner_url = self.stores.owner_url
        with self.narrator.step("database schema") as words:
            # In a process of its own: this one stays small, and never loads what only migrations need.
            schema = json.loads(self._run_command("db", "upgrade", "--json", owner=True).splitlines()[-1])
            words.append(f"{'at' if schema['before'] == schema['head'] else 'brought to'} {schema['current']}")
            if self.stores.embedded:
                mark_as_demonstration(owner_url)
        if urlsplit(self.stores.database_url).username == urlsplit(owner_url).username:
            self.narrator.say(
                f"{INDENT}note: without a DATABASE_OWNER_URL of its own the portal owns its tables, "
                "so the database cannot keep it from changing the ledger"
            )

    def _wants_scenario(self) -> bool:
        """Whether a scenario is to be loaded; asked before anybody can do anything in the portal."""
        name = self.wishes.scenario
        if name is None:
            return False
        if (begun := unfinished_scenario(self.stores.owner_url)) is not None:
            self._throw_away(begun)
        if not is_empty(self.stores.owner_url):
            self.narrator.say(f"{INDENT}the database is not empty, so the scenario {name} is not loaded again")
            return False
        mark_as_demonstration(self.stores.owner_url)
        note_scenario(self.stores.owner_url, name)
        return True

    def _throw_away(self, begun: str) -> None:
        """Empty a demonstration that an interrupted start has left half loaded; only such a one is ever emptied."""
        with self.narrator.step(f"the scenario {begun} was interrupted: what there is of it is thrown away"):
            throw_away(self.stores.owner_url)
            self._run_command("db", "upgrade", owner=True)
            for folder in (Path(self.settings["FILE_STORE"]), self.state.data / "mailbox"):
                if folder.is_relative_to(self.state.data):
                    shutil.rmtree(folder)
                    folder.mkdir(mode=0o700)
                    self.state.own(folder)

    def _load_scenario(self) -> dict[str, Any]:
        name = self.wishes.scenario
        assert name is not None
        with self.narrator.step(f"scenario {name}"):
            printed = self._run_command("seed", name, "--json")
        note_scenario(self.stores.owner_url, None)
        loaded: dict[str, Any] = json.loads(printed.strip().splitlines()[-1])
        return loaded

    def _start_processes(self) -> None:
        assert self.listener is not None
        python, node, number = self.code.python, f"fairlot-{os.getpid()}@localhost", self.listener.fileno()
        mailbox = None
        if self.mail_ports is not None:
            folder = str(self.state.data / "mailbox")
            mailbox = self._start("mailbox", processes.mailbox(python, ports=self.mail_ports, folder=folder))
        web = self._start("web", processes.web(python, bind=f"fd://{number}"), pass_fds=(number,))
        worker = self._start("worker", processes.worker(python, name=node))
        beat = self._start("beat", processes.beat(python))
        with self.narrator.step("web"):
            address = f"http://{connectable(self.listener)}/healthz"
            self._wait("web", web, lambda: answers(address))
        if mailbox is not None:
            with self.narrator.step("mailbox"):
                self._wait("mailbox", mailbox, lambda: answers(f"{self.settings['MAILBOX_URL']}/messages.json"))
        with self.narrator.step("worker and beat"):
            self._wait("worker", worker, worker_asker(self.settings["REDIS_URL"], node))
            self._wait("beat", beat, lambda: time.monotonic() - beat.started > 1)

    def _announce(self, loaded: dict[str, Any]) -> None:
        assert self.record is not None
        mailbox_url = self.settings.get("MAILBOX_URL")
        print_addresses(self.narrator, self.settings["PUBLIC_URL"], mailbox_url, loaded)
        if self.wishes.ready_file is not None:
            self.announced = True
            document = {
                "url": self.settings["PUBLIC_URL"],
                "mailbox_url": mailbox_url,
                "database_url": self.stores.database_url,
                "database_owner_url": self.stores.owner_url,
                "redis_url": self.stores.redis_url,
                "smtp_url": self.settings.get("SMTP_URL") or self.environ["SMTP_URL"],
                "state": str(self.state.folder),
                "pids": {"supervisor": os.getpid()} | self.record.pids,
            }
            write_ready_file(self.wishes.ready_file, document)

    def _start(self, name: str, command: Sequence[str], pass_fds: Sequence[int] = ()) -> Child:
        assert self.record is not None
        environment = self.record.environment

        def start() -> subprocess.Popen[bytes]:
            return spawn(
                command,
                environment=environment,
                log=self.state.log(name),
                account=self.code.account,
                folder=self.state.data,
                # Without the supervisor nobody could wait for an orderly end, and nothing is lost by this
                # one: transactions roll back, and what was to be done stands in the database.
                death_signal=signal.SIGKILL,
                pass_fds=pass_fds,
            )

        return self.supervisor.start(Child(name, start, ((signal.SIGTERM, 12), (signal.SIGQUIT, 3))))

    def _wait(self, name: str, child: Child, ready: Callable[[], bool]) -> None:
        log = self.state.log(name)
        self.supervisor.wait_for(child, ready, 120, lambda: f"; the end of {log}:{last_lines(log)}")

    def _run_command(self, *arguments: str, owner: bool = False) -> str:
        """Run a `portal` command to its end as the children run, and return what it printed."""
        assert self.record is not None
        extra = {"DATABASE_OWNER_URL": self.stores.owner_url} if owner else {}
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
        printed = log.read_bytes()[offset:].decode()
        if process.returncode:
            raise StartFailed(f"`portal {' '.join(arguments)}` failed; the end of {log}:{last_lines(log, 25)}")
        return printed

    def _empty_record(self) -> Record:
        return Record(os.getpid(), self.code.python, self.code.account, {}, "")

    def _note(self, name: str, pid: int) -> None:
        # Written with the first child, so that a start that is killed half-way leaves its trace too.
        self.record = self.record or self._empty_record()
        self.record.note(name, pid)
        self.state.write_record(self.record)
