"""Which providers said that an invitation is not for them."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.columns import Model
from portal.core.permissions import Actor, Role
from portal.tendering.models import InvitationToTender


class Decline(Model):
    """One provider said no to one invitation; what it takes back is gone. The authority reads figures alone."""

    __tablename__ = "decline"
    __table_args__ = (Index("ix_decline_provider_id", "provider_id"),)

    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id"), primary_key=True)
    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("provider.id"), primary_key=True)
    declined_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """Why; it need not say."""

    itt: Mapped[InvitationToTender] = relationship()

    policy_object = "decline"
    policy_state = "any"

    def policy_roles(self, actor: Actor) -> frozenset[Role]:
        """Its provider's people alone."""
        return actor.towards_provider(self.provider_id)
