"""Questions that bidders ask about an invitation, their published answers, and who follows them."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.audit.subjects import OnOwnChain
from portal.core.columns import CreatedAt, Id, Model, one_of, state_matches
from portal.core.permissions import Actor, Role
from portal.organisations.models import Provider
from portal.tendering.clarifying.states import ClarificationStatus
from portal.tendering.models import InvitationToTender
from portal.tendering.states import AFTER_OPENING


class Clarification(OnOwnChain, Model):
    """One question of one bidder, in its own chain: in the invitation's, its events would name who asked."""

    __tablename__ = "clarification"
    __table_args__ = (
        UniqueConstraint("itt_id", "number", name="uq_clarification_itt_id_number"),
        Index("ix_clarification_provider_id", "provider_id", "itt_id"),
        CheckConstraint("status NOT IN ('answered', 'published') OR answer <> ''", name="answered_in_words"),
        CheckConstraint("number IS NULL OR private_reason = ''", name="numbered_for_all"),
        state_matches((ClarificationStatus.PUBLISHED,), "published_at", name="published_at_matches"),
    )

    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(unique=True)
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id"))
    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("provider.id"))
    """Who asks: the officers learn it after the opening, or when `is_named`."""
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[CreatedAt]
    is_named: Mapped[bool] = mapped_column(default=False)
    """Whether the bidder agreed that the officers learn who asks."""
    words: Mapped[str] = mapped_column(Text)
    """The question as it was asked; nobody but its bidder and the officers reads it."""
    status: Mapped[ClarificationStatus] = one_of(ClarificationStatus, default=ClarificationStatus.ASKED)
    published_words: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    """The question as everybody reads it: the officers take out what tells who asks."""
    answer: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    private_reason: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    """Why the asker alone gets the answer; empty where everybody does."""
    answered_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[datetime | None]
    number: Mapped[int | None]
    """Its number in the public list, given when it is published; what one alone is told leaves no gap there."""
    published_at: Mapped[datetime | None]

    itt: Mapped[InvitationToTender] = relationship()
    provider: Mapped[Provider] = relationship()

    policy_object = "clarification"

    @property
    def policy_state(self) -> str:
        """Its status."""
        return self.status.value

    def policy_roles(self, actor: Actor) -> frozenset[Role]:
        """Its provider's people, and the officers of the authority that buys."""
        return actor.towards_provider(self.provider_id) | actor.towards_authority(self.itt.authority_id)

    @property
    def asker(self) -> str | None:
        """Who asks, as officers may know it: None before the opening, unless the bidder agreed to be named."""
        return self.provider.name if self.is_named or self.itt.reached in AFTER_OPENING else None


class Follower(Model):
    """Somebody who wants to hear of what changes: the authority sees neither who nor how many."""

    __tablename__ = "itt_follower"
    __table_args__ = (Index("ix_itt_follower_user_id", "user_id"),)

    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id"), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    since: Mapped[CreatedAt]
