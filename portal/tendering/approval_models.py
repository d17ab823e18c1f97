"""The second person before publication: one commissioner asks, an approver decides."""

from __future__ import annotations

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.audit.subjects import OnIttChain
from portal.core.approval import Approval, Half
from portal.core.columns import Id, Model, one_of
from portal.core.lifecycle import Lifecycle, Named
from portal.tendering.models import InvitationToTender


class ApprovalStatus(Named):
    """What became of what was asked; a change of the draft overtakes it."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    SENT_BACK = "sent_back"
    OVERTAKEN = "overtaken"


IN_FORCE = (ApprovalStatus.PROPOSED, ApprovalStatus.APPROVED)
APPROVAL = Lifecycle(
    "approval",
    {
        ApprovalStatus.PROPOSED: frozenset(
            {ApprovalStatus.APPROVED, ApprovalStatus.SENT_BACK, ApprovalStatus.OVERTAKEN}
        ),
        ApprovalStatus.APPROVED: frozenset({ApprovalStatus.OVERTAKEN}),
    },
)


class PublicationApproval(Approval, OnIttChain, Model):
    """That a draft may be published as it was when it was asked for."""

    __tablename__ = "publication_approval"
    __table_args__ = (
        Index(
            "uq_publication_approval_in_force",
            "itt_id",
            unique=True,
            postgresql_where=text("status IN ('proposed', 'approved')"),
        ),
        CheckConstraint(
            "(status <> 'proposed' OR decided_at IS NULL) "
            "AND (status NOT IN ('approved', 'sent_back') OR decided_at IS NOT NULL)",
            name="decided_or_proposed",
        ),
    )

    id: Mapped[Id]
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id", ondelete="CASCADE"), index=True)
    status: Mapped[ApprovalStatus] = one_of(ApprovalStatus, default=ApprovalStatus.PROPOSED)

    itt: Mapped[InvitationToTender] = relationship()

    @property
    def first_people(self) -> tuple[Half, ...]:
        """Who began the draft, and who asked: neither approves it."""
        return Half(self.itt.created_by_id, self.itt.created_at), self.first_half
