"""Frameworks, dynamic purchasing systems and dynamic markets: what they are, and what belongs to them."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Numeric, Text, UniqueConstraint, and_, or_, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.hybrid import hybrid_method
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.audit.subjects import OnOwnChain
from portal.core.columns import CreatedAt, Id, Model, folded, one_of
from portal.core.keeping import KeptFile
from portal.core.permissions import Actor, Role
from portal.frameworks.states import FrameworkStatus
from portal.organisations.models import ContractingAuthority
from portal.regulation.framework_law import CallOffLaw, FrameworkLaw, law_of
from portal.regulation.kinds import FrameworkKind, Regime


class Framework(OnOwnChain, Model):
    """A framework agreement, dynamic purchasing system or dynamic market, from its draft to its end.

    From the instant at which it goes live its terms, lots, criteria and questionnaire are frozen (PA2023
    s.36(7); SI 2024/716 reg 5(3)); the database holds that as well.
    """

    __tablename__ = "framework"
    __table_args__ = (
        CheckConstraint(
            "status = 'draft' OR status = 'ceased' OR (live_at IS NOT NULL AND valid_from IS NOT NULL "
            "AND valid_until IS NOT NULL AND questionnaire_hash IS NOT NULL)",
            name="live_is_complete",
        ),
        CheckConstraint("(status = 'ceased') = (ceased_at IS NOT NULL)", name="ceased_at_matches"),
        CheckConstraint(
            "valid_until IS NULL OR valid_from IS NULL OR valid_until > valid_from", name="valid_for_a_time"
        ),
        CheckConstraint("fee_percent IS NULL OR kind <> 'dps'", name="no_fee_on_a_dps"),
        CheckConstraint(
            "(publication_reference IS NOT NULL) OR status <> 'live' OR publication_reason <> ''",
            name="says_where_it_was_published",
        ),
    )

    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(unique=True)
    authority_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contracting_authority.id"), index=True)
    """The lead authority, whose officers decide applications."""
    kind: Mapped[FrameworkKind] = one_of(FrameworkKind)
    regime: Mapped[Regime] = one_of(Regime)
    light_touch: Mapped[bool] = mapped_column(default=True)
    status: Mapped[FrameworkStatus] = one_of(FrameworkStatus, default=FrameworkStatus.DRAFT)
    title: Mapped[str]
    title_fold: Mapped[str] = folded("title", deferred=True)
    description: Mapped[str] = mapped_column(default="", server_default=text("''"))
    how_it_works: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """How providers join and how work is called off, in plain words (PCR2015 reg 34(14); PA2023 s.39(2))."""
    cpv_codes: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    estimated_value: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    """Pounds including VAT: the sum of all call-offs expected (PA2023 Sch 3)."""
    established_on: Mapped[date | None]
    valid_from: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    """Exclusive: applications are accepted up to the last instant before it."""
    term_reason: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """Why it lasts longer than four years, where the law asks (PCR2015 reg 33(3); PA2023 s.47)."""
    is_open_framework: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Awarded again at the times of PA2023 s.49, so that new providers can come in."""
    publication_reference: Mapped[str | None]
    """The notice's reference on the central digital platform."""
    publication_reason: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """Why there is none: an arrangement of before the platform, or a fallback."""
    decision_days: Mapped[int] = mapped_column(default=10, server_default=text("10"))
    """Working days to decide an application: the law's 10 for a DPS, a local promise elsewhere."""
    fee_percent: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    """Per cent of a contract's estimated value, asked of the provider it is awarded to and of nobody else."""
    suspension_terms: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """The published terms under which a member can be suspended; none, no suspension."""
    direct_award_terms: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """The published conditions of a direct award; none, no direct award (PCR2015 reg 33(8)(a); PA2023 s.45(4))."""
    publishes_members: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    replaces: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """What it replaces, in words."""
    providers_before: Mapped[int | None]
    """How many providers the arrangement that it replaces had."""
    questionnaire: Mapped[dict[str, Any]]
    """The selection questionnaire (`questionnaire.py`): data, not code."""
    questionnaire_hash: Mapped[str | None]
    live_at: Mapped[datetime | None]
    ceased_at: Mapped[datetime | None]
    cease_reason: Mapped[str] = mapped_column(default="", server_default=text("''"))
    created_at: Mapped[CreatedAt]
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))

    authority: Mapped[ContractingAuthority] = relationship()
    lots: Mapped[list[FrameworkLot]] = relationship(
        back_populates="framework", order_by="FrameworkLot.number", cascade="all, delete-orphan"
    )
    criteria: Mapped[list[FrameworkCriterion]] = relationship(
        back_populates="framework", order_by="FrameworkCriterion.position", cascade="all, delete-orphan"
    )
    participants: Mapped[list[Participant]] = relationship(back_populates="framework", cascade="all, delete-orphan")
    windows: Mapped[list[JoiningWindow]] = relationship(
        back_populates="framework", order_by="JoiningWindow.opens_at", cascade="all, delete-orphan"
    )
    documents: Mapped[list[FrameworkDocument]] = relationship(
        back_populates="framework", order_by="FrameworkDocument.title", cascade="all, delete-orphan"
    )

    policy_object = "framework"

    @property
    def law(self) -> FrameworkLaw:
        """What the law asks of it."""
        return law_of(self.kind, self.regime)

    @property
    def kind_words(self) -> str:
        """What it is: a framework, a dynamic purchasing system or a dynamic market."""
        return self.law.words

    @property
    def calling_off(self) -> CallOffLaw:
        """How work is called off from it."""
        return self.law.calling_off_of(light_touch=self.light_touch)

    @property
    def takes_new_providers(self) -> bool:
        """Whether providers can join after it was first awarded or established."""
        return self.law.takes_new_providers(light_touch=self.light_touch, is_open=self.is_open_framework)

    @property
    def policy_state(self) -> str:
        """Its status."""
        return self.status.value

    def policy_roles(self, actor: Actor) -> frozenset[Role]:
        """Roles in the lead authority; what participating authorities may do is a commitment, not a role."""
        return actor.towards_authority(self.authority_id)

    @hybrid_method
    def is_valid(self, instant: datetime) -> bool:
        """Whether it was live and within its validity at `instant`, also if it has ceased since; the end is outside."""
        if self.live_at is None or self.valid_from is None or self.valid_until is None:
            return False
        return self.valid_from <= instant < self.valid_until and (self.ceased_at is None or instant < self.ceased_at)

    @is_valid.expression
    @classmethod
    def _is_valid(cls, instant: datetime) -> ColumnElement[bool]:
        return and_(
            cls.live_at.is_not(None),
            cls.valid_from <= instant,
            cls.valid_until > instant,
            or_(cls.ceased_at.is_(None), cls.ceased_at > instant),
        )


class FrameworkLot(Model):
    """A lot (the 2015 Regulations say category, the 2023 Act part) that providers join and work is called off from."""

    __tablename__ = "framework_lot"
    __table_args__ = (UniqueConstraint("framework_id", "number", name="uq_framework_lot_framework_id_number"),)

    id: Mapped[Id]
    framework_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("framework.id", ondelete="CASCADE"))
    number: Mapped[int]
    title: Mapped[str]
    definition: Mapped[str]
    """What belongs to it, objectively (PCR2015 reg 34(3)-(4))."""
    cpv_codes: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    areas: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    placement_types: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    largest_contract: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    """Pounds: the largest call-off expected, where the lot is limited by size (PCR2015 reg 34(4))."""

    framework: Mapped[Framework] = relationship(back_populates="lots")
    bands: Mapped[list[Band]] = relationship(
        back_populates="lot", order_by="Band.position", cascade="all, delete-orphan"
    )


class Band(Model):
    """A banding of a lot, such as a level of need."""

    __tablename__ = "band"
    __table_args__ = (UniqueConstraint("lot_id", "title", name="uq_band_lot_id_title"),)

    id: Mapped[Id]
    lot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("framework_lot.id", ondelete="CASCADE"))
    position: Mapped[int]
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="", server_default=text("''"))

    lot: Mapped[FrameworkLot] = relationship(back_populates="bands")


class FrameworkCriterion(Model):
    """An award criterion that every call-off is decided by: refined there, never replaced (PCR2015 reg 34(23)-(24))."""

    __tablename__ = "framework_criterion"
    __table_args__ = (
        UniqueConstraint("framework_id", "title", name="uq_framework_criterion_framework_id_title"),
        CheckConstraint(
            "lowest_weight >= 0 AND highest_weight <= 100 AND lowest_weight <= highest_weight",
            name="weights_are_a_range",
        ),
    )

    id: Mapped[Id]
    framework_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("framework.id", ondelete="CASCADE"))
    position: Mapped[int]
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="", server_default=text("''"))
    lowest_weight: Mapped[Decimal] = mapped_column(Numeric(5, 2), default=Decimal(0))
    highest_weight: Mapped[Decimal] = mapped_column(Numeric(5, 2), default=Decimal(100))
    """Per cent of a call-off's total; a range is lawful (PCR2015 reg 67(9)-(10))."""
    by_young_people: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Young people score it, in every call-off."""

    framework: Mapped[Framework] = relationship(back_populates="criteria")


class Participant(Model):
    """An authority that has committed itself to take part: only such authorities call off."""

    __tablename__ = "participant"

    framework_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("framework.id", ondelete="CASCADE"), primary_key=True)
    authority_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contracting_authority.id"), primary_key=True)
    committed_on: Mapped[date]
    commitment: Mapped[str]
    """Who committed it, by which decision: a minute, a letter, a signed form."""
    withdrawn_on: Mapped[date | None]

    framework: Mapped[Framework] = relationship(back_populates="participants")
    authority: Mapped[ContractingAuthority] = relationship()


class JoiningWindow(Model):
    """A published time in which a framework takes new providers; a DPS and a dynamic market need none."""

    __tablename__ = "joining_window"
    __table_args__ = (CheckConstraint("closes_at > opens_at", name="open_for_a_time"),)

    id: Mapped[Id]
    framework_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("framework.id", ondelete="CASCADE"), index=True)
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    """Exclusive."""

    framework: Mapped[Framework] = relationship(back_populates="windows")


class FrameworkDocument(KeptFile, Model):
    """A document that anybody can read without signing in."""

    __tablename__ = "framework_document"

    id: Mapped[Id]
    framework_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("framework.id", ondelete="CASCADE"), index=True)
    title: Mapped[str]
    added_at: Mapped[CreatedAt]

    framework: Mapped[Framework] = relationship(back_populates="documents")
