"""Whether the portal can do its work: what `/readyz` tells a monitor."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.audit.outbox import outbox_status
from portal.extensions import db

log = structlog.get_logger()

LATE_SECONDS = 300
"""A delivery that has waited this long means that nobody drains the outbox."""


@dataclass(frozen=True)
class Readiness:
    """What was found; `status` is "ready", "degraded" (people can work, mail may wait) or "down"."""

    status: str
    database: str
    migrations: str
    outbox: dict[str, Any] | None
    redis: str

    def as_json(self) -> dict[str, Any]:
        """The finding for a JSON answer."""
        return asdict(self)


def look(redis_url: str) -> Readiness:
    """Look at the database, its migrations, the outbox and Redis.

    Only what people need to work makes it "down": the database at the revision that this code brings.
    Without Redis everything but the mail goes on, so that is "degraded".
    """
    # Imported here and below: only a monitor needs Alembic and Redis, and people wait for the first page.
    from portal import migrating

    try:
        revision = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
        outbox = asdict(outbox_status()) if revision == migrating.head() else None
    except DBAPIError as away:
        log.error("not_ready", kind=type(away.orig).__name__)
        db.session.remove()
        return Readiness("down", "unreachable", "unknown", None, _redis(redis_url))
    if outbox is None:
        return Readiness("down", "ok", "not at head", None, _redis(redis_url))
    found = _redis(redis_url)
    late = outbox["oldest_seconds"] > LATE_SECONDS or outbox["dead"] > 0
    status = "degraded" if late or found != "ok" else "ready"
    return Readiness(status, "ok", "at head", outbox, found)


def _redis(url: str) -> str:
    import redis

    try:
        with redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1) as connection:
            connection.ping()
    except redis.RedisError:
        return "unreachable"
    return "ok"
