"""Requests for erasure."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import AboutPerson, User
from portal.audit.subjects import OnSystemChain
from portal.core.columns import Id, Model, one_of
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
