"""Judgements: what officers decide of an opened bid beside its score. They stand beside the sealed bid, never in it."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.audit.subjects import OnIttChain
from portal.bidding.models import Bid
from portal.core.approval import Approval, decided_by_somebody
from portal.core.columns import Id, Model, one_of
from portal.core.permissions import Actor, Role
from portal.judging.states import JudgementStatus, Matter, Verdict
from portal.regulation.assessing_law import ASSESSING
from portal.regulation.deadlines import last_day_of
from portal.regulation.local_time import local_date
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus

JUDGED_WHILE = (IttStatus.OPENED, IttStatus.MODERATED)
"""From the opening to the award: an award waits until nothing is open."""


class Judgement(Approval, OnIttChain, Model):
    """Whether a bid passes in one matter. A newer one replaces it; nothing is ever deleted."""

    __tablename__ = "judgement"
    one_person_if = "verdict = 'passes'"
    __table_args__ = (
        Index(
            "uq_judgement_proposed",
            "bid_id",
            "matter",
            "about",
            unique=True,
            postgresql_where=text("status = 'proposed'"),
        ),
        Index(
            "uq_judgement_decided",
            "bid_id",
            "matter",
            "about",
            unique=True,
            postgresql_where=text("status = 'decided'"),
        ),
        Index("ix_judgement_itt_id", "itt_id"),
        CheckConstraint("btrim(reason) <> ''", name="has_a_reason"),
        decided_by_somebody(),
    )

    id: Mapped[Id]
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id"))
    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"))
    matter: Mapped[Matter] = one_of(Matter)
    about: Mapped[str]
    """The key of the question; of a ground what `Enquiry.about` says; "" of a price."""
    verdict: Mapped[Verdict] = one_of(Verdict)
    status: Mapped[JudgementStatus] = one_of(JudgementStatus, default=JudgementStatus.PROPOSED)
    reason: Mapped[str]
    """Its bidder reads it where the bid fails."""

    itt: Mapped[InvitationToTender] = relationship()
    bid: Mapped[Bid] = relationship()

    policy_object = "judgement"

    @property
    def law(self) -> str:
        """Where it says that a bid can be disregarded for it."""
        return self.matter.law(self.itt.regime)

    @property
    def minister_by(self) -> date | None:
        """The last day to tell the Minister of the exclusion; None where nobody is told (PA2023 s.59)."""
        rule = ASSESSING[self.itt.regime].notify
        if rule is None or self.decided_at is None or not (self.matter.is_exclusion and self.verdict.is_fails):
            return None
        return last_day_of(rule, local_date(self.decided_at)) if self.status.is_decided else None

    @property
    def policy_state(self) -> str:
        """Its status; "lapsed" where it waits and the procurement has gone on, or ended, without it."""
        if self.status.is_proposed and self.itt.status not in JUDGED_WHILE:
            return "lapsed"
        return self.status.value

    def policy_roles(self, actor: Actor) -> frozenset[Role]:
        """Roles in the authority that runs the procurement."""
        return self.itt.policy_roles(actor)
