"""The browsers in which a person has signed in: their owner is not slowed by what strangers guess."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from portal.accounts.models import KnownDevice
from portal.core.columns import db

KEPT = timedelta(days=400)
"""How long a browser stays known after it was last used, and how long its cookie lasts."""


def is_known(device: str | None, user_id: uuid.UUID | None) -> bool:
    """Whether the person has signed in before in the browser that holds this token."""
    if not device or user_id is None:
        return False
    known = select(KnownDevice.id).where(KnownDevice.token_hash == _hash(device), KnownDevice.user_id == user_id)
    return db.session.scalar(known) is not None


def knows_another(device: str | None, user_id: uuid.UUID) -> bool:
    """Whether the person has signed in before, and never in the browser that holds this token."""
    others = select(KnownDevice.id).where(KnownDevice.user_id == user_id)
    return not is_known(device, user_id) and db.session.scalar(others.limit(1)) is not None


def remember(*, device: str | None, user_id: uuid.UUID, now: datetime) -> str:
    """Note that the person has signed in in this browser, and return the token for its cookie.

    Several people may share a browser: it keeps one token. Browsers that the person has not used for long are
    forgotten.
    """
    token = device or secrets.token_urlsafe(32)
    adding = insert(KnownDevice).values(
        id=uuid.uuid4(), token_hash=_hash(token), user_id=user_id, created_at=now, last_used_at=now
    )
    same = ["token_hash", "user_id"]
    db.session.execute(adding.on_conflict_do_update(index_elements=same, set_={"last_used_at": now}))
    forgotten = delete(KnownDevice).where(KnownDevice.user_id == user_id, KnownDevice.last_used_at < now - KEPT)
    db.session.execute(forgotten)
    return token


def forget_devices(*, user_id: uuid.UUID) -> None:
    """Know none of the person's browsers any more: somebody else may sit at one of them."""
    db.session.execute(delete(KnownDevice).where(KnownDevice.user_id == user_id))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
