"""Record an event: the last act of every activity, in the same transaction as the change."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.audit.subjects import Subject
from portal.core.columns import db
from portal.core.permissions import Actor

STRETCH = timedelta(minutes=10)
"""Of writing: what a page saves by itself within it is one entry."""
REVISION = "revision"
"""What counts the saves of a draft, and is another with each."""

_seeding: ContextVar[bool] = ContextVar("seeding", default=False)

# One statement for the ledger entry and its place in the outbox: the two cannot be separated by a crash.
_INSERT = text(
    """
    WITH entry AS (
        INSERT INTO event (id, chain, kind, actor_id, object_type, object_id, data, seeded)
        VALUES (:id, :chain, :kind, :actor_id, :object_type, :object_id, CAST(:data AS jsonb), :seeded)
        RETURNING id, seq, at, hash
    ), onward AS (
        INSERT INTO delivery (id, event_id, consumer, dedupe_key)
        SELECT gen_random_uuid(), id, 'reactions', 'reactions:' || id FROM entry
    )
    SELECT id, seq, at, hash FROM entry
    """
)


@dataclass(frozen=True)
class Recorded:
    """Where an event stands in the ledger: its chain, position, instant (UTC) and hash (hexadecimal)."""

    id: uuid.UUID
    chain: str
    seq: int
    at: datetime
    hash: str


@contextmanager
def marked_as_seeded() -> Iterator[None]:
    """Mark every event recorded inside as seeded; the database refuses that outside a demonstration."""
    token = _seeding.set(True)
    try:
        yield
    finally:
        _seeding.reset(token)


def record(
    kind: EventKind,
    about: Subject,
    /,
    *,
    actor: Actor,
    **data: Any,
) -> Recorded:
    """Append an event to the chain of the thing that it is about, and put it into the outbox.

    Call it last: it locks the head of the chain until the transaction ends. `data` must hold pseudonymous
    identifiers, figures and hashes only; instants, dates, decimals and UUIDs are written as text. Of a deputy's act
    it says for whom they stand in (`standing_in_for`), unless it is about themselves.
    """
    recorded = record_apart(db.session(), kind, about, actor=actor, **data)
    db.session.info["recorded"] = True
    return recorded


def record_save(kind: EventKind, about: Subject, /, *, actor: Actor, **data: Any) -> None:
    """The same for a draft that was saved: every press of Save, and what pages save by themselves once a stretch.

    A save by itself is noted already when the last entry of the chain says that the same person saved the same part
    within the last ten minutes. So the ledger says who wrote which part when, to ten minutes, in the order in which
    people took turns; to the second where somebody pressed, and what was submitted is digested in its own entry.
    """
    if not (db.session.info.get("by_itself") and _is_noted(kind, about, actor, data)):
        record(kind, about, actor=actor, **data)


def _is_noted(kind: EventKind, about: Subject, actor: Actor, data: dict[str, Any]) -> bool:
    on_chain = select(Event).where(Event.chain == about.ledger_chain).order_by(Event.seq.desc()).limit(1).subquery()
    lately = on_chain.c.at > func.clock_timestamp() - STRETCH
    same = (
        on_chain.c.kind == kind.value,
        on_chain.c.actor_id == actor.user_id,
        on_chain.c.object_id == about.ledger_id,
    )
    last = db.session.scalar(select(on_chain.c.data).where(lately, *same))
    return last is not None and _without_revision(last) == _without_revision(json.loads(_as_json(data)))


def _without_revision(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name != REVISION}


def record_apart(own: Session, kind: EventKind, about: Subject, /, *, actor: Actor, **data: Any) -> Recorded:
    """The same in a transaction of its own, for what stays on record whatever becomes of the request."""
    # Pending changes go first, so that a constraint they break is met before the chain is locked.
    own.flush()
    chain = about.ledger_chain
    if actor.stands_in_for and about.ledger_id != actor.user_id:
        data["standing_in_for"] = sorted(actor.stands_in_for)
    row = own.execute(
        _INSERT,
        {
            "id": uuid.uuid4(),
            "chain": chain,
            "kind": kind.value,
            "actor_id": actor.user_id,
            "object_type": about.ledger_object,
            "object_id": about.ledger_id,
            "data": _as_json(data),
            "seeded": _seeding.get(),
        },
    ).one()
    return Recorded(row.id, chain, row.seq, row.at.astimezone(UTC), row.hash.hex())


def _as_json(data: dict[str, Any]) -> str:
    return json.dumps(data, default=str, sort_keys=True, ensure_ascii=False)
