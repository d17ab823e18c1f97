"""The register of interests of a procurement, what is done about them, and its conflicts assessment."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.audit.subjects import OnIttChain
from portal.core.approval import Approval, Half
from portal.core.columns import CreatedAt, Id, Model, one_of
from portal.core.permissions import Actor, Role
from portal.tendering.interests.states import Extent, LinkKind, MitigationOutcome, MitigationStatus
from portal.tendering.models import InvitationToTender, Panel


class Interest(OnIttChain, Model):
    """Somebody who influences a procurement, and what they declared last (Procurement Act 2023 s.81).

    Of the authority's people there is one entry, of whoever sits on a panel one for that panel: they declare of each
    bidder once the bids are open (`portal/evaluation/declaring.py`). Each bidder with whom they have a link has an
    entry of its own beside it, so that each is answered by itself.
    """

    __tablename__ = "interest"
    __table_args__ = (
        UniqueConstraint(
            "itt_id",
            "user_id",
            "panel_id",
            "bid_id",
            name="uq_interest_itt_id_user_id_panel_id_bid_id",
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("(declared_at IS NULL) = (has_interest IS NULL)", name="declared_one_way_or_the_other"),
        CheckConstraint("has_interest IS NOT TRUE OR detail <> ''", name="interest_is_described"),
        CheckConstraint("bid_id IS NULL OR panel_id IS NOT NULL", name="bidder_of_a_panel"),
        CheckConstraint("kind IS NULL OR has_interest", name="kind_of_a_link"),
    )

    id: Mapped[Id]
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id", ondelete="CASCADE"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    panel_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("panel.id", ondelete="CASCADE"))
    """The panel that the entry is about."""
    bid_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("bid.id", ondelete="CASCADE"))
    """The bid with whose bidder a panel member has a link."""
    part: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """How they take part, as a colleague said it; "" for whoever works on it themselves."""
    asked_at: Mapped[CreatedAt]
    has_interest: Mapped[bool | None]
    detail: Mapped[str] = mapped_column(default="", server_default=text("''"))
    kind: Mapped[LinkKind | None] = one_of(LinkKind)
    """Of a panel member's link with a bidder; None where nobody was asked yet, as in all that came before."""
    declared_at: Mapped[datetime | None]
    stepped_back_from: Mapped[Extent | None] = one_of(Extent)
    """From what they stepped back by themselves, or were taken out by two people."""

    itt: Mapped[InvitationToTender] = relationship()
    user: Mapped[User] = relationship()
    panel: Mapped[Panel | None] = relationship()
    mitigations: Mapped[list[Mitigation]] = relationship(
        back_populates="interest", order_by="Mitigation.proposed_at", cascade="all, delete-orphan"
    )

    @property
    def mitigation(self) -> Mitigation | None:
        """The last answer to what was declared last, proposed or decided."""
        answers = [one for one in self.mitigations if self.declared_at and one.proposed_at >= self.declared_at]
        return answers[-1] if self.has_interest and answers else None

    @property
    def is_settled(self) -> bool:
        """Whether nothing was declared that nobody has answered yet."""
        if not self.has_interest:
            return self.declared_at is not None
        return self.has_stepped_back or (self.mitigation is not None and self.mitigation.status.is_agreed)

    @property
    def has_stepped_back(self) -> bool:
        """Whether they left the procurement or the bidder's lot: nobody has to answer this interest any more."""
        return self.stepped_back_from is not None

    @property
    def may_take_part(self) -> bool:
        """Whether they have neither stepped back from all of it nor been taken out of it by two people."""
        if self.stepped_back_from is Extent.WHOLE:
            return False
        return not self.is_settled or self.mitigation is None or self.mitigation.takes_part

    @property
    def known_since(self) -> datetime | None:
        """Since when what is known of an interest of theirs is as it is; None without one."""
        if not self.has_interest:
            return None
        decided = self.mitigation.decided_at if self.mitigation is not None else None
        return decided or self.declared_at


class Mitigation(Approval, OnIttChain, Model):
    """What is done about a declared interest (Procurement Act 2023 s.82): two people answer for it."""

    __tablename__ = "mitigation"
    __table_args__ = (
        Index("uq_mitigation_proposed", "interest_id", unique=True, postgresql_where=text("status = 'proposed'")),
        CheckConstraint("(status = 'proposed') = (decided_at IS NULL)", name="decided_or_proposed"),
    )

    id: Mapped[Id]
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id", ondelete="CASCADE"))
    interest_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("interest.id", ondelete="CASCADE"), index=True)
    status: Mapped[MitigationStatus] = one_of(MitigationStatus, default=MitigationStatus.PROPOSED)
    outcome: Mapped[MitigationOutcome] = one_of(MitigationOutcome)
    words: Mapped[str]
    """Which steps are taken, or why none are needed."""

    itt: Mapped[InvitationToTender] = relationship()
    interest: Mapped[Interest] = relationship(back_populates="mitigations")

    policy_object = "mitigation"

    @property
    def takes_part(self) -> bool:
        """Whether the person goes on in the procurement."""
        return self.outcome is not MitigationOutcome.WHOLE

    @property
    def first_people(self) -> tuple[Half, ...]:
        """Who proposed the answer, and whose interest it is about: neither decides."""
        return self.first_half, Half(self.interest.user_id, self.interest.declared_at)

    @property
    def policy_state(self) -> str:
        """Its status."""
        return self.status.value

    def policy_roles(self, actor: Actor) -> frozenset[Role]:
        """Roles in the authority that buys."""
        return actor.towards_authority(self.itt.authority_id)


class ConflictsAssessment(OnIttChain, Model):
    """One version of the conflicts assessment (Procurement Act 2023 s.83); the last one holds."""

    __tablename__ = "conflicts_assessment"
    __table_args__ = (UniqueConstraint("itt_id", "number", name="uq_conflicts_assessment_itt_id_number"),)

    id: Mapped[Id]
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id", ondelete="CASCADE"))
    number: Mapped[int]
    known: Mapped[str]
    """The conflicts that were identified, and the steps that were taken (s.83(1)-(3))."""
    perceived: Mapped[str]
    """What somebody might wrongly take for one, and the steps about that (s.83(4))."""
    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime]
