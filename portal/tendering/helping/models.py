"""Requests for help of bidders who cannot send their bid shortly before the closing time, and what was answered."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.audit.subjects import OnOwnChain
from portal.core.columns import Id, Model, one_of, state_matches
from portal.core.permissions import Actor, Role
from portal.organisations.models import Provider
from portal.tendering.helping.states import HelpStatus
from portal.tendering.models import InvitationToTender
from portal.tendering.states import AFTER_OPENING


class HelpRequest(OnOwnChain, Model):
    """One request, in its own chain: in the invitation's, its events would name who is about to bid."""

    __tablename__ = "help_request"
    __table_args__ = (
        Index("ix_help_request_itt_id", "itt_id", "provider_id"),
        CheckConstraint("status <> 'answered' OR answer <> ''", name="answered_in_words"),
        state_matches((HelpStatus.ANSWERED,), "answered_at", name="answered_at_matches"),
    )

    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(unique=True)
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id"))
    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("provider.id"))
    """Who asks: the officers learn it after the opening, or when `is_named`."""
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]
    """The database's clock under the invitation's lock."""
    is_named: Mapped[bool] = mapped_column(default=False)
    words: Mapped[str] = mapped_column(Text)
    status: Mapped[HelpStatus] = one_of(HelpStatus, default=HelpStatus.ASKED)
    answer: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    answered_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[datetime | None]

    itt: Mapped[InvitationToTender] = relationship()
    provider: Mapped[Provider] = relationship()
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id])

    policy_object = "help_request"

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
