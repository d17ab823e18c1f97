"""Messages and reminders: the inbox is the record, mail is a courtesy copy."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.audit.subjects import OnOwnChain
from portal.core.columns import CreatedAt, Id, Model


class Message(Model):
    """What one person was told about one event; mailed as well where the person has an address."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("event_id", "user_id", "kind", name="uq_message_event_id_user_id_kind"),
        Index("ix_message_inbox", "user_id", "created_at"),
        Index("ix_message_thread", "user_id", "thread_id"),
        Index("ix_message_unread", "user_id", postgresql_where=text("read_at IS NULL")),
    )

    id: Mapped[Id]
    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("event.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    thread_id: Mapped[uuid.UUID]
    """What it is about: all that a person was told of one procurement, application or membership is one thread."""
    kind: Mapped[str]
    """The template that it was written from."""
    subject: Mapped[str]
    body: Mapped[str]
    link: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """The path of the page that the message is about, beginning with a slash."""
    created_at: Mapped[CreatedAt]
    read_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class MutedTopic(Model):
    """A topic (`topics.py`) whose letters a person wants in the inbox alone."""

    __tablename__ = "muted_topic"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True)


class Reminder(OnOwnChain, Model):
    """That something was reminded of: once for each step from the instant that it turns on (`timetable.py`).

    Its event has a chain of its own: in an invitation's, positions would tell before the opening that a bid exists.
    """

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint(
            "kind",
            "subject_id",
            "provider_id",
            "turns_at",
            "step",
            name="uq_reminder_once",
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    subject_id: Mapped[uuid.UUID]
    provider_id: Mapped[uuid.UUID | None]
    """Whose it is; none where it waits for officers or a panel."""
    turns_at: Mapped[datetime]
    """The closing time, the day that was promised, or when it began to wait."""
    step: Mapped[timedelta]
    """From that instant: below zero before it."""
    created_at: Mapped[CreatedAt]
