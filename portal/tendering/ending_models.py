"""How a procurement ends without a contract: cancelled whole, or lot by lot without an award."""

from __future__ import annotations

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from portal.audit.subjects import OnIttChain
from portal.core.approval import Approval, decided_by_somebody
from portal.core.columns import Id, Model, one_of
from portal.core.permissions import Actor, Role
from portal.tendering.models import InvitationToTender, Lot
from portal.tendering.states import EndingKind, EndingStatus


class Ending(Approval, OnIttChain, Model):
    """The decision to end a procurement, or a lot of it: proposed by one person, decided by another.

    Everybody reads the reason: bidders, panels, the public (PA2023 s.55; PCR2015 reg 55(1)).
    """

    __tablename__ = "ending"
    __table_args__ = (
        Index(
            "uq_ending_in_force",
            text("coalesce(lot_id, itt_id)"),
            unique=True,
            postgresql_where=text("status NOT IN ('refused', 'withdrawn')"),
        ),
        CheckConstraint("(kind = 'no_award') = (lot_id IS NOT NULL)", name="no_award_of_a_lot"),
        CheckConstraint("btrim(reason) <> ''", name="has_a_reason"),
        decided_by_somebody(),
    )

    id: Mapped[Id]
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id"), index=True)
    lot_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("lot.id"))
    """The lot that is not awarded; None where the whole procurement is cancelled."""
    kind: Mapped[EndingKind] = one_of(EndingKind)
    status: Mapped[EndingStatus] = one_of(EndingStatus, default=EndingStatus.PROPOSED)
    reason: Mapped[str]

    itt: Mapped[InvitationToTender] = relationship(
        backref=backref("endings", order_by="Ending.proposed_at", passive_deletes="all")
    )
    lot: Mapped[Lot | None] = relationship()

    policy_object = "ending"
    one_person_if = "status = 'withdrawn'"

    @property
    def policy_state(self) -> str:
        """Its status; "lapsed" where the procurement has ended otherwise, or has its contract, meanwhile."""
        if self.status.is_proposed and not self.itt.can_end:
            return "lapsed"
        return self.status.value

    def policy_roles(self, actor: Actor) -> frozenset[Role]:
        """Roles in the authority that runs the procurement."""
        return self.itt.policy_roles(actor)

    @property
    def what(self) -> str:
        """What is ended, in words."""
        if self.lot is None or len(self.itt.lots) == 1:
            return "this procurement"
        return f"lot {self.lot.number}, {self.lot.title}"
