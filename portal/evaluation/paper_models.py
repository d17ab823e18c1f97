"""What young people said to their agreed scores on signed paper, as each adult read it."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.columns import CreatedAt, Id, Model, one_of
from portal.evaluation.states import Side


class PaperAnswer(Model):
    """One answer on one young person's sheet as one adult keyed it. Another reading of the same adult supersedes it."""

    __tablename__ = "paper_answer"
    __table_args__ = (
        Index(
            "uq_paper_answer_in_force",
            "moderated_score_id",
            "panel_member_id",
            "keyed_by_id",
            unique=True,
            postgresql_where=text("superseded_at IS NULL"),
        ),
        CheckConstraint("agrees = (btrim(dissent) = '')", name="agrees_or_dissents"),
    )

    id: Mapped[Id]
    moderated_score_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("moderated_score.id"))
    panel_member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel_member.id"), index=True)
    agrees: Mapped[bool]
    dissent: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """What the young person would change, in their words."""
    keyed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    side: Mapped[Side] = one_of(Side)
    """For whom they read it, as their roles were then."""
    keyed_at: Mapped[CreatedAt]
    superseded_at: Mapped[datetime | None]
