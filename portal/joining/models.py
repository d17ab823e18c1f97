"""Who joins: profiles and evidence, applications with their versions and decisions."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.audit.subjects import OnFrameworkChain
from portal.core.approval import Approval, two_people
from portal.core.columns import CreatedAt, Id, Model, one_of
from portal.core.keeping import KeptFile
from portal.core.permissions import Actor, Role
from portal.frameworks.models import Framework, FrameworkLot
from portal.joining.states import ApplicationStatus, Outcome
from portal.organisations.models import Provider


class ProfileAnswer(Model):
    """What a provider has said once and reuses: each reuse is confirmed by a person and frozen with the application."""

    __tablename__ = "profile_answer"

    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("provider.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    """The profile key that questionnaires name (`questionnaire.Question.profile`)."""
    value: Mapped[str]
    said_at: Mapped[datetime]
    said_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))


class Evidence(KeptFile, Model):
    """A provider's document, such as an insurance certificate: uploaded once, used in many applications."""

    __tablename__ = "evidence"
    __table_args__ = (
        Index(
            "ix_evidence_lapsing",
            "expires_on",
            postgresql_where=text("removed_at IS NULL AND expires_on IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("provider.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    """What it proves: the profile key of the questions that ask for it, such as "employers_liability"."""
    expires_on: Mapped[date | None]
    """The last day on which it holds."""
    reminded_for: Mapped[int | None]
    """How many days before the lapse its last reminder was for."""
    added_at: Mapped[CreatedAt]
    added_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    removed_at: Mapped[datetime | None]

    provider: Mapped[Provider] = relationship()


class Application(OnFrameworkChain, Model):
    """A provider's application to one lot. What was last submitted is what officers decide about."""

    __tablename__ = "application"
    __table_args__ = (
        Index(
            "uq_application_lot_id_provider_id_open",
            "lot_id",
            "provider_id",
            unique=True,
            postgresql_where=text("status NOT IN ('admitted', 'withdrawn')"),
        ),
        Index("ix_application_provider_id", "provider_id"),
        Index(
            "ix_application_due",
            "due_on",
            postgresql_where=text("status IN ('submitted', 'clarification', 'refusal_proposed')"),
        ),
        CheckConstraint(
            "(status IN ('draft', 'withdrawn')) OR (received_at IS NOT NULL AND version > 0)",
            name="received_is_complete",
        ),
        CheckConstraint("(extended_reason <> '') = (extended_at IS NOT NULL)", name="extended_with_a_reason"),
    )

    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(unique=True)
    framework_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("framework.id"), index=True)
    lot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("framework_lot.id"))
    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("provider.id"))
    status: Mapped[ApplicationStatus] = one_of(ApplicationStatus, default=ApplicationStatus.DRAFT)
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    """The working draft: {question key: {"value": text or evidence id, "confirmed": bool}}."""
    revision: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    saved_at: Mapped[datetime | None]
    ready_at: Mapped[datetime | None]
    """When those who may send it were told that it is ready; what was saved later makes that old."""
    version: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """The number of the last submitted version; 0 before the first."""
    submitted_revision: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    received_at: Mapped[datetime | None]
    """When the last version arrived, by the database's clock; the officers' working days count from it."""
    due_on: Mapped[date | None]
    """The last day to decide."""
    extended_at: Mapped[datetime | None]
    extended_reason: Mapped[str] = mapped_column(default="", server_default=text("''"))
    clarification: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """What the officers asked last."""
    created_at: Mapped[CreatedAt]

    framework: Mapped[Framework] = relationship()
    lot: Mapped[FrameworkLot] = relationship()
    provider: Mapped[Provider] = relationship()
    versions: Mapped[list[ApplicationVersion]] = relationship(
        back_populates="application", order_by="ApplicationVersion.number"
    )
    decisions: Mapped[list[ApplicationDecision]] = relationship(
        back_populates="application", order_by="ApplicationDecision.proposed_at"
    )

    policy_object = "application"

    @property
    def policy_state(self) -> str:
        """Its status."""
        return self.status.value

    def policy_roles(self, actor: Actor) -> frozenset[Role]:
        """Its provider's people; the lead authority's once it has been submitted."""
        held = actor.towards_provider(self.provider_id)
        return held | actor.towards_authority(self.framework.authority_id) if self.version else held

    @property
    def has_unsubmitted_change(self) -> bool:
        """Whether the draft differs from what was last submitted."""
        return self.version > 0 and self.revision > self.submitted_revision


class ApplicationVersion(Model):
    """What was submitted, frozen: questions as asked, answers as given, evidence by digest. Never changed."""

    __tablename__ = "application_version"
    __table_args__ = (
        UniqueConstraint("application_id", "number", name="uq_application_version_application_id_number"),
        UniqueConstraint(
            "application_id", "idempotency_key", name="uq_application_version_application_id_idempotency_key"
        ),
    )

    id: Mapped[Id]
    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application.id"))
    number: Mapped[int]
    idempotency_key: Mapped[uuid.UUID]
    received_at: Mapped[datetime]
    submitted_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    questionnaire_hash: Mapped[str]
    answers: Mapped[dict[str, Any]]
    """{question key: {"value": text, "evidence": {id, file_name, sha256, expires_on} or absent, "reused": bool}}."""
    content_hash: Mapped[str]
    """SHA-256 of questionnaire hash and answers in canonical form, hexadecimal."""

    application: Mapped[Application] = relationship(back_populates="versions")


class ApplicationDecision(Approval, Model):
    """A decision about one version: an admission, or a refusal that one officer proposed and another decided."""

    __tablename__ = "application_decision"
    __table_args__ = (
        CheckConstraint("(decided_at IS NULL) = (decided_by_id IS NULL)", name="decided_by_somebody"),
        CheckConstraint("outcome = 'admitted' OR findings <> '[]'::jsonb", name="refused_for_a_failed_criterion"),
        two_people(decider="sent_back_by_id", proposer="proposed_by_id", name="sent_back_two_people"),
        CheckConstraint(
            "(sent_back_at IS NULL) = (sent_back_by_id IS NULL) AND (sent_back_at IS NULL) = (sent_back_reason = '')",
            name="sent_back_with_a_reason",
        ),
        CheckConstraint("decided_at IS NULL OR sent_back_at IS NULL", name="decided_or_sent_back"),
    )
    one_person_if = "outcome = 'admitted'"

    id: Mapped[Id]
    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application.id"), index=True)
    version: Mapped[int]
    outcome: Mapped[Outcome] = one_of(Outcome)
    unverified_reason: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """Why a provider was admitted whose number nobody had proved."""
    findings: Mapped[list[Any]]
    """The criteria that were failed: [{"question": key, "title": text, "reason": text}]; empty for an admission."""
    sent_back_at: Mapped[datetime | None]
    """The second person did not agree: the application is open again."""
    sent_back_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    sent_back_reason: Mapped[str] = mapped_column(default="", server_default=text("''"))

    application: Mapped[Application] = relationship(back_populates="decisions")
