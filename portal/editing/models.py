"""Earlier texts of drafts, sealed like the drafts themselves."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.columns import Id, Model


class EarlierText(Model):
    """What a field of a draft said before somebody changed it: for the people who may read the draft, for a time."""

    __tablename__ = "earlier_text"
    __table_args__ = (
        Index("ix_earlier_text_draft_field_replaced_at", "draft", "field", "replaced_at"),
        Index("ix_earlier_text_replaced_at", "replaced_at"),
    )

    id: Mapped[Id]
    draft: Mapped[str]
    """What is edited: a bid's or an application's identifier, or the address of a page of a draft."""
    field: Mapped[str]
    sealed: Mapped[bytes | None]
    """The text under a key of this draft's; None when the field was empty before."""
    replaced_at: Mapped[datetime]
    replaced_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    """Who wrote what came after it."""

    replaced_by: Mapped[Any] = relationship("User")
