"""Addenda: the only way in which a published invitation changes."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.audit.subjects import OnIttChain
from portal.core.approval import Approval
from portal.core.columns import Id, Model, one_of
from portal.core.permissions import Actor, Role
from portal.tendering.amending.states import AddendumStatus
from portal.tendering.models import InvitationToTender


class Addendum(Approval, OnIttChain, Model):
    """One change, in words and in dates: what it sets anew, and, once published, what that was before."""

    __tablename__ = "addendum"
    __table_args__ = (
        UniqueConstraint("itt_id", "number", name="uq_addendum_itt_id_number"),
        Index("uq_addendum_proposed", "itt_id", unique=True, postgresql_where=text("status = 'proposed'")),
        CheckConstraint("(status = 'published') = (number IS NOT NULL)", name="published_is_numbered"),
        CheckConstraint("(status = 'proposed') = (decided_at IS NULL)", name="decided_or_proposed"),
    )

    id: Mapped[Id]
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id"))
    number: Mapped[int | None]
    """Its public number, given when it is published."""
    status: Mapped[AddendumStatus] = one_of(AddendumStatus, default=AddendumStatus.PROPOSED)
    words: Mapped[str] = mapped_column(Text)
    """What changes, as bidders read it."""
    reason: Mapped[str] = mapped_column(Text)
    """Why it changes; published with it."""
    closes_at: Mapped[datetime | None]
    """The new closing time; None, here and below: it stays."""
    questions_until: Mapped[datetime | None]
    answers_by_date: Mapped[date | None]
    award_date: Mapped[date | None]
    contract_start_date: Mapped[date | None]
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """{column: ISO value or None} of every date that it set anew, as it was before."""

    itt: Mapped[InvitationToTender] = relationship()

    policy_object = "addendum"

    @property
    def policy_state(self) -> str:
        """Its status."""
        return self.status.value

    def policy_roles(self, actor: Actor) -> frozenset[Role]:
        """Roles in the authority that buys."""
        return actor.towards_authority(self.itt.authority_id)

    @property
    def dates(self) -> dict[str, datetime | date]:
        """What it sets anew, by column."""
        values = {name: getattr(self, name) for name in DATES}
        return {name: value for name, value in values.items() if value is not None}

    @property
    def dates_before(self) -> dict[str, datetime | date | None]:
        """What those were before it was published."""
        return {name: _read(name, held) for name, held in self.before.items()}


DATES = ("closes_at", "questions_until", "answers_by_date", "award_date", "contract_start_date")
"""What an addendum can set anew of the timetable, in the order of the timetable's page."""


def _read(name: str, held: str | None) -> datetime | date | None:
    if held is None:
        return None
    return date.fromisoformat(held) if name.endswith("_date") else datetime.fromisoformat(held)
