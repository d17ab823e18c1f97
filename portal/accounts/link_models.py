"""Links that are mailed and work once, and the change of an address, which takes two of them."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.audit.subjects import OnSystemChain
from portal.core.columns import CreatedAt, Id, Model, one_of
from portal.core.personal import address_index


class LinkPurpose(StrEnum):
    """What the press that follows a mailed link does."""

    CONFIRM_ADDRESS = "confirm_address"
    RESET_PASSWORD = "reset_password"
    TAKE_ADDRESS = "take_address"
    STOP_CHANGE = "stop_change"
    JOIN = "join"


class AddressChange(OnSystemChain, Model):
    """Somebody wants another e-mail address: the new one has to be confirmed there, the old one can stop it."""

    __tablename__ = "address_change"
    id: Mapped[Id]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    old_sealed: Mapped[bytes]
    old_index: Mapped[bytes] = mapped_column(index=True)
    """What the address that was given up is found by: for a while nobody else gets it."""
    new_sealed: Mapped[bytes]
    asked_at: Mapped[CreatedAt]
    taken_at: Mapped[datetime | None]
    """When the new address was confirmed and became the person's."""
    stopped_at: Mapped[datetime | None]
    """When somebody at the old address, or a later wish of the person, ended it."""

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)
    """At hand whenever the change is: the addresses stand under this person's key."""

    def __init__(self, *, user: User, new_email: str, **values: Any) -> None:
        super().__init__(user=user, user_id=user.id, **values)
        old = user.email or ""
        self.old_sealed, self.old_index = user.seal("old address", old), address_index(old)
        self.new_sealed = user.seal("new address", new_email)

    @property
    def old_email(self) -> str:
        """The address before; empty once the person is erased."""
        return self.user.unseal("old address", self.old_sealed) or ""

    @property
    def new_email(self) -> str:
        """The address that is wanted; empty once the person is erased."""
        return self.user.unseal("new address", self.new_sealed) or ""


class MailedLink(Model):
    """A link in a mail. The row holds the token's hash; the token itself is only in the mail, and works once."""

    __tablename__ = "mailed_link"
    __table_args__ = (
        UniqueConstraint("event_id", "purpose", name="uq_mailed_link_event_id_purpose"),
        Index(
            "ix_mailed_link_unused",
            "user_id",
            "purpose",
            postgresql_where=text("used_at IS NULL AND withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    event_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("event.id"))
    asked_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    """Who caused it, where somebody had signed in: for an invitation whoever invited."""
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    purpose: Mapped[LinkPurpose] = one_of(LinkPurpose)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    change_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("address_change.id"))
    created_at: Mapped[CreatedAt]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    change: Mapped[AddressChange | None] = relationship()

    @property
    def address(self) -> str | None:
        """Where the mail with it goes: the person's address, or an end of the change that it is about."""
        if self.change is None:
            return self.user.email
        return self.change.new_email if self.purpose is LinkPurpose.TAKE_ADDRESS else self.change.old_email

    def works(self, now: datetime) -> bool:
        """Whether a press would still do something."""
        return self.used_at is None and self.withdrawn_at is None and now < self.expires_at
