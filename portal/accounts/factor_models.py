"""What people show beside their password: passkeys and recovery codes; and what is done when all of it is lost.

The secret of an authenticator app stands with its person (portal/accounts/models.py).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.audit.subjects import OnSystemChain
from portal.core.approval import Half, two_people
from portal.core.columns import CreatedAt, Id, Model, one_of
from portal.core.lifecycle import Lifecycle
from portal.core.permissions import Actor, Role


class Passkey(OnSystemChain, Model):
    """A key of a computer, a phone or a stick, with which a person shows who they are (WebAuthn)."""

    __tablename__ = "passkey"

    id: Mapped[Id]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    name: Mapped[str]
    """What its owner calls it."""
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    transports: Mapped[list[Any]]
    created_at: Mapped[CreatedAt]
    last_used_at: Mapped[datetime | None]

    ledger_object = "passkey"


class RecoveryCode(Model):
    """One of a person's codes on paper; each works once, in place of the second factor."""

    __tablename__ = "recovery_code"

    id: Mapped[Id]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    code_hash: Mapped[str]
    created_at: Mapped[CreatedAt]
    used_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Responsible:
    """Whose administrators can say who a person is; the platform's always can."""

    providers: frozenset[uuid.UUID]
    authorities: frozenset[uuid.UUID]
    any_authority: bool
    """Somebody who works for no authority, nor for the platform, is known to those who buy."""

    @classmethod
    def for_person(cls, person: User) -> Responsible:
        """By the roles that the person holds."""
        held = [row for row in person.held_roles if row.ended_at is None]
        authorities = frozenset(row.authority_id for row in held if row.authority_id)
        of_platform = any(row.role is Role.PLATFORM_ADMINISTRATOR for row in held)
        providers = frozenset(row.provider_id for row in held if row.provider_id)
        return cls(providers, authorities, not (authorities or of_platform))


class LostStatus(StrEnum):
    """Somebody who lost their second factor asks; two people check who it is, and then it is removed."""

    ASKED = "asked"
    CHECKED = "checked"
    REMOVED = "removed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


LOST = Lifecycle(
    "lost second factor",
    {
        LostStatus.ASKED: frozenset({LostStatus.CHECKED, LostStatus.REFUSED, LostStatus.WITHDRAWN}),
        LostStatus.CHECKED: frozenset({LostStatus.REMOVED, LostStatus.REFUSED, LostStatus.WITHDRAWN}),
    },
)


class LostFactor(OnSystemChain, Model):
    """A person's request to begin anew without phone or key, and the two people who checked that it is theirs."""

    __tablename__ = "lost_factor"
    __table_args__ = (
        two_people(decider="confirmed_by_id", proposer="checked_by_id"),
        CheckConstraint(
            "(checked_by_id IS NULL OR checked_by_id <> user_id)"
            " AND (confirmed_by_id IS NULL OR confirmed_by_id <> user_id)",
            name="neither_is_the_person",
        ),
        CheckConstraint("status <> 'removed' OR confirmed_by_id IS NOT NULL", name="removed_by_two_people"),
        Index(
            "uq_lost_factor_waiting", "user_id", unique=True, postgresql_where=text("status IN ('asked', 'checked')")
        ),
    )

    id: Mapped[Id]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    reference: Mapped[str]
    """What the person reads out, so that those who check know that they speak with whoever asked."""
    status: Mapped[LostStatus] = one_of(LostStatus, default=LostStatus.ASKED)
    asked_at: Mapped[datetime]
    checked_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    checked_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    checked_by: Mapped[User | None] = relationship(foreign_keys=[checked_by_id])

    policy_object = "lost_factor"

    @property
    def halves(self) -> tuple[Half, Half]:
        """Who is not one of those whose word is needed: the person, and whoever has given theirs."""
        return Half(self.user_id, self.asked_at), Half(self.checked_by_id, self.checked_at)

    @property
    def policy_state(self) -> str:
        """Its status."""
        return self.status.value

    def policy_roles(self, actor: Actor) -> frozenset[Role]:
        """Administrators of the person's organisations and the platform's; of any authority, for other people."""
        near = Responsible.for_person(self.user)
        towards = set(actor.platform_roles)
        if actor.provider_id in near.providers:
            towards |= actor.provider_roles
        if actor.authority_id in near.authorities or near.any_authority:
            towards |= actor.authority_roles
        return frozenset(towards)
