"""Messages: the inbox is the record, mail is a courtesy copy."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.core.columns import CreatedAt, Id, Model


class Message(Model):
    """What one person was told about one event; mailed as well where the person has an address."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("event_id", "user_id", "kind", name="uq_message_event_id_user_id_kind"),
        Index("ix_message_inbox", "user_id", "created_at"),
        Index("ix_message_unread", "user_id", postgresql_where=text("read_at IS NULL")),
    )

    id: Mapped[Id]
    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("event.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    kind: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    link: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """The path of the page that the message is about, beginning with a slash."""
    created_at: Mapped[CreatedAt]
    read_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()
