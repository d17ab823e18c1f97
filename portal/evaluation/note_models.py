"""What a member notes for themselves while scoring: nobody else's page shows it."""

from __future__ import annotations

import uuid

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.columns import CreatedAt, Model


class OwnNote(Model):
    """One member's working note on one bid under one criterion; it goes where its text is taken away."""

    __tablename__ = "own_note"
    __table_args__ = (CheckConstraint("btrim(words) <> ''", name="says_something"),)

    panel_member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel_member.id"), primary_key=True)
    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"), primary_key=True)
    criterion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("award_criterion.id"), primary_key=True)
    words: Mapped[str]
    saved_at: Mapped[CreatedAt]
