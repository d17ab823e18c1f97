"""Training of those who score, as their council wrote it down."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, or_
from sqlalchemy.ext.hybrid import hybrid_method
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.core.columns import CreatedAt, Id, Model


class TrainingRecord(Model):
    """That somebody finished a course, which counts on the panels of the authority that wrote it down."""

    __tablename__ = "training_record"
    __table_args__ = (
        CheckConstraint("btrim(course) <> ''", name="course_is_named"),
        CheckConstraint("valid_until > finished_date", name="valid_after_it_was_finished"),
        CheckConstraint("(taken_back_at IS NULL) = (taken_back_by_id IS NULL)", name="taken_back_by_somebody"),
        Index("ix_training_record_authority_id_user_id", "authority_id", "user_id"),
    )

    id: Mapped[Id]
    authority_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contracting_authority.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    course: Mapped[str]
    finished_date: Mapped[date]
    valid_until: Mapped[date | None]
    """The first day on which the certificate no longer counts; none where it does not lapse."""
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[CreatedAt]
    taken_back_at: Mapped[datetime | None]
    """When a record that was a mistake was taken back: it stays, and counts no longer."""
    taken_back_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))

    user: Mapped[User] = relationship(foreign_keys=[user_id])

    @hybrid_method
    def counts_on(self, day: date) -> bool:
        """Whether it counts on this day."""
        return self.taken_back_at is None and (self.valid_until is None or self.valid_until > day)

    @counts_on.expression
    @classmethod
    def _counts_on(cls, day: date) -> ColumnElement[bool]:
        return cls.taken_back_at.is_(None) & or_(cls.valid_until.is_(None), cls.valid_until > day)
