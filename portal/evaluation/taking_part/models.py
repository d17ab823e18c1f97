"""Who agreed that a young person takes part, who supported each sitting, and when sittings are open."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.columns import CreatedAt, Id, Model, one_of
from portal.evaluation.taking_part.states import AgeBand, ParentSaidBy, Supporter

PARENTS_UNTIL = 16
"""Under which age a parent's consent is asked for, where the authority says nothing else."""
OPENS_AT, CLOSES_AT = time(7), time(21)
EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)


class TakingPart(Model):
    """That a young person takes part: their own consent, and a parent's where one is needed. No parent is named."""

    __tablename__ = "taking_part"
    __table_args__ = (
        CheckConstraint("(parent_said_by IS NULL) = (parent_said_on IS NULL)", name="parent_said_how_and_when"),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    age_band: Mapped[AgeBand] = one_of(AgeBand)
    parent_said_by: Mapped[ParentSaidBy | None] = one_of(ParentSaidBy)
    parent_said_on: Mapped[date | None]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[CreatedAt]
    agreed_at: Mapped[datetime | None]
    """When the young person said that they take part, having read what is kept."""
    practice_played: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    """Of the made-up answers, how many they have judged; what they picked is kept nowhere."""
    practised_at: Mapped[datetime | None]


class SupportedSitting(Model):
    """One sitting, and who sat beside the young person."""

    __tablename__ = "supported_sitting"

    id: Mapped[Id]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    session_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    """The session that it was said in; the session's own row goes earlier."""
    supporter: Mapped[Supporter] = one_of(Supporter)
    began_at: Mapped[CreatedAt]


class SatTogether(Model):
    """That somebody of a pair was there in the other's sitting: they typed their own PIN."""

    __tablename__ = "sat_together"

    sitting_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("supported_sitting.id", ondelete="CASCADE"), primary_key=True
    )
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel_member.id"), primary_key=True, index=True)
    came_at: Mapped[CreatedAt]


class YoungChair(Model):
    """Whom a group of young people has as its chair, from when to when; nobody is erased from it but by their alias."""

    __tablename__ = "young_chair"
    __table_args__ = (
        Index("uq_young_chair_in_force", "panel_id", unique=True, postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[Id]
    panel_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel.id"))
    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel_member.id"), index=True)
    named_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    named_at: Mapped[CreatedAt]
    ended_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    """When they said that the group has finished agreeing; none again once a score is agreed anew."""


class SittingTimes(Model):
    """When the young people of a panel can sit, by the clocks of the United Kingdom, and whose parents are asked."""

    __tablename__ = "sitting_times"
    __table_args__ = (
        CheckConstraint("closes_at > opens_at OR closes_at = '00:00'", name="closes_after_it_opens"),
        CheckConstraint("cardinality(weekdays) > 0", name="some_day"),
    )

    panel_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel.id", ondelete="CASCADE"), primary_key=True)
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    """0 is Monday."""
    opens_at: Mapped[time]
    closes_at: Mapped[time]
    """Midnight is the end of the day."""
    parents_until: Mapped[int] = mapped_column(SmallInteger, server_default=text("16"))
    """Under which age a parent's consent is asked for."""
    practice_first: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether they practise on made-up answers before they score."""
