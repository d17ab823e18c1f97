"""What officers tell a panel: "You said, we did"."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.columns import Id, Model


class PanelReply(Model):
    """One version of what a council did with a panel's words. The newest holds; what it replaced stays."""

    __tablename__ = "panel_reply"
    __table_args__ = (CheckConstraint("jsonb_array_length(lines) BETWEEN 1 AND 3", name="one_to_three"),)

    id: Mapped[Id]
    panel_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel.id"), index=True)
    lines: Mapped[list[list[str]]] = mapped_column(JSONB)
    """What the young people said, and what was done: a pair each."""
    published_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    published_at: Mapped[datetime]
