"""The ledger and the outbox: what happened, and what of it has still to be carried onwards."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.columns import CreatedAt, Id, Model


class Installation(Model):
    """The one row that says what this database is; only the owner of the schema may change it."""

    __tablename__ = "installation"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    demonstration: Mapped[bool]
    unfinished_scenario: Mapped[str | None]
    """The scenario whose loading has begun and not ended: what a start that was interrupted leaves is half a story."""


class Event(Model):
    """One thing that happened: append-only, and hash-chained within its `chain` (an ITT's id, or "system").

    The database gives `seq`, `at`, `prev` and `hash` in a trigger; the application's role may insert and read,
    never change or delete. `actor_id` and `data` hold pseudonymous identifiers only, never a name or an address.
    """

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("chain", "seq", name="uq_event_chain_seq"),
        Index("ix_event_object", "object_type", "object_id"),
        Index("ix_event_kind_at", "kind", "at"),
    )

    id: Mapped[Id]
    chain: Mapped[str]
    seq: Mapped[int]
    at: Mapped[datetime]
    kind: Mapped[str]
    actor_id: Mapped[uuid.UUID | None]
    object_type: Mapped[str]
    object_id: Mapped[uuid.UUID]
    data: Mapped[dict[str, Any]]
    seeded: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    prev: Mapped[bytes]
    hash: Mapped[bytes]


class ChainHead(Model):
    """The last position of each chain; written by the ledger's trigger alone."""

    __tablename__ = "chain_head"

    chain: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int]
    at: Mapped[datetime]
    hash: Mapped[bytes]


class Delivery(Model):
    """One thing to carry onwards after an event, claimed by the relay with SKIP LOCKED until it is sent or dead.

    `consumer` is "reactions" (the event itself, expanded by the table of reactions) or "mail" (`subject_id` is
    the message). `dedupe_key` makes a second insertion of the same delivery a no-op.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        Index(
            "ix_delivery_due",
            "next_at",
            "created_at",
            postgresql_where=text("sent_at IS NULL AND dead_at IS NULL"),
        ),
        CheckConstraint("sent_at IS NULL OR dead_at IS NULL", name="sent_or_dead"),
    )

    id: Mapped[Id]
    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("event.id"), index=True)
    consumer: Mapped[str]
    subject_id: Mapped[uuid.UUID | None]
    dedupe_key: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[CreatedAt]
    attempts: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    next_at: Mapped[CreatedAt]
    sent_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    last_error: Mapped[str | None]

    event: Mapped[Event] = relationship()
