"""That a panel's bids are shared out among its members, by which numbers, and who scores which."""

from __future__ import annotations

import uuid

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.columns import CreatedAt, Model


class Sharing(Model):
    """A panel of which not everybody scores every bid; a panel without this row scores as a whole."""

    __tablename__ = "panel_sharing"
    __table_args__ = (CheckConstraint("least >= 2 AND most >= 1", name="numbers_are_possible"),)

    panel_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel.id"), primary_key=True)
    least: Mapped[int]
    """How many members score each bid, at the least."""
    most: Mapped[int]
    """How many bids one member scores, at the most."""
    seed: Mapped[str]
    """By which who scores what was drawn (hexadecimal): with the ledger it can be drawn again."""
    shared_at: Mapped[CreatedAt]
    shared_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)


class Assignment(Model):
    """One bid that a member of a shared-out panel scores."""

    __tablename__ = "panel_assignment"

    panel_member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel_member.id"), primary_key=True)
    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"), primary_key=True, index=True)
