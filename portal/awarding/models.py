"""Award decisions, assessment summaries and the standstill."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.audit.subjects import OnIttChain
from portal.awarding.states import DecisionStatus, PlaceStatus, SettingAsideKind, SettingAsideStatus
from portal.bidding.models import Bid
from portal.core.approval import Approval, decided_by_somebody
from portal.core.columns import Id, Model, one_of, state_matches
from portal.core.permissions import Actor, Role
from portal.core.words import listed
from portal.evaluation.models import ModeratedScore, Result
from portal.organisations.models import Provider
from portal.regulation.deadline_rules import RULES
from portal.regulation.procurement_law import StandstillDuty
from portal.tendering.lot_rules import MOST_PLACES
from portal.tendering.models import InvitationToTender, Lot, Panel


class AwardDecision(Approval, OnIttChain, Model):
    """The decision to award a lot: proposed by one person, decided by another (two people where money is at stake)."""

    __tablename__ = "award_decision"
    __table_args__ = (
        Index(
            "uq_award_decision_lot_in_force",
            "lot_id",
            "number",
            unique=True,
            postgresql_where=text("status IN ('proposed', 'decided')"),
        ),
        state_matches((DecisionStatus.SET_ASIDE,), "set_aside_by_id", name="set_aside_by_an_act"),
        decided_by_somebody(),
    )

    id: Mapped[Id]
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id"), index=True)
    lot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lot.id"))
    result_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("result.id"))
    status: Mapped[DecisionStatus] = one_of(DecisionStatus, default=DecisionStatus.PROPOSED)
    reason: Mapped[str]
    tie_reason: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """Why this one of tied bids, where the published method draws no lot; bidders read it."""
    standstill_kind: Mapped[StandstillDuty] = one_of(StandstillDuty)
    number: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    """Which one it is of the lot's awards that stand, or were announced and set aside."""
    set_aside_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("setting_aside.id", use_alter=True))
    announced_date: Mapped[date | None]
    """The day on which its contract award notice counts as published: on the central platform, where it comes first."""

    itt: Mapped[InvitationToTender] = relationship()
    lot: Mapped[Lot] = relationship()
    result: Mapped[Result] = relationship()
    places: Mapped[list[AwardPlace]] = relationship(back_populates="decision", order_by="AwardPlace.place")
    set_aside_by: Mapped[SettingAside | None] = relationship(foreign_keys=[set_aside_by_id], viewonly=True)

    policy_object = "award"

    @property
    def standing(self) -> list[AwardPlace]:
        """The places whose bidder has not withdrawn."""
        return [place for place in self.places if place.status.is_awarded]

    @property
    def awarded_to(self) -> str:
        """Whom it goes to, in the order of the places; or went to, where nobody is left."""
        return listed(place.called for place in self.standing or self.places)

    @property
    def of_what(self) -> str:
        """What it awards, in words: the procurement, or the lot of it."""
        return (
            self.itt.title if len(self.itt.lots) == 1 else f"{self.itt.title}, lot {self.lot.number}: {self.lot.title}"
        )

    @property
    def is_proposed(self) -> bool:
        """Whether it waits for its second person."""
        return self.status is DecisionStatus.PROPOSED

    @property
    def is_decided(self) -> bool:
        """Whether both people are for it."""
        return self.status is DecisionStatus.DECIDED

    @property
    def has_standstill(self) -> bool:
        """Whether the contract waits: the law asks for it, or the authority has offered it."""
        return self.standstill_kind is not StandstillDuty.NONE

    @property
    def policy_state(self) -> str:
        """Its status; "lapsed" where the procurement ended before its second person decided."""
        return "lapsed" if self.is_proposed and self.itt.has_ended else self.status.value

    def policy_roles(self, actor: Actor) -> frozenset[Role]:
        """Roles in the authority that runs the ITT."""
        return self.itt.policy_roles(actor)


class AwardPlace(Model):
    """One of the bidders that an award goes to, in the order in which they are called on; mostly there is one."""

    __tablename__ = "award_place"
    __table_args__ = (
        UniqueConstraint("decision_id", "place", name="uq_award_place_decision_id_place"),
        UniqueConstraint("decision_id", "bid_id", name="uq_award_place_decision_id_bid_id"),
        CheckConstraint(f"place BETWEEN 1 AND {MOST_PLACES}", name="place_there_is"),
    )

    id: Mapped[Id]
    decision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("award_decision.id"))
    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"), index=True)
    place: Mapped[int]
    status: Mapped[PlaceStatus] = one_of(PlaceStatus, default=PlaceStatus.AWARDED)
    unverified_reason: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """Why it goes to a provider whose number nobody had proved."""

    decision: Mapped[AwardDecision] = relationship(back_populates="places")
    bid: Mapped[Bid] = relationship()

    @property
    def is_only(self) -> bool:
        """Whether the lot goes to one bidder alone by the published rule, so that nobody speaks of places."""
        return self.decision.lot.places == 1

    @property
    def words(self) -> str:
        """Which place it is, in words."""
        return f"place {self.place} of {self.decision.lot.places}"

    @property
    def of_what(self) -> str:
        """The lot, and the place in it where there are several."""
        lot = f"lot {self.decision.lot.number}"
        return lot if self.is_only else f"{lot}, {self.words}"

    @property
    def called(self) -> str:
        """What its bidder is called, and was when the award was decided."""
        return self.bid.provider.called(self.decision.decided_at)


class SettingAside(Approval, OnIttChain, Model):
    """That decided awards fall before their contract: a winner withdraws, or panels agree their scores again.

    With several places in a lot the others stand; what becomes of the one is decided by an award, or it stays empty.

    What is set aside stays on record as it was: decision, summaries, standstill, result, agreed scores.
    """

    __tablename__ = "setting_aside"
    __table_args__ = (
        Index("uq_setting_aside_waiting", "itt_id", unique=True, postgresql_where=text("status = 'proposed'")),
        CheckConstraint("(kind IN ('reopening', 'correction')) = (place_id IS NULL)", name="withdrawal_of_a_winner"),
        CheckConstraint("kind IN ('reopening', 'correction') OR panel_id IS NULL", name="panel_of_a_reopening"),
        CheckConstraint("(kind = 'correction') = (agreed_id IS NOT NULL)", name="score_of_a_correction"),
        CheckConstraint("btrim(reason) <> ''", name="has_a_reason"),
        decided_by_somebody(),
    )

    id: Mapped[Id]
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id"), index=True)
    kind: Mapped[SettingAsideKind] = one_of(SettingAsideKind)
    place_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("award_place.id"))
    """Whose bidder withdraws, or has withdrawn."""
    panel_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("panel.id"))
    """The panel that agrees its scores again, or one of them; None where every panel does."""
    agreed_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("moderated_score.id"))
    """The agreed score that is to be corrected, as it was."""
    status: Mapped[SettingAsideStatus] = one_of(SettingAsideStatus, default=SettingAsideStatus.PROPOSED)
    reason: Mapped[str]
    """Bidders read why scores are agreed again; why a winner withdraws stays with the officers."""
    meetings: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    """The panels' meeting records as they were, by the panel's key."""

    itt: Mapped[InvitationToTender] = relationship()
    place: Mapped[AwardPlace | None] = relationship()
    panel: Mapped[Panel | None] = relationship()
    agreed: Mapped[ModeratedScore | None] = relationship()

    policy_object = "setting_aside"

    @property
    def policy_state(self) -> str:
        """Its status; "lapsed" where the procurement has ended, or has its contract, meanwhile."""
        if self.status.is_proposed and not self.itt.can_end:
            return "lapsed"
        return self.status.value

    def policy_roles(self, actor: Actor) -> frozenset[Role]:
        """Roles in the authority that runs the procurement."""
        return self.itt.policy_roles(actor)

    @property
    def what(self) -> str:
        """What it is about, in words."""
        if self.place is not None:
            if self.kind.is_empty_place:
                return f"{self.place.words} stays empty"
            return f"{self.place.called} withdraws" + ("" if self.place.is_only else f" from {self.place.words}")
        if self.agreed is not None and self.panel is not None:
            return f"{self.panel.name} looks again at one score, for “{self.agreed.criterion.title}”"
        return f"{self.panel.name} agrees its scores again" if self.panel else "every panel agrees its scores again"


class AssessmentSummary(Model):
    """What one bidder is told: its own scores and reasons and the winner's (Procurement Regulations 2024 reg 31)."""

    __tablename__ = "assessment_summary"
    __table_args__ = (UniqueConstraint("decision_id", "bid_id", name="uq_assessment_summary_decision_id_bid_id"),)

    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(unique=True)
    decision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("award_decision.id"))
    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"), index=True)
    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("provider.id"), index=True)
    issued_at: Mapped[datetime]
    document: Mapped[dict[str, Any]]

    decision: Mapped[AwardDecision] = relationship()
    bid: Mapped[Bid] = relationship()
    provider: Mapped[Provider] = relationship()

    policy_object = "summary"
    policy_state = "issued"

    def policy_roles(self, actor: Actor) -> frozenset[Role]:
        """The bidder's own people, and the authority's."""
        return actor.towards_provider(self.provider_id) | self.decision.policy_roles(actor)


class Standstill(OnIttChain, Model):
    """The wait before signing, counted by the rule of the award's own law (PA2023 s.51; PCR2015 reg 87)."""

    __tablename__ = "standstill"
    __table_args__ = (
        Index("ix_standstill_running", "ends_until", postgresql_where=text("ended_at IS NULL")),
        CheckConstraint("length >= CASE WHEN rule_id LIKE 'PA.%' THEN 8 ELSE 10 END", name="as_long_as_the_law"),
    )

    id: Mapped[Id]
    decision_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("award_decision.id"), unique=True)
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id"), index=True)
    kind: Mapped[StandstillDuty] = one_of(StandstillDuty)
    rule_id: Mapped[str]
    """The deadline rule that counted it."""
    length: Mapped[int]
    """In the rule's units: working days under the 2023 Act, days under the 2015 Regulations."""
    starts_date: Mapped[date]
    last_date: Mapped[date]
    ends_until: Mapped[datetime]
    """The first instant at which a contract may be concluded: midnight after `last_date` in Europe/London."""
    ended_at: Mapped[datetime | None]

    decision: Mapped[AwardDecision] = relationship()

    @property
    def length_words(self) -> str:
        """How long it is, as people say it."""
        return replace(RULES[self.rule_id], n=self.length).length_words
