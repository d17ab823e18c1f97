"""A lot that two people draw between bids that nothing else parts (docs/drawn-lots.md)."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.audit.subjects import OnIttChain
from portal.core.columns import CreatedAt, Id, Model, one_of
from portal.evaluation.states import DrawStatus
from portal.tendering.models import InvitationToTender, Lot


class Draw(OnIttChain, Model):
    """One draw: the bids by their references, the hash of the opening's entry in the ledger, and what came of it."""

    __tablename__ = "draw"
    __table_args__ = (
        Index("uq_draw_lot_in_force", "lot_id", unique=True, postgresql_where=text("status IN ('open', 'done')")),
        CheckConstraint("status = 'superseded' OR (status = 'done') = (seed IS NOT NULL)", name="seed_matches"),
        CheckConstraint("(seed IS NULL) = (drawn IS NULL)", name="drawn_with_its_seed"),
        CheckConstraint("cardinality(bids) > 1", name="between_bids"),
    )

    id: Mapped[Id]
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id"), index=True)
    lot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lot.id"))
    status: Mapped[DrawStatus] = one_of(DrawStatus, default=DrawStatus.OPEN)
    bids: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """The references of the tied bids, in their alphabet's order, which means nothing."""
    opening_hash: Mapped[str]
    """Of the ledger's entry of the opening (hexadecimal): fixed before anybody knew that there would be a tie."""
    begun_at: Mapped[CreatedAt]
    seed: Mapped[str | None]
    drawn: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    """The references in the order that was drawn."""

    itt: Mapped[InvitationToTender] = relationship()
    lot: Mapped[Lot] = relationship()
    parts: Mapped[list[DrawPart]] = relationship(back_populates="draw", order_by="DrawPart.number")

    @property
    def values(self) -> list[str]:
        """The values that were revealed, in the order of the commitments."""
        return [part.value for part in self.parts if part.value is not None]

    def part_of(self, person_id: uuid.UUID | None) -> DrawPart | None:
        """What that person has committed to."""
        return next((part for part in self.parts if part.person_id == person_id), None)


class DrawPart(Model):
    """What one of the two people committed to, and later revealed."""

    __tablename__ = "draw_part"
    __table_args__ = (
        UniqueConstraint("draw_id", "person_id", name="uq_draw_part_two_people"),
        UniqueConstraint("draw_id", "commitment", name="uq_draw_part_own_commitment"),
        CheckConstraint("number IN (1, 2)", name="of_two"),
        CheckConstraint("commitment ~ '^[0-9a-f]{64}$'", name="commitment_is_sha256"),
        CheckConstraint("(value IS NULL) = (revealed_at IS NULL)", name="revealed_whole"),
    )

    draw_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("draw.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    commitment: Mapped[str]
    """SHA-256 of the value (hexadecimal)."""
    committed_at: Mapped[CreatedAt]
    value: Mapped[str | None]
    revealed_at: Mapped[datetime | None]

    draw: Mapped[Draw] = relationship(back_populates="parts")
