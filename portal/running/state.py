"""The state folder: what `portal up` keeps between starts, and the record of what is running now.

As root the children run as `nobody`. Where `nobody` cannot enter the state folder (it lies below a closed
home), the children's data go to a folder under /var/lib that is named after it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from portal.running.children import Account, alive, run, started_at
from portal.running.failures import StartFailed
from portal.running.postgres import new_socket_folder

ELSEWHERE = Path("/var/lib/fairlot")


@dataclass
class Record:
    """What another command needs to join a running portal, and a later start to find its remains."""

    supervisor: int
    python: str
    code_account: Account | None
    environment: dict[str, str]
    database_owner_url: str
    pids: dict[str, int] = field(default_factory=dict)
    starts: dict[str, str] = field(default_factory=dict)

    def note(self, name: str, pid: int) -> None:
        """Remember a child by its number and start time."""
        self.pids[name] = pid
        self.starts[name] = started_at(pid)

    def remains(self) -> dict[str, int]:
        """The children that still run (a number that now belongs to another process does not count)."""
        return {name: pid for name, pid in self.pids.items() if alive(pid) and started_at(pid) == self.starts.get(name)}


class State:
    """A locked state folder; `data` is where the children keep theirs."""

    def __init__(self, folder: Path, account: Account | None) -> None:
        self.folder = folder
        self.account = account
        self.data = folder
        self._lock = -1

    def open(self) -> None:
        """Make the folder and lock it, or raise `StartFailed` naming the process that holds it."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.folder.chmod(0o711 if self.account else 0o700)
            self._lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as refused:
            raise StartFailed(f"The state folder {self.folder} cannot be used: {refused.strerror}.") from refused
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            holder = os.pread(self._lock, 20, 0).decode().strip() or "unknown"
            raise StartFailed(
                f"Fairlot is already running on {self.folder} (process {holder}): "
                "stop that one, or name another folder in PORTAL_STATE."
            ) from held
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, str(os.getpid()).encode(), 0)
        self.data = self._data_folder()
        for name in ("postgres", "files", "keys", "mailbox", "work"):
            self._children_folder(self.data / name)
        self.logs.mkdir(exist_ok=True, mode=0o700)

    @property
    def logs(self) -> Path:
        """Where each child's output goes."""
        return self.folder / "logs"

    def socket_folder(self) -> Path:
        """A new folder for PostgreSQL's socket; the one that a killed start has left is removed."""
        note = self.folder / "sockets"
        if note.exists():
            shutil.rmtree(note.read_text(), ignore_errors=True)
        folder = new_socket_folder()
        note.write_text(str(folder))
        return folder

    def log(self, name: str) -> Path:
        """A child's log; one that has grown beyond 10 MB is set aside first."""
        file = self.logs / f"{name}.log"
        if file.exists() and file.stat().st_size > 10_000_000:
            file.replace(file.with_suffix(".log.1"))
        return file

    def secrets(self) -> dict[str, str]:
        """The generated passwords and the secret key, made on first use and readable by this user alone."""
        file = self.folder / "secrets.json"
        kept: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
        missing = {"superuser", "owner", "web", "secret_key"} - kept.keys()
        if missing:
            kept |= {name: secrets.token_urlsafe(36) for name in sorted(missing)}
            self._write(file, kept)
        return kept

    def write_record(self, record: Record) -> None:
        """Replace the record of what is running."""
        self._write(self.folder / "running.json", asdict(record))

    def forget_record(self) -> None:
        """Remove the record: nothing runs any more."""
        (self.folder / "running.json").unlink(missing_ok=True)

    def await_remains(self, tick: Callable[[], None], seconds: float = 30) -> dict[str, int]:
        """Wait for the children of a supervisor that was killed to end; return those that did not."""
        record = read_record(self.folder)
        deadline = time.monotonic() + seconds
        while record is not None and (left := record.remains()):
            if time.monotonic() > deadline:
                return left
            tick()
            time.sleep(0.05)
        self.forget_record()
        return {}

    def own(self, *paths: Path) -> None:
        """Give paths, and everything in them, to the account that children run as."""
        if self.account is None:
            return
        for path in paths:
            for found in (path, *path.rglob("*")):
                if found.lstat().st_uid != self.account.uid:
                    os.chown(found, self.account.uid, self.account.gid, follow_symlinks=False)

    def _data_folder(self) -> Path:
        if self.account is None or _enters(self.account, self.folder):
            return self.folder
        name = hashlib.sha256(str(self.folder.resolve()).encode()).hexdigest()[:12]
        ELSEWHERE.mkdir(parents=True, exist_ok=True)
        ELSEWHERE.chmod(0o755)
        elsewhere = ELSEWHERE / name
        elsewhere.mkdir(exist_ok=True)
        elsewhere.chmod(0o711)
        link = self.folder / "data"
        if not link.is_symlink():
            link.symlink_to(elsewhere)
        return elsewhere

    def _children_folder(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        if self.account is not None:
            os.chown(folder, self.account.uid, self.account.gid)

    def _write(self, file: Path, document: dict[str, Any]) -> None:
        temporary = file.with_name(f".{file.name}")
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            json.dump(document, handle, indent=1)
            handle.flush()
            os.fsync(handle.fileno())
        temporary.replace(file)


def read_record(folder: Path) -> Record | None:
    """The record in a state folder, or None when nothing runs there."""
    try:
        document = json.loads((folder / "running.json").read_text())
    except (FileNotFoundError, NotADirectoryError):
        return None
    account = document.pop("code_account")
    return Record(code_account=Account(**account) if account else None, **document)


def _enters(account: Account, folder: Path) -> bool:
    asked = run(["/bin/sh", "-c", 'cd -- "$1"', "sh", folder], environment={}, account=account, folder=Path("/"))
    return asked.returncode == 0
