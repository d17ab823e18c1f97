"""Files of members that officers bring along, row by row; and what members ask for about themselves."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.audit.subjects import SYSTEM_CHAIN, OnSystemChain, Subject
from portal.core.columns import CreatedAt, Id, Model, one_of
from portal.core.permissions import Actor, Role
from portal.frameworks.models import Framework
from portal.importing.models import ImportedRow
from portal.members.states import ChangeStatus
from portal.organisations.details import Identity
from portal.organisations.models import Provider


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


class ImportRow(ImportedRow, Model):
    """A row of a file of members."""

    __tablename__ = "import_row"

    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("import_batch.id", ondelete="CASCADE"), primary_key=True)

    batch: Mapped[ImportBatch] = relationship(back_populates="rows")


class IdentityChange(OnSystemChain, Model):
    """A request of an organisation to be called otherwise, or to have another number or parent."""

    __tablename__ = "identity_change"
    __table_args__ = (CheckConstraint("reason <> ''", name="with_a_reason"),)

    id: Mapped[Id]
    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("provider.id"), index=True)
    name: Mapped[str]
    company_number: Mapped[str | None]
    charity_scheme: Mapped[str | None]
    charity_number: Mapped[str | None]
    parent: Mapped[str] = mapped_column(default="", server_default=text("''"))
    reason: Mapped[str]
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[CreatedAt]
    made_at: Mapped[datetime | None]
    """When the first framework accepted it: the organisation is called so since."""

    provider: Mapped[Provider] = relationship()
    decisions: Mapped[list[ChangeDecision]] = relationship(back_populates="change", order_by="ChangeDecision.id")

    @property
    def wanted(self) -> Identity:
        """What the organisation would be."""
        return Identity(self.name, self.company_number, self.charity_scheme, self.charity_number, self.parent)

    @property
    def is_waiting(self) -> bool:
        """Whether somebody has still to decide."""
        return any(found.status.is_waiting for found in self.decisions)


class ChangeDecision(Subject, Model):
    """What the officers of one framework decide about such a request; without a framework the platform's."""

    __tablename__ = "change_decision"
    __table_args__ = (
        UniqueConstraint(
            "change_id",
            "framework_id",
            name="uq_change_decision_change_id_framework_id",
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("(status IN ('accepted', 'refused')) = (decided_at IS NOT NULL)", name="decided_at_matches"),
    )

    id: Mapped[Id]
    change_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("identity_change.id"))
    framework_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("framework.id"), index=True)
    status: Mapped[ChangeStatus] = one_of(ChangeStatus, default=ChangeStatus.WAITING)
    note: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """What the officer checked, or why it is refused; the organisation reads it."""
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]

    change: Mapped[IdentityChange] = relationship(back_populates="decisions")
    framework: Mapped[Framework | None] = relationship()

    policy_object = "identity_decision"

    @property
    def ledger_chain(self) -> str:
        """Its framework's; the platform's decision is about the organisation alone."""
        return str(self.framework_id or SYSTEM_CHAIN)

    @property
    def policy_state(self) -> str:
        """Its status."""
        return self.status.value

    def policy_roles(self, actor: Actor) -> frozenset[Role]:
        """The people of the framework's lead authority, or of the platform."""
        return actor.platform_roles if self.framework is None else actor.towards_authority(self.framework.authority_id)
