"""What a bidder asks the officers for itself, before they may know who bids: a question, help."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Text, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from portal.audit.subjects import OnOwnChain
from portal.core.columns import Id
from portal.core.permissions import Actor, Role
from portal.organisations.models import Provider
from portal.tendering.models import InvitationToTender
from portal.tendering.states import AFTER_OPENING


class AskedInPrivate(OnOwnChain):
    """Asked under a number, in its own chain: in the invitation's, its events would name who is about to bid."""

    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(unique=True)
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id"))
    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("provider.id"))
    """Who asks: officers read it through `asker`."""
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    is_named: Mapped[bool] = mapped_column(default=False)
    """Whether the bidder agreed that the officers learn who asks."""
    words: Mapped[str] = mapped_column(Text)
    """As it was asked; nobody but its bidder and the officers reads it."""
    answer: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    answered_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[datetime | None]

    @declared_attr
    def itt(cls) -> Mapped[InvitationToTender]:
        """The invitation that it is about."""
        return relationship(InvitationToTender)

    @declared_attr
    def provider(cls) -> Mapped[Provider]:
        """Whose it is."""
        return relationship(Provider)

    def policy_roles(self, actor: Actor) -> frozenset[Role]:
        """Its provider's people, and the officers of the authority that buys."""
        return actor.towards_provider(self.provider_id) | actor.towards_authority(self.itt.authority_id)

    @property
    def asker(self) -> str | None:
        """Who asks, as officers may know it: None before the opening, unless the bidder agreed to be named."""
        return self.provider.name if self.is_named or self.itt.reached in AFTER_OPENING else None
