"""Asking bidders to let their bids stand for longer, and what they answered."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.audit.subjects import OnIttChain
from portal.bidding.models import Bid
from portal.core.columns import Id, Model
from portal.tendering.models import InvitationToTender


class ValidityRequest(OnIttChain, Model):
    """One request to every bidder that is still in: the same date and the same time to answer for all."""

    __tablename__ = "validity_request"
    __table_args__ = (
        CheckConstraint("btrim(reason) <> ''", name="has_a_reason"),
        CheckConstraint("answer_by_date <= until_date", name="answered_before"),
    )

    id: Mapped[Id]
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id"), index=True)
    until_date: Mapped[date]
    """The last day for which bids are to stand."""
    answer_by_date: Mapped[date]
    """The last day on which a bidder that has not agreed is waited for."""
    reason: Mapped[str] = mapped_column(Text)
    """Why it takes longer; bidders read it."""
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]

    itt: Mapped[InvitationToTender] = relationship()
    answers: Mapped[list[ValidityAnswer]] = relationship(back_populates="request")


class ValidityAnswer(Model):
    """What one of the asked bids' bidder answers; it is there, unanswered, from the request on."""

    __tablename__ = "validity_answer"
    __table_args__ = (
        CheckConstraint(
            "(agrees IS NULL) = (answered_at IS NULL) AND (agrees IS NULL) = (answered_by_id IS NULL)",
            name="answered_by_somebody",
        ),
    )

    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("validity_request.id"), primary_key=True)
    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"), primary_key=True, index=True)
    agrees: Mapped[bool | None]
    answered_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[datetime | None]

    request: Mapped[ValidityRequest] = relationship(back_populates="answers")
    bid: Mapped[Bid] = relationship()
