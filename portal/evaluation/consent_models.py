"""What members say to a score that their panel agreed: each for themselves, and nothing of it is overwritten."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from portal.core.columns import CreatedAt, Id, Model
from portal.evaluation.models import HeldWords, ModeratedScore, PanelMember, readable


class ScoreConsent(Model):
    """A member consents to one version of an agreed score, or dissents in words. Another answer supersedes it."""

    __tablename__ = "score_consent"
    __table_args__ = (
        Index(
            "uq_score_consent_in_force",
            "moderated_score_id",
            "panel_member_id",
            unique=True,
            postgresql_where=text("superseded_at IS NULL"),
        ),
        CheckConstraint("(consented_at IS NULL) = (btrim(dissent) <> '')", name="consents_or_dissents"),
    )

    id: Mapped[Id]
    moderated_score_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("moderated_score.id"))
    panel_member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel_member.id"), index=True)
    consented_at: Mapped[datetime | None]
    kept_dissent: Mapped[str] = mapped_column("dissent", default="", server_default=text("''"))
    """Why the member does not agree, in the member's words, or what stands for them since they were held."""
    held_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("held_words.id"))
    said_at: Mapped[CreatedAt]
    superseded_at: Mapped[datetime | None]

    dissent: Mapped[str] = column_property(readable(kept_dissent, held_id))
    """What others may read of it."""

    agreed: Mapped[ModeratedScore] = relationship()
    held: Mapped[HeldWords | None] = relationship(lazy="joined")
    member: Mapped[PanelMember] = relationship(lazy="joined", innerjoin=True)

    @property
    def written(self) -> str:
        """What the member wrote: for their own page alone."""
        return self.held.words if self.held is not None else self.kept_dissent
