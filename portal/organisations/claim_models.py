"""Somebody says that a number which is registered here is theirs."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.audit.subjects import OnSystemChain
from portal.core.approval import Half, two_people
from portal.core.columns import CreatedAt, Id, Model, one_of
from portal.core.permissions import Actor, Role
from portal.core.personal import new_person_key, seal, unseal
from portal.organisations.models import Provider
from portal.organisations.states import ClaimStatus
from portal.regulation.identifiers import Identifier, Scheme


class NumberClaim(OnSystemChain, Model):
    """A claim to a number: its holder is asked, an officer decides, and two move the number."""

    __tablename__ = "number_claim"
    __table_args__ = (
        Index("ix_number_claim_number", "scheme", "number"),
        two_people(decider="decided_by_id", proposer="proposed_by_id"),
        CheckConstraint("status <> 'upheld' OR proposed_by_id IS NOT NULL", name="upheld_by_two"),
        CheckConstraint("(status IN ('upheld', 'dismissed')) = (decided_at IS NOT NULL)", name="decided_at_matches"),
        CheckConstraint("taken_up_at IS NULL OR status = 'upheld'", name="taken_up_once_upheld"),
    )

    id: Mapped[Id]
    code_hash: Mapped[bytes] = mapped_column(unique=True)
    """Of the code that whoever claims keeps: it shows what became of the claim, and takes the number up."""
    scheme: Mapped[Scheme] = one_of(Scheme)
    number: Mapped[str]
    holder_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("provider.id"), index=True)
    person_key: Mapped[bytes | None]
    """A key of its own: whoever claims is a stranger, and what they say of themselves stands under it."""
    contact_sealed: Mapped[bytes | None]
    words_sealed: Mapped[bytes | None]
    status: Mapped[ClaimStatus] = one_of(ClaimStatus, default=ClaimStatus.OPEN)
    claimed_at: Mapped[CreatedAt]
    answer_due_on: Mapped[date | None]
    """The holder has until the end of this day to answer."""
    answer: Mapped[str] = mapped_column(default="", server_default=text("''"))
    answered_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """Why it is decided so; both sides read it."""
    proposed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    proposed_at: Mapped[datetime | None]
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    taken_up_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("provider.id"))
    taken_up_at: Mapped[datetime | None]

    holder: Mapped[Provider] = relationship(foreign_keys=[holder_id])

    @property
    def first_half(self) -> Half:
        """Who proposed to move the number, and when."""
        return Half(self.proposed_by_id, self.proposed_at)

    policy_object = "number_claim"

    def __init__(self, **values: Any) -> None:
        # First the key: what is said stands under it from the moment that it is set.
        self.id = uuid.uuid4()
        self.person_key = new_person_key(self.id)
        super().__init__(**values)

    @property
    def policy_state(self) -> str:
        """Its status."""
        return self.status.value

    def policy_roles(self, actor: Actor) -> frozenset[Role]:
        """The holder's people, and those who check organisations."""
        checking = actor.roles & {Role.AUTHORITY_ADMINISTRATOR}
        return actor.towards_provider(self.holder_id) | checking | actor.platform_roles

    @property
    def identifier(self) -> Identifier:
        """The number that is claimed."""
        return Identifier(self.scheme, self.number)

    @property
    def contact(self) -> str:
        """Who claims, in their words: organisation, person, e-mail address, telephone."""
        return self._read("contact", self.contact_sealed)

    @contact.setter
    def contact(self, said: str) -> None:
        self.contact_sealed = self._seal("contact", said)

    @property
    def words(self) -> str:
        """Why the number is theirs, in their words."""
        return self._read("words", self.words_sealed)

    @words.setter
    def words(self, said: str) -> None:
        self.words_sealed = self._seal("words", said)

    def _seal(self, what: str, said: str) -> bytes:
        assert self.person_key is not None
        return seal(said, key=self.person_key, person_id=self.id, what=what)

    def _read(self, what: str, sealed: bytes | None) -> str:
        if sealed is None or self.person_key is None:
            return ""
        return unseal(sealed, key=self.person_key, person_id=self.id, what=what)
