"""Whether the portal can do its work: what `/readyz` tells a monitor."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.audit.outbox import outbox_status
from portal.extensions import db
from portal.monitoring.due import overdue

log = structlog.get_logger()

LATE_SECONDS = 60
"""What has been due for longer than this means that nobody does it."""


@dataclass(frozen=True)
class Readiness:
    """What was found; `status` is "ready", "degraded" (a store is away that nobody waits for, or mail was given up),
    "late" (people can work, but what is due is not done) or "down"."""

    status: str
    database: str
    migrations: str
    outbox: dict[str, Any] | None
    redis: str
    late: dict[str, int] = field(default_factory=dict)
    """How much has been due for over a minute, by its name."""

    def as_json(self) -> dict[str, Any]:
        """The finding for a JSON answer."""
        return asdict(self)


def look(redis_url: str) -> Readiness:
    """Look at the database, its migrations, the outbox and Redis.

    Only what people need to work makes it "down": the database at the revision that this code brings. Without Redis
    everything goes on, a little slower, so that is "degraded".
    """
    # Imported here and below: only a monitor needs Alembic and Redis, and people wait for the first page.
    from portal import migrating

    try:
        revision = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
        is_known = revision == migrating.head()
        outbox, late = (asdict(outbox_status()), overdue(LATE_SECONDS)) if is_known else (None, {})
    except DBAPIError as away:
        log.error("not_ready", kind=type(away.orig).__name__)
        db.session.remove()
        return Readiness("down", "unreachable", "unknown", None, _redis(redis_url))
    if outbox is None:
        return Readiness("down", "ok", "not at head", None, _redis(redis_url))
    found = _redis(redis_url)
    status = "late" if late else "degraded" if outbox["dead"] or found != "ok" else "ready"
    return Readiness(status, "ok", "at head", outbox, found, late)


def _redis(url: str) -> str:
    import redis

    try:
        with redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1) as connection:
            connection.ping()
    except redis.RedisError:
        return "unreachable"
    return "ok"
