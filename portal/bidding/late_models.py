"""The late box: bids that were sent after the closing time, sealed as every bid is, and what two people decide."""

from __future__ import annotations

import base64
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.audit.subjects import OnIttChain
from portal.bidding.models import Bid, BidVersion, SealedEnvelope
from portal.bidding.states import LateStatus
from portal.core.approval import Half, two_people
from portal.core.columns import Id, Model, one_of
from portal.tendering.models import InvitationToTender
from portal.tendering.states import EnvelopeKind


class LateBid(OnIttChain, Model):
    """A draft as it was at the closing time, sealed when its bidder sent it afterwards. It is no bid yet.

    One for each bid. Before the opening officers read of it when it came, and nothing of whose it is.
    """

    __tablename__ = "late_bid"
    __table_args__ = (
        UniqueConstraint("bid_id", name="uq_late_bid_bid_id"),
        CheckConstraint("received_at >= closes_at", name="came_late"),
        CheckConstraint("(status = 'kept') = (proposed_by_id IS NULL)", name="proposed_by_somebody"),
        CheckConstraint("(status IN ('admitted', 'refused')) = (decided_at IS NOT NULL)", name="decided_or_waiting"),
        two_people(decider="decided_by_id", proposer="proposed_by_id"),
    )

    id: Mapped[Id]
    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"))
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id"), index=True)
    status: Mapped[LateStatus] = one_of(LateStatus, default=LateStatus.KEPT)
    number: Mapped[int]
    """The version of the bid that it becomes when it is admitted."""
    received_at: Mapped[datetime]
    """The database's clock under the ITT's row lock."""
    closes_at: Mapped[datetime]
    """The closing time that it came after."""
    submitted_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    draft_revision: Mapped[int]
    seal_format: Mapped[int] = mapped_column(SmallInteger)
    method_version: Mapped[int]
    """The version of method and questions that it answers."""
    keys_for_draft: Mapped[bytes]
    commitment: Mapped[str]
    receipt: Mapped[dict[str, Any]]
    envelopes: Mapped[dict[str, Any]]
    """{kind: [what is sealed, its key for the opening]}, in base 64."""
    admits: Mapped[bool | None]
    """What is proposed."""
    reason: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    """Why; the bidder reads it."""
    proposed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    proposed_at: Mapped[datetime | None]
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]

    bid: Mapped[Bid] = relationship()
    itt: Mapped[InvitationToTender] = relationship()

    @property
    def first_half(self) -> Half:
        """Who proposed what is to become of it, and when."""
        return Half(self.proposed_by_id, self.proposed_at)

    def as_version(self) -> BidVersion:
        """The version that it is, or becomes once it is admitted; not stored by itself."""
        return BidVersion(
            id=self.id,
            bid_id=self.bid_id,
            number=self.number,
            idempotency_key=self.id,
            received_at=self.received_at,
            submitted_by_id=self.submitted_by_id,
            seal_format=self.seal_format,
            method_version=self.method_version,
            keys_for_draft=self.keys_for_draft,
            commitment=self.commitment,
            receipt=self.receipt,
            envelopes=[
                SealedEnvelope(
                    version_id=self.id,
                    kind=EnvelopeKind(kind),
                    sealed=base64.b64decode(sealed),
                    key_for_opening=base64.b64decode(key),
                )
                for kind, (sealed, key) in sorted(self.envelopes.items())
            ],
        )


def as_envelopes(columns: dict[str, Any]) -> dict[str, Any]:
    """The envelopes of a sealed version (`envelopes.Sealed.columns`) as a late bid holds them."""
    rows = zip(columns["envelopes"], columns["sealed"], columns["keys_for_opening"], strict=True)
    return {
        str(kind): [base64.b64encode(sealed).decode(), base64.b64encode(key).decode()] for kind, sealed, key in rows
    }
