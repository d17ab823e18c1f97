"""What members say to a score that their panel agreed: each for themselves, and nothing of it is overwritten."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.columns import CreatedAt, Id, Model
from portal.evaluation.models import ModeratedScore, PanelMember


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
    dissent: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """Why the member does not agree, in the member's words."""
    said_at: Mapped[CreatedAt]
    superseded_at: Mapped[datetime | None]

    agreed: Mapped[ModeratedScore] = relationship()
    member: Mapped[PanelMember] = relationship(lazy="joined", innerjoin=True)
