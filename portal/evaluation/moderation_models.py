"""A panel's meeting as data: who was there, and who moved from their score. What is written anew supersedes it."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.columns import CreatedAt, Id, Model, ScoreValue
from portal.evaluation.models import PanelMember


class Attendance(Model):
    """Somebody on the panel takes part in a meeting of its moderation, until they leave or it closes."""

    __tablename__ = "attendance"
    __table_args__ = (
        Index(
            "uq_attendance_panel_member_id_there",
            "panel_member_id",
            unique=True,
            postgresql_where=text("left_at IS NULL"),
        ),
        CheckConstraint("left_at >= came_at", name="came_before_leaving"),
    )

    id: Mapped[Id]
    panel_member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel_member.id"))
    came_at: Mapped[CreatedAt]
    left_at: Mapped[datetime | None]

    member: Mapped[PanelMember] = relationship(lazy="joined", innerjoin=True)

    def was_there(self, at: datetime) -> bool:
        """Whether they took part at that instant."""
        return self.came_at <= at and (self.left_at is None or at < self.left_at)


class Movement(Model):
    """A member came round from the score that they had given a bid under a criterion, which stays as it is."""

    __tablename__ = "movement"
    __table_args__ = (
        Index(
            "uq_movement_in_force",
            "panel_member_id",
            "bid_id",
            "criterion_id",
            unique=True,
            postgresql_where=text("superseded_at IS NULL"),
        ),
        CheckConstraint("btrim(why) <> ''", name="says_why"),
    )

    id: Mapped[Id]
    panel_member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel_member.id"))
    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"), index=True)
    criterion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("award_criterion.id"))
    moved_from: Mapped[ScoreValue]
    moved_to: Mapped[ScoreValue]
    why: Mapped[str]
    written_at: Mapped[CreatedAt]
    written_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    superseded_at: Mapped[datetime | None]

    member: Mapped[PanelMember] = relationship(lazy="joined", innerjoin=True)
