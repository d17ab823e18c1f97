"""Bodies that buy together with the authority that runs an invitation."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from portal.audit.subjects import OnIttChain
from portal.core.columns import CreatedAt, Id, Model
from portal.core.words import listed
from portal.organisations.models import ContractingAuthority
from portal.tendering.models import OWNED, InvitationToTender


class JointBuyer(OnIttChain, Model):
    """An authority of the portal, or a body by its name alone; what it does, and that it has agreed."""

    __tablename__ = "joint_buyer"
    __table_args__ = (
        UniqueConstraint("itt_id", "authority_id", name="uq_joint_buyer_itt_id_authority_id"),
        CheckConstraint("(authority_id IS NULL) = (name <> '')", name="authority_or_name"),
        CheckConstraint("buys OR signs OR monitors", name="does_something"),
        CheckConstraint("(agreed_at IS NULL) = (agreed_by_id IS NULL)", name="agreed_by_somebody"),
        Index("uq_joint_buyer_monitors", "itt_id", unique=True, postgresql_where=text("monitors")),
    )

    id: Mapped[Id]
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id", ondelete="CASCADE"))
    authority_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contracting_authority.id"), index=True)
    name: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """Of a body that is no authority of the portal."""
    buys: Mapped[bool]
    signs: Mapped[bool]
    monitors: Mapped[bool]
    """Whether it looks after the contract; one body does."""
    agreement: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """How a body by name agreed, in the words of the officer who added it."""
    added_at: Mapped[CreatedAt]
    agreed_at: Mapped[datetime | None]
    agreed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))

    itt: Mapped[InvitationToTender] = relationship(
        backref=backref("joint_buyers", order_by="JointBuyer.added_at, JointBuyer.id", cascade=OWNED)
    )
    authority: Mapped[ContractingAuthority | None] = relationship(lazy="joined")

    @property
    def called(self) -> str:
        """Its name."""
        return self.authority.name if self.authority is not None else self.name

    @property
    def parts(self) -> list[str]:
        """What it does, in words."""
        said = (("buys", self.buys), ("signs the contract", self.signs), ("monitors the contract", self.monitors))
        return [words for words, does in said if does]

    @property
    def does_in_words(self) -> str:
        """The same as a part of a sentence: "buys and monitors the contract"."""
        return listed(self.parts)
