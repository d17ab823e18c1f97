"""Messages and reminders: the inbox is the record, mail is a courtesy copy."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.link_models import MailedLink
from portal.accounts.models import User
from portal.audit.subjects import OnOwnChain
from portal.core.columns import CreatedAt, Id, Model
from portal.notifications.mentions import fill_in


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
    stored_subject: Mapped[str] = mapped_column("subject")
    stored_body: Mapped[str] = mapped_column("body")
    """As stored, without anybody's name: `subject` and `body` are for reading."""
    link: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """The path of the page that the message is about, beginning with a slash."""
    mailed_link_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("mailed_link.id", ondelete="SET NULL"))
    """The link that the mail carries and the inbox does not: whoever reads the inbox is in already."""
    created_at: Mapped[CreatedAt]
    read_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()
    mailed_link: Mapped[MailedLink | None] = relationship()
    mentioned: Mapped[list[User]] = relationship(secondary="message_mention", viewonly=True, lazy="selectin")

    @hybrid_property
    def subject(self) -> str:
        """The subject, with the names of the people it mentions; in a query as it is stored."""
        return fill_in(self.stored_subject, self.mentioned)

    @subject.inplace.expression
    @classmethod
    def _subject(cls) -> ColumnElement[str]:
        return cls.stored_subject.expression

    @hybrid_property
    def body(self) -> str:
        """The body, with the names and addresses of the people it mentions; in a query as it is stored."""
        return fill_in(self.stored_body, self.mentioned)

    @body.inplace.expression
    @classmethod
    def _body(cls) -> ColumnElement[str]:
        return cls.stored_body.expression


class MessageMention(Model):
    """Somebody whom a message names (portal/notifications/mentions.py)."""

    __tablename__ = "message_mention"

    message_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)


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


class DeadAddress(OnOwnChain, Model):
    """That mail to a person was given up. Over with the next mail that arrives, and with another address."""

    __tablename__ = "dead_address"

    id: Mapped[Id]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), unique=True)
    address: Mapped[bytes]
    """The address, as people are found by it (`User.email_index`)."""
    since: Mapped[datetime]
    failure: Mapped[str]
    """What the mail server answered, as a kind and a code."""

    user: Mapped[User] = relationship()
