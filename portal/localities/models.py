"""A part of an authority's area, and its people."""

from __future__ import annotations

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.audit.subjects import OnSystemChain
from portal.core.columns import CreatedAt, Id, Model, folded
from portal.organisations.models import ContractingAuthority


class Locality(OnSystemChain, Model):
    """A district, a partnership or a neighbourhood; it may lie in another of the same authority."""

    __tablename__ = "locality"
    __table_args__ = (
        UniqueConstraint("authority_id", "name_fold", name="uq_locality_authority_id_name_fold"),
        CheckConstraint("parent_id <> id", name="not_within_itself"),
    )

    id: Mapped[Id]
    authority_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contracting_authority.id"))
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("locality.id"), index=True)
    name: Mapped[str]
    name_fold: Mapped[str] = folded("name")
    created_at: Mapped[CreatedAt]

    authority: Mapped[ContractingAuthority] = relationship()
    members: Mapped[list[LocalityMember]] = relationship(cascade="all, delete-orphan")


class LocalityMember(Model):
    """Somebody who works for a locality; a person may work for several. It gives nobody a right."""

    __tablename__ = "locality_member"

    locality_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("locality.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True, index=True)
