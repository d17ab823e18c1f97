"""Who else is here: the people who looked at a page of one thing in the last two minutes, remembered in Redis alone.

Pages note it as they are drawn. Nothing is kept: the note is an identifier and an address, and is gone by itself.
Without Redis nobody is shown, and the page is the same.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from redis import Redis
from redis.exceptions import RedisError

HERE = timedelta(minutes=2)
PATIENCE = 0.2
"""Seconds: a page never waits longer for Redis."""

log = structlog.get_logger()


@dataclass(frozen=True)
class Visit:
    """Somebody who was on a page of the thing a moment ago."""

    user_id: uuid.UUID
    page: str


class Presence:
    """Notes who is on the pages of one thing, and tells who else is."""

    def __init__(self, redis_url: str) -> None:
        self._redis: Any = Redis.from_url(
            redis_url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, decode_responses=True
        )

    def visit(self, thing: str, user_id: uuid.UUID, page: str, now: datetime) -> list[Visit]:
        """Note that the person is on a page of the thing, and return who else was within two minutes."""
        place = f"here:{hashlib.blake2b(thing.encode(), digest_size=16).hexdigest()}"
        try:
            with self._redis.pipeline(transaction=False) as steps:
                steps.hset(place, str(user_id), f"{now.timestamp():.0f} {page}")
                steps.expire(place, HERE)
                steps.hgetall(place)
                noted: dict[str, str] = steps.execute()[-1]
        except RedisError as away:
            log.warning("presence_unknown", kind=type(away).__name__)
            return []
        since = (now - HERE).timestamp()
        found = {who: note.split(" ", 1) for who, note in noted.items() if who != str(user_id)}
        return [Visit(uuid.UUID(who), page) for who, (at, page) in sorted(found.items()) if float(at) >= since]
