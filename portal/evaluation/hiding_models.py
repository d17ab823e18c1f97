"""Words of a bid that its panels do not read, because they say whose it is."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.core.columns import CreatedAt, Id, Model


class HiddenWords(Model):
    """Words that panels do not read wherever they stand in one bid, until they are shown again; the row stays."""

    __tablename__ = "hidden_words"
    __table_args__ = (
        Index(
            "uq_hidden_words_in_force",
            "bid_id",
            "words",
            unique=True,
            postgresql_where=text("shown_again_at IS NULL"),
        ),
        CheckConstraint("btrim(words) <> ''", name="says_something"),
        CheckConstraint("(shown_again_at IS NULL) = (shown_again_by_id IS NULL)", name="shown_by_somebody"),
    )

    id: Mapped[Id]
    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"))
    words: Mapped[str]
    hidden_at: Mapped[CreatedAt]
    hidden_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    shown_again_at: Mapped[datetime | None]
    shown_again_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))

    hidden_by: Mapped[User] = relationship(foreign_keys=[hidden_by_id])
    shown_again_by: Mapped[User | None] = relationship(foreign_keys=[shown_again_by_id])
