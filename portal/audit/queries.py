"""Reading the ledger."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import select

from portal.audit.models import Event, Installation
from portal.core.columns import db


def events_of(chain: uuid.UUID | str) -> Sequence[Event]:
    """Every event of a chain, oldest first."""
    return db.session.scalars(select(Event).where(Event.chain == str(chain)).order_by(Event.seq)).all()


@lru_cache(maxsize=1)
def is_demonstration() -> bool:
    """Whether the database itself says that it is a demonstration (read once a process: it never changes)."""
    found = db.session.execute(select(Installation.demonstration)).scalar_one_or_none()
    return bool(found)
