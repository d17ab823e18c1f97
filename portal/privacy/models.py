"""Requests for erasure; what the retention job did, and what it must leave; breaches."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import AboutPerson, User
from portal.audit.subjects import OnSystemChain
from portal.core.columns import CreatedAt, Id, Model, one_of
from portal.core.permissions import Actor, Role
from portal.privacy.states import ErasureStatus
from portal.regulation.local_time import local_date

ANSWERED_WITHIN = timedelta(days=28)
"""A month, in whichever month it was asked (UK GDPR art 12(3))."""


class ErasureRequest(AboutPerson, OnSystemChain, Model):
    """That a person is to be erased: they ask themselves, or the facilitator for a young person; another decides."""

    __tablename__ = "erasure_request"
    __table_args__ = (
        CheckConstraint(
            "(status IN ('carried_out', 'refused')) = (decided_by_id IS NOT NULL)"
            " AND (decided_by_id IS NULL) = (decided_at IS NULL)",
            name="decided_by_somebody",
        ),
        Index("uq_erasure_request_open", "user_id", unique=True, postgresql_where=text("status = 'asked'")),
    )

    id: Mapped[Id]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    authority_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contracting_authority.id"), index=True)
    provider_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("provider.id"), index=True)
    status: Mapped[ErasureStatus] = one_of(ErasureStatus, default=ErasureStatus.ASKED)

    user: Mapped[User] = relationship(foreign_keys=[user_id], lazy="joined", innerjoin=True)
    proposed_by: Mapped[User] = relationship(foreign_keys="ErasureRequest.proposed_by_id")

    policy_object = "erasure"

    @property
    def policy_state(self) -> str:
        """Its status."""
        return self.status.value

    def policy_roles(self, actor: Actor) -> frozenset[Role]:
        """Roles where the person works, and the platform's."""
        here = actor.towards_authority(self.authority_id) | actor.towards_provider(self.provider_id)
        return here | actor.platform_roles

    @property
    def due_date(self) -> date:
        """The last day to answer."""
        return local_date(self.proposed_at + ANSWERED_WITHIN)


class RetentionRun(Model):
    """That the job looked at a kind of data on a day, and how much it let go with its last portion."""

    __tablename__ = "retention_run"

    kind: Mapped[str] = mapped_column(primary_key=True)
    on_date: Mapped[date] = mapped_column(primary_key=True)
    ran_at: Mapped[datetime]
    count: Mapped[int]


class RetentionHold(Model):
    """That nothing of a kind goes, until somebody releases it: a court or an inquiry may ask for it."""

    __tablename__ = "retention_hold"
    __table_args__ = (
        CheckConstraint("(released_at IS NULL) = (released_by_id IS NULL)", name="released_by_somebody"),
        Index("uq_retention_hold_in_force", "kind", unique=True, postgresql_where=text("released_at IS NULL")),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    reason: Mapped[str]
    held_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    held_at: Mapped[CreatedAt]
    released_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    released_at: Mapped[datetime | None]


REPORTED_WITHIN = timedelta(hours=72)
"""From when one became aware (UK GDPR art 33(1))."""


class Breach(OnSystemChain, Model):
    """A breach of personal data: when it was noticed, and when it was reported, or why it need not be."""

    __tablename__ = "breach"
    __table_args__ = (
        CheckConstraint("reported_at IS NULL OR not_reported_reason = ''", name="reported_or_not"),
        CheckConstraint("reported_at IS NULL OR reported_at >= noticed_at", name="reported_after_it_was_noticed"),
    )

    id: Mapped[Id]
    noticed_at: Mapped[datetime]
    """When somebody became aware of it: the 72 hours begin."""
    what: Mapped[str]
    """What happened, to whose data, what may follow from it and what was done (art 33(5))."""
    reported_at: Mapped[datetime | None]
    not_reported_reason: Mapped[str] = mapped_column(default="", server_default=text("''"))
    noted_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    noted_at: Mapped[CreatedAt]

    @property
    def report_by(self) -> datetime:
        """When the 72 hours are over."""
        return self.noticed_at + REPORTED_WITHIN

    @property
    def is_open(self) -> bool:
        """Whether it was neither reported nor said why it need not be."""
        return self.reported_at is None and not self.not_reported_reason
