"""The real services that tests run against: PostgreSQL, Redis and a mail server, started once a test run.

With pytest-xdist the controller starts PostgreSQL and Redis and tells the workers where they are; without it
they start when the first test asks. The schema is migrated once, into a template database that each worker
copies.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from portal import migrating
from portal.running import postgres, redis
from portal.running.children import Account, unprivileged_account

TEMPLATE = "fairlot_template"
KEPT_ROWS = Path(__file__).parent / "factories" / "made_once.sql"
PASSWORDS = postgres.Passwords(superuser="superuser", owner="owner", web="web")
# Safe only because nothing here has to survive a power cut.
HASTE = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
}


@dataclass
class Services:
    """Where PostgreSQL and Redis are, and how to make databases."""

    folder: Path
    cluster: postgres.Cluster
    redis_url: str

    def told(self) -> dict[str, str]:
        """What a pytest-xdist worker needs to find them."""
        return {
            "folder": str(self.folder),
            "sockets": str(self.cluster.sockets),
            "binaries": str(self.cluster.binaries.folder),
            "major": str(self.cluster.binaries.major),
            "redis_url": self.redis_url,
        }

    @classmethod
    def from_told(cls, told: dict[str, str], worker: int) -> Services:
        """The services as a worker sees them, with a Redis database of its own."""
        folder = Path(told["folder"])
        binaries = postgres.Binaries(Path(told["binaries"]), int(told["major"]), "the test run's PostgreSQL")
        cluster = _cluster(folder, binaries, unprivileged_account(), sockets=Path(told["sockets"]))
        return cls(folder, cluster, f"{told['redis_url'].rpartition('/')[0]}/{worker % 15 + 1}")

    @contextmanager
    def database(self, name: str) -> Iterator[Database]:
        """A migrated, empty database that exists inside the block."""
        self.cluster.drop_database(name)
        self.cluster.prepare_database(name, template=TEMPLATE)
        try:
            yield Database(name, self.cluster.web_url(name), self.cluster.owner_url(name), self.cluster)
        finally:
            self.cluster.drop_database(name)


@dataclass
class Database:
    """One database: the application's address, the owner's, and its cluster."""

    name: str
    url: str
    owner_url: str
    cluster: postgres.Cluster


@contextmanager
def running_services() -> Iterator[Services]:
    """Start PostgreSQL and Redis, migrate the template, and stop everything at the end of the block."""
    account = unprivileged_account()
    folder = open_folder("fairlot-tests-")
    binaries = postgres.find_binaries(os.environ, account=account, copies=folder)
    cluster = _cluster(folder, binaries, account)
    if account is not None:
        os.chown(cluster.data.parent, account.uid, account.gid)
    server = redis.Server(
        program=redis.find_server(os.environ, account=account, copies=folder),
        folder=folder,
        log=folder / "redis.log",
        account=account,
    )
    try:
        server.start()
        cluster.create()
        cluster.start()
        cluster.wait_until_ready()
        cluster.prepare_roles()
        cluster.prepare_database(TEMPLATE)
        migrating.upgrade(cluster.owner_url(TEMPLATE), app_role=postgres.WEB)
        with cluster.connect(TEMPLATE) as connection:
            connection.execute(KEPT_ROWS.read_bytes())
        server.wait_until_ready()
        yield Services(folder, cluster, server.url)
    finally:
        server.stop()
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def open_folder(prefix: str) -> Path:
    """A new temporary folder that every user may enter: pytest's own is closed to PostgreSQL's user."""
    short = "/tmp" if os.access("/tmp", os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=short))
    folder.chmod(0o755)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _cluster(
    folder: Path, binaries: postgres.Binaries, account: Account | None, sockets: Path | None = None
) -> postgres.Cluster:
    inner = folder / "postgres"
    inner.mkdir(mode=0o700, exist_ok=True)
    return postgres.Cluster(
        data=inner / "data",
        binaries=binaries,
        passwords=PASSWORDS,
        log=folder / "postgres.log",
        account=account,
        settings=HASTE,
        sockets=sockets,
    )


@dataclass
class Mailbox:
    """A real SMTP server that keeps what it receives."""

    url: str = ""
    received: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)

    def to(self, address: str) -> list[EmailMessage]:
        """The messages that were delivered to an address, in order of arrival."""
        pairs = zip(self.recipients, self.received, strict=True)
        return [message for recipient, message in pairs if recipient == address]

    def clear(self) -> None:
        """Forget everything received."""
        self.received.clear()
        self.recipients.clear()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep one message for each of its recipients (called by the SMTP server)."""
        content: Any = envelope.content
        for recipient in envelope.rcpt_tos:
            message = message_from_bytes(content, policy=policy.default)
            assert isinstance(message, EmailMessage)
            self.recipients.append(recipient)
            self.received.append(message)
        return "250 Message accepted"


@contextmanager
def running_mailbox() -> Iterator[Mailbox]:
    """Run an SMTP server on a free port while the block lasts."""
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=redis.free_port())
    controller.start()
    mailbox.url = f"smtp://127.0.0.1:{controller.port}"
    try:
        yield mailbox
    finally:
        controller.stop()
