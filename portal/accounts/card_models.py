"""Codes that are handed over on paper, and the PIN that a young person adds to theirs."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.columns import CreatedAt, Id, Model, one_of

NONE_YET = text("0")


class CardPurpose(StrEnum):
    """What a code that is handed over on paper is for."""

    SITTING = "sitting"
    JOINING = "joining"


class AccessCard(Model):
    """A code that is handed over.

    A young panel member's card opens sittings together with their PIN, until the facilitator issues the next; a new
    colleague's code lets them choose their password, once.
    """

    __tablename__ = "access_card"

    id: Mapped[Id]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    purpose: Mapped[CardPurpose] = one_of(CardPurpose)
    code_hash: Mapped[bytes] = mapped_column(unique=True)
    issued_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    issued_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    """When it was used first."""
    uses: Mapped[int] = mapped_column(default=0, server_default=NONE_YET)
    """How many sittings it opened."""
    took_over: Mapped[int] = mapped_column(default=0, server_default=NONE_YET)
    """How many of them ended one that was still open, on another device as a rule."""
    wrong_pins: Mapped[int] = mapped_column(default=0, server_default=NONE_YET)
    """In a row; too many stop the card."""
    withdrawn_at: Mapped[datetime | None]

    def works(self, now: datetime) -> bool:
        """Whether it is in force."""
        return self.withdrawn_at is None and self.expires_at > now


class SittingPin(Model):
    """The PIN that a young person chose; every card of theirs asks for it, and no adult can set or read it."""

    __tablename__ = "sitting_pin"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    pin_hash: Mapped[str]
    """Slow, as a password's, over a hash under the installation's key: a short PIN needs both."""
    set_at: Mapped[CreatedAt]
