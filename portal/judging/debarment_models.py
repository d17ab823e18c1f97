"""The debarment list as it was read: who is on it, for what, until when (PA2023 s.62)."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.audit.subjects import OnSystemChain
from portal.core.columns import CreatedAt, Id, Model


class DebarmentList(OnSystemChain, Model):
    """The list of one day. It is never changed: the next reading is a list of its own."""

    __tablename__ = "debarment_list"

    id: Mapped[Id]
    read_on_date: Mapped[date] = mapped_column(unique=True)
    """The day on which it was as it stands here, on GOV.UK."""
    brought_in_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    brought_in_at: Mapped[CreatedAt]

    entries: Mapped[list[DebarmentEntry]] = relationship(order_by="DebarmentEntry.name")


class DebarmentEntry(Model):
    """Somebody who is on it, and what the list has to say of it (PA2023 s.62(4))."""

    __tablename__ = "debarment_entry"
    __table_args__ = (CheckConstraint("btrim(name) <> ''", name="has_a_name"),)

    id: Mapped[Id]
    list_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("debarment_list.id"), index=True)
    name: Mapped[str]
    number: Mapped[str]
    """Of a company or charity, or another that the list gives; "" where it gives none."""
    ground: Mapped[str]
    is_mandatory: Mapped[bool]
    until_date: Mapped[date | None]
    """When the ground is expected to cease to apply."""
    contracts: Mapped[str]
    """The contracts that a threat to national security keeps it from; "" where it is all of them."""
