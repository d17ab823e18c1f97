"""Invitations to tender and their published method: lots, panels, scales, criteria, questions."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.audit.subjects import OnIttChain, OnOwnChain
from portal.core.approval import two_people
from portal.core.columns import CreatedAt, Id, Model, ScoreValue, Weight, one_of
from portal.core.permissions import Actor, Role
from portal.frameworks.models import FrameworkCriterion, FrameworkLot
from portal.localities.models import Locality
from portal.organisations.models import ContractingAuthority, Provider
from portal.regulation.kinds import IttKind, PublicationBasis, Regime, Size
from portal.regulation.local_time import local_date
from portal.regulation.procurement_law import TENDER, NoticeDuty, ProcurementLaw, StandstillRule
from portal.regulation.procurement_rows import law_of
from portal.tendering.buying import BuyingTogether
from portal.tendering.lot_rules import MOST_PLACES, LotRules
from portal.tendering.price_opening import PriceOpening
from portal.tendering.question_kinds.kind import Asked
from portal.tendering.question_kinds.registry import KINDS
from portal.tendering.states import Combination, EnvelopeKind, IttStatus, PanelKind, QuestionKind
from portal.tendering.timetable import Timetable

OWNED = "all, delete-orphan"
"""Parts go with what they are parts of."""


class InvitationToTender(Timetable, LotRules, PriceOpening, BuyingTogether, OnOwnChain, Model):
    """A procurement from its draft to its contract. From publication on, `method` is frozen and hashed."""

    __tablename__ = "itt"
    __table_args__ = (
        CheckConstraint(
            "(status IN ('draft', 'discarded')) OR (published_at IS NOT NULL AND closes_at IS NOT NULL "
            "AND method IS NOT NULL AND method_hash IS NOT NULL AND seal_public_key IS NOT NULL)",
            name="published_is_complete",
        ),
        CheckConstraint(
            "closes_at IS NULL OR published_at IS NULL OR closes_at > published_at", name="open_for_a_time"
        ),
        CheckConstraint(
            "(status IN ('opened', 'moderated', 'awarded', 'contracted')) <= (opened_at IS NOT NULL)",
            name="opened_at_matches",
        ),
        CheckConstraint(
            "(status IN ('cancelled', 'not_awarded')) = (ended_at IS NOT NULL) "
            "AND (ended_at IS NULL) = (ended_from IS NULL) "
            "AND ended_from IN ('published', 'opened', 'moderated', 'awarded')",
            name="ended_at_matches",
        ),
        CheckConstraint(
            "opening_key_destroyed_at IS NULL OR (status = 'cancelled' AND opened_at IS NULL)",
            name="opening_key_no_longer_needed",
        ),
        CheckConstraint(
            "(publication_basis = 'central_reference') = (central_reference IS NOT NULL)", name="basis_has_reference"
        ),
        CheckConstraint("(kind = 'open') = (framework_lot_id IS NULL)", name="called_off_from_a_lot"),
        CheckConstraint(
            "kind <> 'direct_award' OR status IN ('draft', 'discarded') OR (direct_award_approved_at IS NOT NULL "
            "AND direct_award_provider_id IS NOT NULL AND direct_award_reason <> '')",
            name="direct_award_approved",
        ),
        CheckConstraint("validity_days BETWEEN 1 AND 365", name="bids_stand_for_days"),
        CheckConstraint("questions_until IS NULL OR questions_until < closes_at", name="asked_before_closing"),
        two_people(
            decider="direct_award_approved_by_id",
            proposer="direct_award_proposed_by_id",
            name="direct_award_two_people",
        ),
        Index("ix_itt_open", "closes_at", "id", postgresql_where=text("status = 'published'")),
        Index("ix_itt_public", "published_at", "id", postgresql_where=text("status NOT IN ('draft', 'discarded')")),
    )

    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(unique=True)
    authority_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contracting_authority.id"), index=True)
    kind: Mapped[IttKind] = one_of(IttKind, default=IttKind.OPEN)
    regime: Mapped[Regime] = one_of(Regime, default=Regime.PA2023)
    light_touch: Mapped[bool] = mapped_column(default=True)
    status: Mapped[IttStatus] = one_of(IttStatus, default=IttStatus.DRAFT)
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    easy_read: Mapped[str] = mapped_column(default="", server_default=text("''"))
    cpv_codes: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    framework_lot_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("framework_lot.id"), index=True)
    """The lot that it is called off from; None for an open invitation."""
    direct_award_provider_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("provider.id"))
    direct_award_reason: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """How the published conditions of a direct award are met."""
    direct_award_proposed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    direct_award_proposed_at: Mapped[datetime | None]
    direct_award_approved_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    direct_award_approved_at: Mapped[datetime | None]
    locality_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("locality.id"), index=True)
    """The part of the authority's area that it is for; None for all of it."""
    copied_from_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("itt.id"), index=True)
    undecided_reason: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """The exceptional complexity for which applications of bidders stayed undecided (PA2023 s.34(5))."""
    estimated_value: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    """Pounds including VAT over the whole term, breaks ignored (Procurement Act 2023 s.123(2), Sch 3)."""
    term_months: Mapped[int | None]
    break_months: Mapped[list[int]] = mapped_column(ARRAY(Integer), default=list)
    publication_basis: Mapped[PublicationBasis] = one_of(PublicationBasis, default=PublicationBasis.NOT_REQUIRED)
    central_reference: Mapped[str | None]
    publication_reason: Mapped[str] = mapped_column(default="")
    tie_break: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    """Criterion keys, or "lowest_price", tried in order."""
    created_at: Mapped[CreatedAt]
    created_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    owner_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("user_account.id"), index=True, default=lambda made: made.get_current_parameters()["created_by_id"]
    )
    """Who looks after it; at first whoever began it."""
    method: Mapped[dict[str, Any] | None]
    """The published method in the scoring engine's format; the engine executes it literally."""
    method_hash: Mapped[str | None]
    method_version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    """The version of method and questions that holds (`method_versions.py`)."""
    seal_public_key: Mapped[bytes | None]

    authority: Mapped[ContractingAuthority] = relationship()
    owner: Mapped[User] = relationship(foreign_keys=[owner_id])
    framework_lot: Mapped[FrameworkLot | None] = relationship()
    locality: Mapped[Locality | None] = relationship()
    lots: Mapped[list[Lot]] = relationship(back_populates="itt", order_by="Lot.number", cascade=OWNED)
    panels: Mapped[list[Panel]] = relationship(back_populates="itt", order_by="Panel.position", cascade=OWNED)
    scales: Mapped[list[Scale]] = relationship(back_populates="itt", order_by="Scale.key", cascade=OWNED)
    criteria: Mapped[list[AwardCriterion]] = relationship(
        back_populates="itt", order_by="AwardCriterion.position", cascade=OWNED
    )
    questions: Mapped[list[Question]] = relationship(back_populates="itt", order_by="Question.position", cascade=OWNED)
    if TYPE_CHECKING:
        documents: Mapped[list[Any]]
        """Made by `document_models.InvitationDocument`, which reads this module."""

    policy_object = "itt"

    @property
    def policy_state(self) -> str:
        """Its status."""
        return self.status.value

    def policy_roles(self, actor: Actor) -> frozenset[Role]:
        """Roles in the authority that runs it."""
        return actor.towards_authority(self.authority_id)

    @property
    def law(self) -> ProcurementLaw:
        """What the law asks of this kind of invitation."""
        return law_of(self.kind, self.regime)

    @property
    def size(self) -> Size:
        """How much the estimate is to the law: by the thresholds of its publication, of a draft those of its start."""
        on = local_date(self.published_at or self.created_at)
        return self.law.size_of(self.estimated_value, light_touch=self.light_touch, on=on)

    @property
    def standstill_rule(self) -> StandstillRule:
        """The rule of its standstill."""
        return self.law.standstill_rule(light_touch=self.light_touch, size=self.size)

    @property
    def tender_duty(self) -> NoticeDuty:
        """What the law asks of its tender notice."""
        return self.notice_duty(TENDER)

    def notice_duty(self, code: str) -> NoticeDuty:
        """What the law asks of its notice with that number."""
        return self.law.notice_duty(code, self.size)

    @property
    def run_by(self) -> tuple[uuid.UUID, ...]:
        """The authorities whose suspensions of organisations hold here: its own, and the lead one of its framework."""
        lot = self.framework_lot
        return (self.authority_id,) if lot is None else (self.authority_id, lot.framework.authority_id)


class Lot(OnIttChain, Model):
    """A part that is bid for and awarded by itself; every ITT has at least one."""

    __tablename__ = "lot"
    __table_args__ = (
        UniqueConstraint("itt_id", "number", name="uq_lot_itt_id_number"),
        CheckConstraint("(method IS NULL) = (method_hash IS NULL)", name="method_is_hashed"),
        CheckConstraint(f"places BETWEEN 1 AND {MOST_PLACES}", name="places_there_are"),
    )

    id: Mapped[Id]
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id", ondelete="CASCADE"))
    number: Mapped[int]
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    estimated_value: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    """Pounds including VAT over the whole term, of one of several lots; the only lot is worth what the whole is."""
    places: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    """To how many bidders it is awarded, in the order of their ranks (`lots.place_words`)."""
    weights: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    """{criterion's key: weight} where it is another one in this lot; "0": the criterion does not count here."""
    price_formula: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """Its own price formula in the engine's form; None: the invitation's."""
    method: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """Its published method where that differs from the invitation's (`method.method_for` gives every lot its own)."""
    method_hash: Mapped[str | None]
    method_version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    """The last version of method and questions that changed something for bids for this lot."""

    itt: Mapped[InvitationToTender] = relationship(back_populates="lots")

    @property
    def worth(self) -> Decimal | None:
        """Its estimated value in pounds."""
        return self.estimated_value if len(self.itt.lots) > 1 else self.itt.estimated_value


class Panel(Model):
    """A panel as the method names it; who sits on it belongs to the evaluation."""

    __tablename__ = "panel"
    __table_args__ = (UniqueConstraint("itt_id", "key", name="uq_panel_itt_id_key"),)

    id: Mapped[Id]
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id", ondelete="CASCADE"))
    position: Mapped[int]
    key: Mapped[str]
    name: Mapped[str]
    kind: Mapped[PanelKind] = one_of(PanelKind)
    combine: Mapped[Combination] = one_of(Combination, default=Combination.AGREED)
    counts: Mapped[bool] = mapped_column(default=True)
    """False: a pilot panel, reported beside the result and not counted."""
    quorum: Mapped[int] = mapped_column(default=1)

    itt: Mapped[InvitationToTender] = relationship(back_populates="panels")


class Scale(Model):
    """A published scale of scores, with a descriptor for every point."""

    __tablename__ = "scale"
    __table_args__ = (UniqueConstraint("itt_id", "key", name="uq_scale_itt_id_key"),)

    id: Mapped[Id]
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id", ondelete="CASCADE"))
    key: Mapped[str]
    minimum: Mapped[ScoreValue]
    maximum: Mapped[ScoreValue]
    step: Mapped[ScoreValue] = mapped_column(default=Decimal(1))
    normalise: Mapped[str] = mapped_column(default="from_zero")

    itt: Mapped[InvitationToTender] = relationship(back_populates="scales")
    bands: Mapped[list[ScaleBand]] = relationship(back_populates="scale", order_by="ScaleBand.score", cascade=OWNED)


class ScaleBand(Model):
    """One point of a scale: its label and descriptor, and the plain words that young people see."""

    __tablename__ = "scale_band"

    scale_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("scale.id", ondelete="CASCADE"), primary_key=True)
    score: Mapped[Decimal] = mapped_column(Numeric(9, 3), primary_key=True)
    label: Mapped[str]
    descriptor: Mapped[str]
    plain_words: Mapped[str] = mapped_column(default="")

    scale: Mapped[Scale] = relationship(back_populates="bands")


class AwardCriterion(Model):
    """A node of the criteria tree: a heading with children, a scored leaf with panels, or the price."""

    __tablename__ = "award_criterion"
    __table_args__ = (
        UniqueConstraint("itt_id", "key", name="uq_award_criterion_itt_id_key"),
        CheckConstraint("weight >= 0 AND weight <= 100", name="weight_out_of_100"),
        CheckConstraint("price_formula IS NULL OR scale_id IS NULL", name="scored_or_price"),
    )

    id: Mapped[Id]
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id", ondelete="CASCADE"), index=True)
    parent_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("award_criterion.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]
    key: Mapped[str]
    title: Mapped[str]
    guidance: Mapped[str] = mapped_column(default="")
    """What a good answer shows, published to bidders and panels."""
    plain_title: Mapped[str] = mapped_column(default="")
    """The same for the young people's panel, in plain words."""
    weight: Mapped[Weight]
    scale_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("scale.id"))
    minimum: Mapped[Decimal | None] = mapped_column(Numeric(9, 3))
    framework_criterion_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("framework_criterion.id"))
    """The criterion of the framework that it makes more precise (PCR2015 reg 34(24); PA2023 s.46(8)-(9))."""
    price_formula: Mapped[dict[str, Any] | None]
    """{"formula": its name, ...its parameters}, as the engine reads it."""

    itt: Mapped[InvitationToTender] = relationship(back_populates="criteria")
    parent: Mapped[AwardCriterion | None] = relationship(remote_side="AwardCriterion.id")
    scale: Mapped[Scale | None] = relationship()
    framework_criterion: Mapped[FrameworkCriterion | None] = relationship()
    shares: Mapped[list[PanelShare]] = relationship(
        back_populates="criterion", cascade=OWNED, order_by="PanelShare.panel_id"
    )


class PanelShare(Model):
    """The share of a leaf's weight that a panel scores; the shares of a leaf total 100."""

    __tablename__ = "panel_share"
    __table_args__ = (CheckConstraint("share >= 0 AND share <= 100", name="share_out_of_100"),)

    criterion_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("award_criterion.id", ondelete="CASCADE"), primary_key=True
    )
    panel_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel.id", ondelete="CASCADE"), primary_key=True)
    share: Mapped[Weight]

    criterion: Mapped[AwardCriterion] = relationship(back_populates="shares")
    panel: Mapped[Panel] = relationship()


class Question(Model):
    """What a bidder is asked; `criterion_id` says which leaf its answer is scored under (None: by no panel)."""

    __tablename__ = "question"
    __table_args__ = (
        UniqueConstraint("itt_id", "key", name="uq_question_itt_id_key"),
        CheckConstraint("criterion_id IS NULL OR envelope = 'quality'", name="scored_is_quality"),
    )

    id: Mapped[Id]
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id", ondelete="CASCADE"))
    criterion_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("award_criterion.id", ondelete="SET NULL"), index=True
    )
    position: Mapped[int]
    key: Mapped[str]
    kind: Mapped[QuestionKind] = one_of(QuestionKind, default=QuestionKind.TEXT)
    prompt: Mapped[str]
    guidance: Mapped[str] = mapped_column(default="")
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    """What its kind asks for beside the words, such as {"word_limit": 500}."""
    required: Mapped[bool] = mapped_column(default=True)
    envelope: Mapped[EnvelopeKind] = one_of(EnvelopeKind, default=EnvelopeKind.QUALITY)
    """Which of a bid's sealed envelopes the answer goes into: it decides who reads it, and when."""
    lot_ids: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid), default=list, server_default=text("'{}'"))
    """The lots that it is asked for; none: for every lot."""

    itt: Mapped[InvitationToTender] = relationship(back_populates="questions")
    criterion: Mapped[AwardCriterion | None] = relationship()

    @property
    def asked(self) -> Asked:
        """The question as bidders are asked it."""
        return Asked(
            self.key, self.prompt, KINDS[self.kind], self.guidance, self.settings, self.required, self.envelope
        )

    def is_asked_for(self, lot_id: uuid.UUID) -> bool:
        """Whether a bid for that lot answers it."""
        return not self.lot_ids or lot_id in self.lot_ids


class Invitation(Model):
    """One provider invited to one call-off: the record of who was asked, and when. What it may do is a query."""

    __tablename__ = "invitation"
    __table_args__ = (Index("ix_invitation_provider_id", "provider_id"),)

    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id"), primary_key=True)
    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("provider.id"), primary_key=True)
    admission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("admission.id"))
    invited_at: Mapped[datetime]

    itt: Mapped[InvitationToTender] = relationship()
    provider: Mapped[Provider] = relationship()
