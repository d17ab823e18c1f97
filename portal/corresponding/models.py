"""What a bidder and the buyer write to each other about one procurement, once the bids are opened."""

from __future__ import annotations

import uuid

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.audit.subjects import OnOwnChain
from portal.core.columns import CreatedAt, Id, Model
from portal.core.permissions import Actor, Role
from portal.organisations.models import Provider
from portal.tendering.models import InvitationToTender


class Correspondence(OnOwnChain, Model):
    """All that one provider and the buyer wrote to each other."""

    __tablename__ = "correspondence"
    __table_args__ = (UniqueConstraint("itt_id", "provider_id", name="uq_correspondence_itt_id_provider_id"),)

    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(unique=True)
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id"))
    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("provider.id"), index=True)

    itt: Mapped[InvitationToTender] = relationship()
    provider: Mapped[Provider] = relationship()
    entries: Mapped[list[CorrespondenceEntry]] = relationship(
        back_populates="correspondence", order_by="CorrespondenceEntry.sent_at, CorrespondenceEntry.id"
    )

    policy_object = "correspondence"

    @property
    def policy_state(self) -> str:
        """Always the same: people may write until long after the contract."""
        return "open"

    def policy_roles(self, actor: Actor) -> frozenset[Role]:
        """Its provider's people, and the officers of the authority that buys."""
        return actor.towards_provider(self.provider_id) | actor.towards_authority(self.itt.authority_id)

    @property
    def waits_for_buyer(self) -> bool:
        """Whether the bidder wrote last."""
        return bool(self.entries) and not self.entries[-1].from_buyer


class CorrespondenceEntry(Model):
    """One message of one side. Never changed, never removed."""

    __tablename__ = "correspondence_entry"

    id: Mapped[Id]
    correspondence_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("correspondence.id"), index=True)
    from_buyer: Mapped[bool]
    words: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[CreatedAt]
    sent_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))

    correspondence: Mapped[Correspondence] = relationship(back_populates="entries")
