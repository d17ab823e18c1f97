"""Whoever follows an invitation by mail alone, without an account."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.audit.subjects import OnOwnChain
from portal.core.columns import CreatedAt, Id, Model
from portal.core.personal import address_index, new_person_key, seal, unseal
from portal.tendering.models import InvitationToTender


class MailFollower(OnOwnChain, Model):
    """An address that wants to hear of answers and changes; nothing goes there but the question until it is confirmed.

    In a chain of its own: in the invitation's its event would tell the authority that somebody follows.
    """

    __tablename__ = "mail_follower"
    __table_args__ = (UniqueConstraint("itt_id", "address_index", name="uq_mail_follower_itt_id_address_index"),)

    id: Mapped[Id]
    itt_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("itt.id"))
    person_key: Mapped[bytes]
    """A key of its own, which goes with the row."""
    address_sealed: Mapped[bytes]
    address_index: Mapped[bytes] = mapped_column(index=True)
    """What the address is found by."""
    asked_at: Mapped[CreatedAt]
    """When it was last written to, to be confirmed."""
    confirmed_at: Mapped[datetime | None]

    itt: Mapped[InvitationToTender] = relationship()

    def __init__(self, *, address: str, **values: Any) -> None:
        self.id = uuid.uuid4()
        self.person_key = new_person_key(self.id)
        self.address_sealed = seal(address, key=self.person_key, person_id=self.id, what="email")
        self.address_index = address_index(address)
        super().__init__(**values)

    @property
    def address(self) -> str:
        """The e-mail address."""
        return unseal(self.address_sealed, key=self.person_key, person_id=self.id, what="email")
