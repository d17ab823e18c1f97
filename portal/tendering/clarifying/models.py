"""Questions that bidders ask about an invitation, their published answers, and who follows them."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.columns import CreatedAt, Id, Model, one_of, state_matches
from portal.tendering.asked_models import AskedInPrivate
from portal.tendering.clarifying.states import ClarificationStatus


class Clarification(AskedInPrivate, Model):
    """One question of one bidder, and the answer that everybody reads or it alone."""

    __tablename__ = "clarification"
    __table_args__ = (
        UniqueConstraint("itt_id", "number", name="uq_clarification_itt_id_number"),
        Index("ix_clarification_provider_id", "provider_id", "itt_id"),
        CheckConstraint("status NOT IN ('answered', 'published') OR answer <> ''", name="answered_in_words"),
        CheckConstraint("number IS NULL OR private_reason = ''", name="numbered_for_all"),
        state_matches((ClarificationStatus.PUBLISHED,), "published_at", name="published_at_matches"),
    )

    asked_at: Mapped[CreatedAt]
    status: Mapped[ClarificationStatus] = one_of(ClarificationStatus, default=ClarificationStatus.ASKED)
    published_words: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    """The question as everybody reads it: the officers take out what tells who asks."""
    private_reason: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    """Why the asker alone gets the answer; empty where everybody does."""
    number: Mapped[int | None]
    """Its number in the public list, given when it is published; what one alone is told leaves no gap there."""
    published_at: Mapped[datetime | None]

    policy_object = "clarification"

    @property
    def policy_state(self) -> str:
        """Its status."""
        return self.status.value


class Reader(Model):
    """A provider of which somebody who had signed in opened the invitation or a document of it while it took bids.

    It is reminded of the closing time, and nothing else is done with it: neither the authority nor anybody else sees
    who, or how many. Which of its people it was is not kept.
    """

    __tablename__ = "itt_reader"
    __table_args__ = (UniqueConstraint("itt_id", "provider_id", name="uq_itt_reader_itt_id_provider_id"),)

    id: Mapped[Id]
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id"))
    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("provider.id"))
    since: Mapped[CreatedAt]


class Follower(Model):
    """Somebody who wants to hear of what changes: the authority sees neither who nor how many."""

    __tablename__ = "itt_follower"
    __table_args__ = (Index("ix_itt_follower_user_id", "user_id"),)

    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id"), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    since: Mapped[CreatedAt]
