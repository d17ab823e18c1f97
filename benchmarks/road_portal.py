"""The portal under measurement: a PostgreSQL that syncs to disk, `portal up`, the floor, and what they consume."""

from __future__ import annotations

import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from portal import migrating
from portal.core.seals import KeyFolder
from portal.running import postgres, processes
from portal.running.children import run, spawn, unprivileged_account
from portal.running.code_copy import Code, find_code
from portal.running.redis import free_port
from portal.running.state import read_record

SECRET_KEY = "a key for a benchmark on loopback alone, long enough"
PASSWORDS = postgres.Passwords(superuser="superuser", owner="owner", web="web")
TICKS = os.sysconf("SC_CLK_TCK")
HERE = Path(__file__).resolve().parent
WARM = (
    "from importlib import import_module; from portal.app import BLUEPRINTS; "
    "[import_module(name) for name in (*BLUEPRINTS, 'worker.app', 'portal.running.celery', 'portal.running.mailbox', "
    "'celery.apps.worker', 'celery.apps.beat', 'gunicorn.app.wsgiapp', 'portal.running.web_worker', "
    "'portal.cli', 'portal.migrating', 'numpy')]"
)


@dataclass
class Road:
    """What is running: the portal, its database, and the floor."""

    folder: Path
    cluster: postgres.Cluster
    code: Code
    state: Path
    url: str = ""
    floor_url: str = ""
    pids: dict[str, int] = field(default_factory=dict)

    @property
    def keys(self) -> KeyFolder:
        """The portal's keys."""
        return KeyFolder(self.state / "keys")

    def owner_engine_url(self) -> str:
        """The schema owner's address, for seeding."""
        return "postgresql+psycopg" + self.cluster.owner_url().removeprefix("postgresql")

    def query(self, statement: str) -> Any:
        """One value, asked by the superuser."""
        with self.cluster.connect(postgres.DATABASE) as connection:
            row = connection.execute(statement.encode()).fetchone()
        return row[0] if row else None

    def wait_until_drained(self, seconds: float = 30) -> None:
        """Let the worker carry onwards what was recorded, so that it does not disturb the next figure."""
        deadline = time.monotonic() + seconds
        waiting = "SELECT count(*) FROM delivery WHERE sent_at IS NULL AND dead_at IS NULL"
        while self.query(waiting) and time.monotonic() < deadline:
            time.sleep(0.2)

    def statements_of(self, act: Callable[[], int]) -> float:
        """SQL statements of the web process for each unit that `act` says it did (BEGIN and COMMIT not counted).

        The worker and the beat sign in as the same role, so they stand still meanwhile.
        """
        self.wait_until_drained()
        still = [pid for name in ("worker", "beat") for pid in tree(self.pids[name])]
        for pid in still:
            os.kill(pid, signal.SIGSTOP)
        try:
            self.query("SELECT pg_stat_statements_reset()")
            units = act()
            calls = self.query(
                "SELECT sum(calls) FROM pg_stat_statements JOIN pg_roles ON pg_roles.oid = userid "
                f"WHERE rolname = '{postgres.WEB}'"
            )
        finally:
            for pid in still:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)
        return float(calls or 0) / units


@contextmanager
def running_database() -> Iterator[Road]:
    """A migrated PostgreSQL with fsync on and statement counting, and the code where the portal's user can read it."""
    account = unprivileged_account()
    folder = Path(tempfile.mkdtemp(prefix="fairlot-road-", dir="/tmp" if os.access("/tmp", os.W_OK) else None))
    folder.chmod(0o755)
    os.environ.update({name: str(folder / name) for name in ("PYTHONPYCACHEPREFIX",)})
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    inner, state = folder / "postgres", folder / "state"
    for path in (inner, state):
        path.mkdir(mode=0o711)
    if account is not None:
        os.chown(inner, account.uid, account.gid)
    cluster = postgres.Cluster(
        data=inner / "data",
        binaries=postgres.find_binaries(os.environ, account=account, copies=folder),
        passwords=PASSWORDS,
        log=folder / "postgres.log",
        account=account,
        settings={
            "fsync": "on",
            "synchronous_commit": "on",
            "max_connections": "200",
            "shared_preload_libraries": "pg_stat_statements",
            "pg_stat_statements.track_utility": "off",
        },
    )
    try:
        cluster.create()
        cluster.start()
        cluster.wait_until_ready()
        cluster.prepare_roles()
        cluster.prepare_database()
        with cluster.connect(postgres.DATABASE) as connection:
            connection.execute("CREATE EXTENSION pg_stat_statements")
        migrating.upgrade(cluster.owner_url(), app_role=postgres.WEB)
        yield Road(folder, cluster, _warmed_code(folder, state), state)
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _warmed_code(folder: Path, state: Path) -> Code:
    """Find the code as `portal up` will, and compile what it imports: an installation has done that already."""
    account = unprivileged_account()
    code = find_code(account, state)
    compiled = Path(os.environ["PYTHONPYCACHEPREFIX"])
    compiled.mkdir(exist_ok=True)
    if account is not None:
        for path in (compiled, *compiled.rglob("*")):
            os.chown(path, account.uid, account.gid)
    environment = _environment() | code.environment | {"DATABASE_URL": "postgresql:///none", "SECRET_KEY": SECRET_KEY}
    done = run([code.python, "-c", WARM], environment=environment, account=account, folder=Path("/"), seconds=120)
    if done.returncode:
        raise RuntimeError(f"The portal's code cannot be imported:\n{done.stdout}")
    return code


@contextmanager
def portal_up(folder: Path, settings: Mapping[str, str], *, workers: int) -> Iterator[dict[str, Any]]:
    """`portal up` with these settings; gives what its ready file says, and stops it at the end of the block."""
    ready, output = folder / "ready.json", folder / "up.txt"
    up = [sys.executable, "-m", "portal", "up", "--port", "0", "--ready-file", str(ready)]
    environment = _environment() | {"SECRET_KEY": SECRET_KEY, "WEB_CONCURRENCY": str(workers)} | dict(settings)
    with _process(up, environment, output, signal.SIGINT) as process:
        _wait(process, ready.exists, output)
        yield json.loads(ready.read_text())


@contextmanager
def running_portal(road: Road, *, workers: int) -> Iterator[None]:
    """`portal up` and the floor on the road's database; both are stopped at the end of the block."""
    settings = {
        "DATABASE_URL": road.cluster.web_url(),
        "DATABASE_OWNER_URL": road.cluster.owner_url(),
        "PORTAL_STATE": str(road.state),
    }
    with ExitStack() as stack:
        told = stack.enter_context(portal_up(road.folder, settings, workers=workers))
        road.url, road.pids = told["url"], told["pids"]
        address = f"127.0.0.1:{free_port()}"
        floor = [sys.executable, "-m", "gunicorn", "-k", "gthread", "--threads", "8", "--keep-alive", "15"]
        floor += ["--workers", str(workers), "--preload", "--no-control-socket", "--bind", address, "road_floor:app"]
        beside = _environment() | {"DATABASE_URL": road.owner_engine_url(), "PYTHONPATH": str(HERE)}
        log = road.folder / "floor.txt"
        bare = stack.enter_context(_process(floor, beside, log, signal.SIGTERM))
        road.floor_url, road.pids["floor"] = f"http://{address}", bare.pid
        _wait(bare, lambda: _answers(f"{road.floor_url}/"), log)
        yield


@dataclass
class StartFigures:
    """Seconds to the first answer of a web server with one worker, and megabytes after it."""

    seconds: list[float] = field(default_factory=list)
    worker_rss: list[float] = field(default_factory=list)
    tree_pss: list[float] = field(default_factory=list)


def starts(road: Road, repeats: int) -> StartFigures:
    """Start the web server with one worker so many times, as `portal up` starts it."""
    record, figures = read_record(road.state), StartFigures()
    assert record is not None
    for number in range(repeats):
        port = free_port()
        command = processes.web(road.code.python, bind=f"127.0.0.1:{port}", workers=1)
        log = road.folder / f"start-{number}.txt"
        began = time.perf_counter()
        process = spawn(
            command, environment=record.environment, log=log, account=record.code_account, folder=road.state
        )
        try:
            _wait(process, partial(_answers, f"http://127.0.0.1:{port}/healthz"), log, every=0.005)
            figures.seconds.append(time.perf_counter() - began)
            family = tree(process.pid)
            figures.worker_rss.append(max(_memory(pid, "Rss:") for pid in family if pid != process.pid))
            figures.tree_pss.append(sum(_memory(pid, "Pss:") for pid in family))
        finally:
            process.terminate()
            process.wait(20)
    return figures


def seconds_a_test(folder: str) -> tuple[float, int]:
    """Run the tests of a folder; returns seconds a test, the services' start included, and how many there were."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", folder]
    began = time.perf_counter()
    done = subprocess.run(command, cwd=HERE.parent, env=_environment(), capture_output=True, text=True, timeout=150)
    words = done.stdout.strip().splitlines()[-1].split()
    if done.returncode or "passed" not in words:
        raise RuntimeError(f"The tests in {folder} did not pass:\n{done.stdout[-600:]}")
    passed = int(words[words.index("passed") - 1])
    return (time.perf_counter() - began) / passed, passed


def cpu_seconds(pid: int) -> float:
    """CPU seconds, user and system, of a process and its descendants."""
    return sum(sum(map(int, _stat(found)[11:13])) for found in tree(pid)) / TICKS


def tree(pid: int) -> list[int]:
    """A process and its descendants."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            stat = _stat(int(entry.name))
            children.setdefault(int(stat[1]), []).append(int(entry.name))
    found = [pid]
    for parent in found:
        found += children.get(parent, [])
    return found


def spread(values: list[float], form: str = "{:.0f}") -> str:
    """The lowest and the highest value."""
    return f"{form.format(min(values))}–{form.format(max(values))}"


def middle(values: list[float]) -> float:
    """The median."""
    return statistics.median(values)


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ["Z", *["0"] * 40]


def _memory(pid: int, what: str) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what)) / 1024


def _environment() -> dict[str, str]:
    steering = {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY", "PUBLIC_URL", "FILE_STORE"}
    steering |= {"KEY_DIR", "SMTP_URL", "MAILBOX_URL", "PORTAL_STATE", "WEB_THREADS"}
    kept = {name: value for name, value in os.environ.items() if name not in steering}
    return kept | {"PYTHONPATH": str(HERE.parent)}


@contextmanager
def _process(
    command: list[str], environment: dict[str, str], output: Path, end: signal.Signals
) -> Iterator[subprocess.Popen[bytes]]:
    with output.open("wb") as sink:
        process = subprocess.Popen(
            command, env=environment, cwd=HERE, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(end)
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], ready: Callable[[], bool], log: Path, every: float = 0.05) -> None:
    deadline = time.monotonic() + 90
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"It did not start:\n{log.read_text()[-2000:]}")
        time.sleep(every)


def _answers(address: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(address, timeout=5) as response:
        return bool(response.status == 200)
    return False
