"""Somebody is away, and a colleague stands in for them: the appointment, and the roles that come of it."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, and_, func, null, or_, select, text, union_all
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from portal.accounts.models import GivenByTwo, HeldRole, User
from portal.audit.subjects import OnSystemChain
from portal.core.columns import Id, Model, one_of
from portal.core.lifecycle import Lifecycle
from portal.organisations.models import ContractingAuthority, Provider
from portal.regulation.local_time import local_date


class AbsenceStatus(StrEnum):
    """An appointment waits for its second person where one is needed, and then holds for its time."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


ABSENCE = Lifecycle(
    "appointment of a deputy",
    {
        AbsenceStatus.PROPOSED: frozenset({AbsenceStatus.AGREED, AbsenceStatus.REFUSED, AbsenceStatus.WITHDRAWN}),
        # Before its first day; once begun it ends by its time, which can be moved to now.
        AbsenceStatus.AGREED: frozenset({AbsenceStatus.WITHDRAWN}),
    },
)


class Standing(StrEnum):
    """Where an absence stands at an instant."""

    WAITS = "waits"
    TO_COME = "to_come"
    NOW = "now"
    OVER = "over"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


_NOT_AGREED = {
    AbsenceStatus.PROPOSED: Standing.WAITS,
    AbsenceStatus.REFUSED: Standing.REFUSED,
    AbsenceStatus.WITHDRAWN: Standing.WITHDRAWN,
}


class Absence(GivenByTwo, OnSystemChain, Model):
    """A deputy of somebody in one organisation, from an instant to another. Why somebody is away is nobody's business.

    The deputy holds the absent person's roles there beside their own, never those that the other holds as a deputy.
    An authority's appointments take two people, for most of its roles do; a provider's take one, as its roles do.
    """

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("num_nonnulls(authority_id, provider_id) = 1", name="one_place"),
        CheckConstraint("ends_at > begins_at", name="has_a_term"),
        CheckConstraint(
            "deputy_id NOT IN (user_id, proposed_by_id)"
            " AND (decided_by_id IS NULL OR decided_by_id NOT IN (user_id, deputy_id))",
            name="nobody_appoints_themselves",
        ),
        CheckConstraint(
            "status NOT IN ('agreed', 'refused') OR decided_by_id IS NOT NULL OR provider_id IS NOT NULL",
            name="agreed_by_two",
        ),
        CheckConstraint("(decided_by_id IS NULL) = (decided_at IS NULL)", name="decided_by_somebody"),
        Index("ix_absence_user_id", "user_id"),
        Index("ix_absence_deputy_id", "deputy_id"),
    )

    id: Mapped[Id]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    """Who is away."""
    deputy_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    authority_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contracting_authority.id"), index=True)
    provider_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("provider.id"), index=True)
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    """Exclusive; moved to the instant at which it was ended early."""
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    """Who took it back or ended it before its time."""
    status: Mapped[AbsenceStatus] = one_of(
        AbsenceStatus, default=AbsenceStatus.PROPOSED, server_default=text("'proposed'")
    )

    user: Mapped[User] = relationship(foreign_keys=[user_id], lazy="joined", innerjoin=True)
    deputy: Mapped[User] = relationship(foreign_keys=[deputy_id])
    proposed_by: Mapped[User] = relationship(foreign_keys="Absence.proposed_by_id")
    authority: Mapped[ContractingAuthority | None] = relationship()
    provider: Mapped[Provider | None] = relationship()

    policy_object = "absence"

    @property
    def concerned(self) -> tuple[uuid.UUID, ...]:
        """Whom it is about: neither of the two confirms it."""
        return (self.user_id, self.deputy_id)

    @property
    def first_day(self) -> date:
        """The day on which it begins, in Europe/London."""
        return local_date(self.begins_at)

    @property
    def last_day(self) -> date:
        """The day on which it ends, in Europe/London."""
        return local_date(self.ends_at - timedelta(microseconds=1))

    def standing(self, now: datetime) -> Standing:
        """Where it stands."""
        if self.status is not AbsenceStatus.AGREED:
            return _NOT_AGREED[self.status]
        return Standing.TO_COME if now < self.begins_at else Standing.NOW if now < self.ends_at else Standing.OVER

    @classmethod
    def holds_at(cls, instant: Any) -> Any:
        """SQL: whether the deputy stands in at the instant."""
        return and_(cls.status == AbsenceStatus.AGREED, cls.begins_at <= instant, cls.ends_at > instant)


_COLUMNS = (HeldRole.id, HeldRole.role, HeldRole.authority_id, HeldRole.provider_id)
_OWN = select(*_COLUMNS, HeldRole.panel_id, HeldRole.user_id).where(HeldRole.ended_at.is_(None))
_LENT = (
    select(*_COLUMNS, null().label("panel_id"), Absence.deputy_id.label("user_id"))
    .join(Absence, Absence.user_id == HeldRole.user_id)
    .where(
        HeldRole.ended_at.is_(None),
        or_(HeldRole.authority_id == Absence.authority_id, HeldRole.provider_id == Absence.provider_id),
        Absence.holds_at(func.clock_timestamp()),
    )
)
RoleInForce = aliased(HeldRole, union_all(_OWN, _LENT).subquery("role_in_force"), adapt_on_names=True)
"""Roles as people can use them now: their own, and those of whom they stand in for."""
