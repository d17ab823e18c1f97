"""People, the roles they hold, how they sign in."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.audit.subjects import OnSystemChain
from portal.core.approval import Approval, Half
from portal.core.columns import CreatedAt, Id, Model, one_of
from portal.core.errors import WrongState
from portal.core.lifecycle import Lifecycle
from portal.core.permissions import Actor, Role
from portal.core.personal import ERASED, address_index, new_person_key, seal, unseal
from portal.organisations.models import ContractingAuthority, Provider


class Language(StrEnum):
    """The languages that mail is written in, as BCP 47 names them."""

    ENGLISH = "en"


class User(OnSystemChain, Model):
    """A person. A young panel member has an alias for a name and neither e-mail address nor password.

    Who was invited has an address and no password until they have chosen one.
    """

    __tablename__ = "user_account"
    __table_args__ = (
        CheckConstraint("password_hash IS NULL OR email_index IS NOT NULL", name="password_with_email"),
        CheckConstraint("(email_index IS NULL) = (email_sealed IS NULL)", name="email_with_index"),
        CheckConstraint("(person_key IS NULL) = (name_sealed IS NULL)", name="named_while_there_is_a_key"),
        CheckConstraint(
            "person_key IS NOT NULL OR (email_sealed IS NULL AND NOT is_active)", name="nothing_without_a_key"
        ),
        Index("uq_user_account_email_index", "email_index", unique=True),
    )

    id: Mapped[Id]
    person_key: Mapped[bytes | None]
    """The person's own key, wrapped; none once they are erased, and what it sealed is unreadable from then on."""
    name_sealed: Mapped[bytes | None]
    email_sealed: Mapped[bytes | None]
    email_index: Mapped[bytes | None]
    """What the address is found by (portal/accounts/people.py)."""
    email_confirmed_at: Mapped[datetime | None]
    """When somebody who reads the address's mail said so; until then mail with a link of its own alone goes there."""
    language: Mapped[Language] = one_of(Language, default=Language.ENGLISH, server_default=text("'en'"))
    password_hash: Mapped[str | None]
    totp_sealed: Mapped[bytes | None]
    """The second factor's secret, encrypted with the installation's factor key."""
    totp_step: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """The last time step whose code was accepted: a code works once."""
    totp_drift: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """By how many steps the authenticator's clock is off."""
    totp_near: Mapped[int | None]
    """By how many the last code was off that came too late or too early; two alike in a row show the clock."""
    is_active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    created_at: Mapped[CreatedAt]

    held_roles: Mapped[list[HeldRole]] = relationship(back_populates="user")

    ledger_object = "user"

    @property
    def awaits_joining(self) -> bool:
        """Whether the person was invited and has not chosen a password yet."""
        return self.email_index is not None and self.password_hash is None

    def __init__(self, **values: Any) -> None:
        # First the key: name and address stand under it from the moment that they are set.
        self.id = values.pop("id", None) or uuid.uuid4()
        self.person_key = new_person_key(self.id)
        super().__init__(**values)

    @property
    def display_name(self) -> str:
        """Their name; "Erased person" once they are erased."""
        return self.unseal("name", self.name_sealed) or ERASED

    @display_name.setter
    def display_name(self, name: str) -> None:
        self.name_sealed = self.seal("name", name)

    @property
    def email(self) -> str | None:
        """Their e-mail address in small letters; none for a young person."""
        return self.unseal("email", self.email_sealed)

    @email.setter
    def email(self, address: str | None) -> None:
        self.email_sealed = None if address is None else self.seal("email", address)
        self.email_index = None if address is None else address_index(address)

    def seal(self, what: str, typed: str) -> bytes:
        """Seal words about this person under their own key."""
        if self.person_key is None:
            raise WrongState("This person has been erased.")
        return seal(typed, key=self.person_key, person_id=self.id, what=what)

    def unseal(self, what: str, sealed: bytes | None) -> str | None:
        """Read what was sealed; none where nothing was, or the person is erased."""
        if sealed is None or self.person_key is None:
            return None
        return unseal(sealed, key=self.person_key, person_id=self.id, what=what)


class HeldRole(Model):
    """A role that a person holds in an authority, a provider, on a panel, or else on the platform."""

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint("num_nonnulls(authority_id, provider_id, panel_id) <= 1", name="one_place"),
        CheckConstraint(
            "(num_nonnulls(authority_id, provider_id, panel_id) = 0) = (role = 'platform_administrator')",
            name="platform_role_without_place",
        ),
        Index(
            "uq_membership_in_force",
            "user_id",
            "role",
            "authority_id",
            "provider_id",
            "panel_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
            postgresql_nulls_not_distinct=True,
        ),
    )

    id: Mapped[Id]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    role: Mapped[Role] = one_of(Role)
    authority_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contracting_authority.id"), index=True)
    provider_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("provider.id"), index=True)
    # The panel's table belongs to a later stage: known here by its name alone.
    panel_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("panel.id"), index=True)
    created_at: Mapped[CreatedAt]
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(back_populates="held_roles")


class GrantStatus(StrEnum):
    """A role that takes two people to give waits, and then is in force, refused, or not wanted any more."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


GRANT = Lifecycle(
    "role", {GrantStatus.PROPOSED: frozenset({GrantStatus.CONFIRMED, GrantStatus.REFUSED, GrantStatus.WITHDRAWN})}
)


class AboutPerson(Approval):
    """An act of two people about a third, its `user`: what is said of them stands under their key."""

    user: Any
    note_sealed: Mapped[bytes | None] = mapped_column()

    @property
    def decision_note(self) -> str:
        """Why it was refused."""
        return self.user.unseal("decision note", self.note_sealed) or ""

    @decision_note.setter
    def decision_note(self, note: str) -> None:
        self.note_sealed = self.user.seal("decision note", note) if note else None


class GivenByTwo(AboutPerson):
    """What an administrator proposes to give in an organisation, and another confirms who is none it is about."""

    user_id: Any
    authority_id: Any
    provider_id: Any
    authority: Any
    provider: Any
    status: Any
    policy_object: str

    @property
    def place(self) -> Provider | ContractingAuthority:
        """Where it holds."""
        place: Provider | ContractingAuthority = self.provider if self.authority is None else self.authority
        return place

    @property
    def concerned(self) -> tuple[uuid.UUID, ...]:
        """Whom it is about: none of them confirms it."""
        return (self.user_id,)

    @property
    def first_people(self) -> tuple[Half, ...]:
        """Who proposed it, and whom it is about."""
        return (self.first_half, *(Half(person, self.proposed_at) for person in self.concerned))

    @property
    def is_successor(self) -> bool:
        """Whether the platform alone gives it, because the organisation's only administrator is gone."""
        return False

    @property
    def policy_state(self) -> str:
        """Its status."""
        state: str = self.status.value
        return state

    def policy_roles(self, actor: Actor) -> frozenset[Role]:
        """Roles in the organisation; the platform's too in an authority, where it may have to confirm."""
        if self.is_successor:
            return actor.platform_roles
        if self.authority_id is None:
            return actor.towards_provider(self.provider_id)
        return actor.towards_authority(self.authority_id) | actor.platform_roles


class RoleGrant(GivenByTwo, OnSystemChain, Model):
    """A role that is half of an act of two people, proposed by one administrator and confirmed by another.

    Once confirmed the role is a `HeldRole` like any other; until then it is nothing but a proposal. The platform's
    administrators give one so, too: the administrator's, in an organisation whose own one is gone.
    """

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint(
            "user_id <> proposed_by_id AND (decided_by_id IS NULL OR decided_by_id <> user_id)",
            name="neither_is_the_grantee",
        ),
        CheckConstraint(
            "(status IN ('confirmed', 'refused')) = (decided_by_id IS NOT NULL)"
            " AND (decided_by_id IS NULL) = (decided_at IS NULL)",
            name="decided_by_somebody",
        ),
        Index(
            "uq_role_grant_waiting",
            "user_id",
            "role",
            "authority_id",
            unique=True,
            postgresql_where=text("status = 'proposed'"),
        ),
        CheckConstraint("num_nonnulls(authority_id, provider_id) = 1", name="one_place"),
        CheckConstraint(
            "(asked_sealed IS NULL) = (checked_sealed IS NULL)"
            " AND (asked_sealed IS NOT NULL OR provider_id IS NULL)"
            " AND (asked_sealed IS NULL OR role IN ('authority_administrator', 'provider_administrator'))",
            name="successor_with_grounds",
        ),
    )

    id: Mapped[Id]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    role: Mapped[Role] = one_of(Role)
    authority_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contracting_authority.id"), index=True)
    provider_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("provider.id"), index=True)
    asked_sealed: Mapped[bytes | None]
    """Who asked for a successor, under the successor's key."""
    checked_sealed: Mapped[bytes | None]
    """How it was made sure that the request is the organisation's."""
    status: Mapped[GrantStatus] = one_of(GrantStatus, default=GrantStatus.PROPOSED)

    user: Mapped[User] = relationship(foreign_keys=[user_id], lazy="joined", innerjoin=True)
    """At hand whenever the role is: the note is read and written with this person's key."""
    proposed_by: Mapped[User] = relationship(foreign_keys="RoleGrant.proposed_by_id")
    authority: Mapped[ContractingAuthority | None] = relationship()
    provider: Mapped[Provider | None] = relationship()

    policy_object = "role"

    @property
    def is_successor(self) -> bool:
        """Whether the platform gives it: then somebody said who asked."""
        return self.asked_sealed is not None

    @property
    def grounds(self) -> tuple[str | None, str | None]:
        """Who asked for a successor, and how that was checked."""
        return self.user.unseal("who asked", self.asked_sealed), self.user.unseal("how checked", self.checked_sealed)

    @grounds.setter
    def grounds(self, said: tuple[str, str]) -> None:
        self.asked_sealed, self.checked_sealed = (
            self.user.seal("who asked", said[0]),
            self.user.seal("how checked", said[1]),
        )


class UserSession(Model):
    """A signed-in browser. The cookie holds a random token, this row its hash: signing out really ends it."""

    __tablename__ = "user_session"

    id: Mapped[Id]
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[CreatedAt]
    last_seen_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    expires_at: Mapped[datetime]
    factor_at: Mapped[datetime | None]
    """When the second factor was last shown in this session; acts that need a fresh one look here."""
    revoked_at: Mapped[datetime | None]
    browser: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """Roughly what browser: "Firefox on Windows"; no version, no network address."""


class FailedGuess(Model):
    """One wrong try at a password or a code, for throttling; holds hashes, never what was typed."""

    __tablename__ = "failed_guess"
    __table_args__ = (
        Index("ix_failed_guess_target", "target_hash", "at"),
        Index("ix_failed_guess_place", "place_hash", "at"),
    )

    id: Mapped[Id]
    target_hash: Mapped[bytes]
    """What was guessed at."""
    place_hash: Mapped[bytes]
    """Where the guess came from: a network's address, or a device of the person's."""
    at: Mapped[CreatedAt]


class KnownDevice(Model):
    """A browser in which a person has signed in. Its cookie holds a random token, this row the hash."""

    __tablename__ = "known_device"
    __table_args__ = (UniqueConstraint("token_hash", "user_id", name="uq_known_device_token_hash_user_id"),)

    id: Mapped[Id]
    token_hash: Mapped[bytes]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[CreatedAt]
    last_used_at: Mapped[datetime]


class KeptForm(Model):
    """What a person typed into the form at an address and did not send: sealed, and nobody else's to see."""

    __tablename__ = "kept_form"
    __table_args__ = (UniqueConstraint("user_id", "address", name="uq_kept_form_user_id_address"),)

    id: Mapped[Id]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    address: Mapped[str]
    sealed: Mapped[bytes]
    kept_at: Mapped[datetime] = mapped_column(index=True)
