"""Contracts and their break points."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.audit.subjects import OnIttChain
from portal.awarding.models import AwardDecision, AwardPlace
from portal.core.columns import Amount, Id, Model
from portal.organisations.models import ContractingAuthority, FormerIdentity, Provider
from portal.tendering.models import InvitationToTender, Lot


class Contract(OnIttChain, Model):
    """A concluded contract with one of the bidders that a lot was awarded to, in the public register from then on."""

    __tablename__ = "contract"
    __table_args__ = (
        CheckConstraint("end_until > start_date", name="has_a_term"),
        CheckConstraint("value > 0", name="has_a_value"),
        Index("ix_contract_concluded_at", "concluded_at", "id"),
    )

    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(unique=True)
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id"), index=True)
    lot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lot.id"), index=True)
    place_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("award_place.id"), unique=True)
    authority_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contracting_authority.id"), index=True)
    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("provider.id"), index=True)
    title: Mapped[str]
    value: Mapped[Amount]
    """The winning price in pounds over the whole term, breaks ignored."""
    start_date: Mapped[date]
    end_until: Mapped[date]
    """The first day on which it no longer runs."""
    signed_date: Mapped[date]
    concluded_at: Mapped[datetime]
    concluded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))

    itt: Mapped[InvitationToTender] = relationship()
    lot: Mapped[Lot] = relationship()
    place: Mapped[AwardPlace] = relationship()
    authority: Mapped[ContractingAuthority] = relationship()
    provider: Mapped[Provider] = relationship()
    break_points: Mapped[list[BreakPoint]] = relationship(
        back_populates="contract", order_by="BreakPoint.months", cascade="all, delete-orphan"
    )

    @property
    def decision(self) -> AwardDecision:
        """The award that it carries out."""
        return self.place.decision

    @property
    def party(self) -> Provider | FormerIdentity:
        """The provider under the name and numbers under which it was awarded the contract."""
        return self.provider.at(self.concluded_at)

    @property
    def provider_called(self) -> str:
        """What the provider is called, and was when the contract was concluded."""
        return self.provider.called(self.concluded_at)


class BreakPoint(Model):
    """A date at which either side may end the contract early."""

    __tablename__ = "break_point"

    contract_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contract.id", ondelete="CASCADE"), primary_key=True)
    months: Mapped[int] = mapped_column(primary_key=True)
    on_date: Mapped[date]

    contract: Mapped[Contract] = relationship(back_populates="break_points")
