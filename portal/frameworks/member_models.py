"""Who joins: profiles and evidence, applications with their versions and decisions, admissions, imported rows."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, UniqueConstraint, and_, or_, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.columns import CreatedAt, Id, Model, one_of
from portal.core.permissions import Actor, Role
from portal.frameworks.models import Framework, FrameworkLot
from portal.frameworks.states import CURRENT, AdmissionStatus, ApplicationStatus, Outcome, RowStatus
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


class Evidence(Model):
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
    file_name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    stored_as: Mapped[uuid.UUID]
    expires_on: Mapped[date | None]
    """The last day on which it holds."""
    reminded_for: Mapped[int | None]
    """How many days before the lapse its last reminder was for."""
    added_at: Mapped[CreatedAt]
    added_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    removed_at: Mapped[datetime | None]

    provider: Mapped[Provider] = relationship()


class Application(Model):
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


class ApplicationDecision(Model):
    """A decision about one version: an admission, or a refusal that one officer proposed and another decided."""

    __tablename__ = "application_decision"
    __table_args__ = (
        CheckConstraint(
            "decided_by_id IS NULL OR outcome = 'admitted' OR decided_by_id <> proposed_by_id", name="two_people"
        ),
        CheckConstraint("(decided_at IS NULL) = (decided_by_id IS NULL)", name="decided_by_somebody"),
        CheckConstraint("outcome = 'admitted' OR findings <> '[]'::jsonb", name="refused_for_a_failed_criterion"),
    )

    id: Mapped[Id]
    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application.id"), index=True)
    version: Mapped[int]
    outcome: Mapped[Outcome] = one_of(Outcome)
    findings: Mapped[list[Any]]
    """The criteria that were failed: [{"question": key, "title": text, "reason": text}]; empty for an admission."""
    note: Mapped[str] = mapped_column(default="", server_default=text("''"))
    proposed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    proposed_at: Mapped[datetime]
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    sent_back_at: Mapped[datetime | None]
    """The second person did not agree: the application is open again."""
    sent_back_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    sent_back_reason: Mapped[str] = mapped_column(default="", server_default=text("''"))

    application: Mapped[Application] = relationship(back_populates="decisions")


class Admission(Model):
    """A provider's membership of one lot: whoever is an active member is invited to every call-off from it."""

    __tablename__ = "admission"
    __table_args__ = (
        Index(
            "uq_admission_lot_id_provider_id_current",
            "lot_id",
            "provider_id",
            unique=True,
            postgresql_where=text("status IN ('active', 'removal_proposed')"),
        ),
        Index("ix_admission_provider_id", "provider_id"),
        CheckConstraint("(status IN ('removed', 'left')) = (ended_at IS NOT NULL)", name="ended_at_matches"),
        CheckConstraint("status <> 'removed' OR reasons_sent_at IS NOT NULL", name="removed_after_reasons"),
        CheckConstraint("(paused_at IS NULL) = (paused_until IS NULL)", name="paused_until_a_day"),
        CheckConstraint("suspended_at IS NULL OR suspension_reason <> ''", name="suspended_with_a_reason"),
    )

    id: Mapped[Id]
    framework_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("framework.id"), index=True)
    lot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("framework_lot.id"))
    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("provider.id"))
    application_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("application.id"))
    """None for a member that came with an imported framework."""
    status: Mapped[AdmissionStatus] = one_of(AdmissionStatus, default=AdmissionStatus.ACTIVE)
    admitted_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]
    """The provider asked for it; it ends by itself at this instant."""
    suspended_at: Mapped[datetime | None]
    suspended_until: Mapped[datetime | None]
    """None while suspended: until an officer lifts it."""
    suspension_reason: Mapped[str] = mapped_column(default="", server_default=text("''"))
    renewal_asked_at: Mapped[datetime | None]
    renewal_due_on: Mapped[date | None]
    """The last day to renew the declarations; None when none are asked for."""
    renewed_at: Mapped[datetime | None]
    removal_reasons: Mapped[str] = mapped_column(default="", server_default=text("''"))
    removal_ground: Mapped[str] = mapped_column(default="", server_default=text("''"))
    removal_proposed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    removal_proposed_at: Mapped[datetime | None]
    reasons_sent_at: Mapped[datetime | None]
    """When the reasons for removal went to the provider: nobody is removed before (PA2023 s.37)."""
    ended_at: Mapped[datetime | None]

    framework: Mapped[Framework] = relationship()
    lot: Mapped[FrameworkLot] = relationship()
    provider: Mapped[Provider] = relationship()
    application: Mapped[Application | None] = relationship()

    policy_object = "admission"

    @property
    def policy_state(self) -> str:
        """Its status."""
        return self.status.value

    def policy_roles(self, actor: Actor) -> frozenset[Role]:
        """Its provider's people, and the lead authority's."""
        return actor.towards_provider(self.provider_id) | actor.towards_authority(self.framework.authority_id)

    def is_paused(self, instant: datetime) -> bool:
        """Whether the provider's own pause still runs."""
        return self.paused_until is not None and instant < self.paused_until

    def is_suspended(self, instant: datetime) -> bool:
        """Whether the authority's suspension still runs."""
        return self.suspended_at is not None and (self.suspended_until is None or instant < self.suspended_until)

    def is_active(self, instant: datetime) -> bool:
        """Whether it is invited and may bid at `instant`; the same rule as `active_at`, for one row."""
        return self.status in CURRENT and not self.is_paused(instant) and not self.is_suspended(instant)


def active_at(instant: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """The condition that an admission is active at `instant`: THE rule of who is invited and may bid.

    A member, not in a pause of its own, not suspended. Overdue renewals and proposed removals do not count
    against it: only a decision ends a membership.
    """
    return and_(
        Admission.status.in_(CURRENT),
        or_(Admission.paused_until.is_(None), Admission.paused_until <= instant),
        or_(Admission.suspended_at.is_(None), Admission.suspended_until <= instant),
    )


class ImportBatch(Model):
    """A file of members that an officer brought along: checked first, imported when every row is as it should be."""

    __tablename__ = "import_batch"

    id: Mapped[Id]
    framework_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("framework.id", ondelete="CASCADE"), index=True)
    file_name: Mapped[str]
    sha256: Mapped[str]
    created_at: Mapped[CreatedAt]
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))

    framework: Mapped[Framework] = relationship()
    rows: Mapped[list[ImportRow]] = relationship(
        back_populates="batch", order_by="ImportRow.number", cascade="all, delete-orphan"
    )


class ImportRow(Model):
    """One row of an imported file as it stands in it, and what is wrong with it by column."""

    __tablename__ = "import_row"

    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("import_batch.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """The line in the file; the heading is 1."""
    cells: Mapped[dict[str, Any]]
    """{column: text}, as read or as corrected since."""
    faults: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    """{column: message}, and under "alike" whom its provider may be; empty when it can be imported."""
    status: Mapped[RowStatus] = one_of(RowStatus)
    same_as_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("provider.id"))
    """The provider that an officer said it is, where names are alike; nothing is guessed."""
    is_new: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """An officer said that it is another organisation than those with a like name."""

    batch: Mapped[ImportBatch] = relationship(back_populates="rows")
