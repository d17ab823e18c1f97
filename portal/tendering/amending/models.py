"""Addenda: the only way in which a published invitation changes."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.audit.subjects import OnIttChain
from portal.core.approval import Approval
from portal.core.columns import Id, Model, one_of
from portal.core.permissions import Actor, Role
from portal.tendering.amending.differences import Difference, differences
from portal.tendering.amending.states import AddendumStatus, ChangedPart, EarlierAnswers
from portal.tendering.models import InvitationToTender


class Addendum(Approval, OnIttChain, Model):
    """One change, in words and in dates: what it sets anew, and, once published, what that was before."""

    __tablename__ = "addendum"
    __table_args__ = (
        UniqueConstraint("itt_id", "number", name="uq_addendum_itt_id_number"),
        Index("uq_addendum_proposed", "itt_id", unique=True, postgresql_where=text("status = 'proposed'")),
        CheckConstraint("(status = 'published') = (number IS NOT NULL)", name="published_is_numbered"),
        CheckConstraint("(status = 'proposed') = (decided_at IS NULL)", name="decided_or_proposed"),
        CheckConstraint("method_version IS NULL OR earlier_answers IS NOT NULL", name="says_what_answers_count"),
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
    visit_date: Mapped[date | None]
    presentations_date: Mapped[date | None]
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """{column: ISO value or None} of every date that it set anew, as it was before."""

    earlier_answers: Mapped[EarlierAnswers | None] = one_of(EarlierAnswers)
    """What answers given before count as; None where no question or criterion changes."""
    time_reason: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    """Why the time that is left is enough for what changes; published with it."""
    method_version: Mapped[int | None]
    """The version of method and questions that it made, once published; None where it changed neither."""

    itt: Mapped[InvitationToTender] = relationship()
    method_changes: Mapped[list[MethodChange]] = relationship(
        back_populates="addendum", order_by="MethodChange.part, MethodChange.key"
    )

    policy_object = "addendum"
    one_person_if = "status = 'withdrawn'"

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


class MethodChange(Model):
    """One question or criterion that an addendum changes, brings or takes back: its row before and after.

    While it belongs to no addendum it is prepared, and officers alone read it. The database lets a published row
    change into exactly what the newest published addendum says.
    """

    __tablename__ = "method_change"
    __table_args__ = (
        Index(
            "uq_method_change_prepared",
            "itt_id",
            "part",
            "key",
            unique=True,
            postgresql_where=text("addendum_id IS NULL"),
        ),
        UniqueConstraint("addendum_id", "part", "key", name="uq_method_change_addendum_id_part_key"),
        CheckConstraint("num_nonnulls(before, after) >= 1", name="before_or_after"),
    )

    id: Mapped[Id]
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id"))
    addendum_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("addendum.id"))
    part: Mapped[ChangedPart] = one_of(ChangedPart)
    key: Mapped[str]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """The columns of its row as they were; None: it was not there."""
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """The columns of its row as they shall be; None: it is taken back."""

    itt: Mapped[InvitationToTender] = relationship()
    addendum: Mapped[Addendum | None] = relationship(back_populates="method_changes")

    @property
    def differences(self) -> list[Difference]:
        """What is different, field by field."""
        return differences(self.part, self.key, self.before, self.after)

    @property
    def title(self) -> str:
        """The question as it is asked from then on, or was; the name of the criterion."""
        held = self.after or self.before or {}
        return str(held["prompt" if self.part.is_question else "title"])

    def is_after(self, instant: datetime) -> bool:
        """Whether it was published later."""
        at = self.addendum.decided_at if self.addendum is not None else None
        return at is not None and at > instant

    def concerns(self, lot_id: uuid.UUID) -> bool:
        """Whether bids for that lot are asked it, or were."""
        lots = [held.get("lot_ids") or () for held in (self.before, self.after) if held is not None]
        return any(not each or str(lot_id) in each for each in lots)


DATES = (
    "closes_at", "questions_until", "answers_by_date", "award_date", "contract_start_date", "visit_date",
    "presentations_date",
)  # fmt: skip
"""What an addendum can set anew of the timetable, in the order of the timetable's page."""


def _read(name: str, held: str | None) -> datetime | date | None:
    if held is None:
        return None
    return date.fromisoformat(held) if name.endswith("_date") else datetime.fromisoformat(held)
