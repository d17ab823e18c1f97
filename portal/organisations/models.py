"""Contracting authorities and providers."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, and_, or_, text
from sqlalchemy.ext.hybrid import hybrid_method
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.audit.subjects import OnSystemChain
from portal.core.approval import Approval, two_people
from portal.core.columns import CreatedAt, Id, Model, folded, one_of
from portal.core.permissions import Actor, Role
from portal.organisations.states import (
    DECIDED,
    METHOD_WORDS,
    SuspensionStatus,
    VerificationMethod,
    VerificationStatus,
)
from portal.regulation.identifiers import Identifier, Scheme


class ContractingAuthority(OnSystemChain, Model):
    """A council or partnership that runs procurements."""

    __tablename__ = "contracting_authority"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    name_fold: Mapped[str] = folded("name", deferred=True)
    organisation_scheme: Mapped[str | None]
    organisation_number: Mapped[str | None]
    address: Mapped[str] = mapped_column(server_default=text("''"), default="")
    postcode: Mapped[str] = mapped_column(server_default=text("''"), default="")
    contact_email: Mapped[str] = mapped_column(server_default=text("''"), default="")
    emergency_line: Mapped[str] = mapped_column(server_default=text("''"), default="")
    """Whom a facilitator calls where a child may be in danger and no safeguarding lead can be reached."""
    requires_training: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    """Whether adults on its panels score only once their training is written down."""
    created_at: Mapped[CreatedAt]

    policy_object = "authority"
    policy_state = "active"

    def policy_roles(self, actor: Actor) -> frozenset[Role]:
        """Its own people's roles, and the platform's."""
        return actor.towards_authority(self.id) | actor.platform_roles


class Identified:
    """What somebody looks up in a register: a name and numbers, those of now or of then."""

    company_number: Any
    charity_scheme: Any
    charity_number: Any
    provider_key: Any

    @property
    def identifiers(self) -> list[Identifier]:
        """Its numbers in registers, the company's before the charity's."""
        found = []
        if self.company_number:
            found.append(Identifier(Scheme.COMPANY, self.company_number))
        if self.charity_number:
            found.append(
                Identifier(Scheme(self.charity_scheme or Scheme.CHARITY_ENGLAND_AND_WALES), self.charity_number)
            )
        return found

    @property
    def org_id(self) -> str:
        """The org-id code by which open data names it; of one that lost its only number a local one."""
        found = self.identifiers
        return found[0].org_id if found else f"provider-{self.provider_key}"


class Provider(Identified, OnSystemChain, Model):
    """An organisation that bids. Usable at once; "not yet verified" until it is proved that its number is its own."""

    __tablename__ = "provider"
    __table_args__ = (
        CheckConstraint(
            "company_number IS NOT NULL OR charity_number IS NOT NULL OR number_lost_at IS NOT NULL",
            name="has_a_registered_number",
        ),
        Index("uq_provider_company_number", "company_number", unique=True),
        Index("ix_provider_name_fold", "name_fold", "id"),
        Index("uq_provider_charity_number", "charity_scheme", "charity_number", unique=True),
    )

    id: Mapped[Id]
    name: Mapped[str]
    name_fold: Mapped[str] = folded("name")
    company_number: Mapped[str | None]
    charity_scheme: Mapped[str | None]
    charity_number: Mapped[str | None]
    address: Mapped[str] = mapped_column(server_default=text("''"), default="")
    postcode: Mapped[str] = mapped_column(server_default=text("''"), default="")
    parent: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """The organisation that owns or controls it, in its own words; empty where none does."""
    number_lost_at: Mapped[datetime | None]
    """When officers decided that a number which it had registered belongs to another."""
    is_sme: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    is_vcse: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    created_at: Mapped[CreatedAt]

    verification: Mapped[Verification | None] = relationship(
        primaryjoin="and_(Verification.provider_id == Provider.id, Verification.status == 'verified')",
        viewonly=True,
        uselist=False,
    )
    """What proves its number now; None: nothing does (yet, or any more)."""
    verifications: Mapped[list[Verification]] = relationship(
        back_populates="provider", order_by="Verification.begun_at.desc()"
    )
    """Every try, the last first."""
    former: Mapped[list[FormerIdentity]] = relationship(order_by="FormerIdentity.until")
    """What it was called before, the oldest first."""
    alerts: Mapped[list[ProviderAlert]] = relationship(
        back_populates="provider", cascade="all, delete-orphan", order_by="ProviderAlert.cpv_code"
    )

    def at(self, instant: datetime | None) -> Provider | FormerIdentity:
        """Itself, or what it was called at `instant`: what was done then was done under that name and number."""
        return next((one for one in self.former if instant is not None and instant < one.until), self)

    def called(self, instant: datetime | None) -> str:
        """Its name, and that of `instant` where it was another: "Demo North, then Demo Care"."""
        then = self.at(instant).name
        return self.name if then == self.name else f"{self.name}, then {then}"

    @property
    def provider_key(self) -> uuid.UUID:
        """Which provider it is or was."""
        return self.id

    policy_object = "provider"

    @property
    def policy_state(self) -> str:
        """Verified or not yet."""
        return "verified" if self.verification else "not_yet_verified"

    def policy_roles(self, actor: Actor) -> frozenset[Role]:
        """Its own people's roles, and those of officers who check new providers."""
        return actor.towards_provider(self.id) | (actor.roles & {Role.AUTHORITY_ADMINISTRATOR}) | actor.platform_roles


class FormerIdentity(Identified, Model):
    """What an organisation was called, and under which numbers, until an instant. Never changed."""

    __tablename__ = "former_identity"
    __table_args__ = (Index("ix_former_identity_provider_id", "provider_id", "until"),)

    id: Mapped[Id]
    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("provider.id", ondelete="CASCADE"))
    name: Mapped[str]
    company_number: Mapped[str | None]
    charity_scheme: Mapped[str | None]
    charity_number: Mapped[str | None]
    parent: Mapped[str] = mapped_column(default="", server_default=text("''"))
    until: Mapped[datetime]

    @property
    def provider_key(self) -> uuid.UUID:
        """Which provider it is or was."""
        return self.provider_id


class Verification(Model):
    """One try to prove that an organisation's number is its own: how, by whom, when, and what was seen."""

    __tablename__ = "verification"
    __table_args__ = (
        Index("ix_verification_provider_id", "provider_id"),
        Index(
            "uq_verification_provider_id_in_force",
            "provider_id",
            unique=True,
            postgresql_where=text("status = 'verified'"),
        ),
        Index(
            "uq_verification_provider_id_asked", "provider_id", unique=True, postgresql_where=text("status = 'asked'")
        ),
        CheckConstraint("(status IN ('refused', 'withdrawn')) = (reason <> '')", name="ended_with_a_reason"),
        CheckConstraint(
            "status NOT IN ('verified', 'withdrawn') OR proved_at IS NOT NULL", name="proved_at_an_instant"
        ),
        CheckConstraint("method = 'before_records' OR begun_by_id IS NOT NULL", name="begun_by_somebody"),
        CheckConstraint("(method = 'post') = (code_hash IS NOT NULL)", name="posted_with_a_code"),
        CheckConstraint("(method = 'domain') = (domain <> '')", name="domain_is_named"),
    )

    id: Mapped[Id]
    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("provider.id", ondelete="CASCADE"))
    method: Mapped[VerificationMethod] = one_of(VerificationMethod)
    status: Mapped[VerificationStatus] = one_of(VerificationStatus)
    begun_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    """The officer who looked the number up, or printed the letter."""
    begun_at: Mapped[CreatedAt]
    seen: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """What the officer looked at, in their own words; of a letter, the address in the register."""
    domain: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """The organisation's own, as an officer confirmed; an address there proves that somebody is of it."""
    seen_on: Mapped[date | None]
    """The day on which they looked."""
    code_hash: Mapped[bytes | None]
    expires_at: Mapped[datetime | None]
    wrong_codes: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    proved_at: Mapped[datetime | None]
    proved_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    """The officer, or the person of the organisation who typed the code in."""
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str] = mapped_column(default="", server_default=text("''"))
    """Why it was refused or withdrawn; the organisation reads it."""

    provider: Mapped[Provider] = relationship(back_populates="verifications")

    @property
    def how(self) -> str:
        """The method in words."""
        return METHOD_WORDS[self.method]


class Suspension(Approval, OnSystemChain, Model):
    """An organisation is kept from going on for a while: proposed by one officer, decided by another, lifted so."""

    __tablename__ = "suspension"
    __table_args__ = (
        Index("ix_suspension_provider_id", "provider_id"),
        Index(
            "uq_suspension_provider_id_authority_id_open",
            "provider_id",
            "authority_id",
            unique=True,
            postgresql_where=text("status IN ('proposed', 'in_force', 'lift_proposed')"),
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("reason <> ''", name="with_a_reason"),
        CheckConstraint("ends_at IS NULL OR ends_at > starts_at", name="has_a_term"),
        CheckConstraint("(status = 'lifted') = (lifted_at IS NOT NULL)", name="lifted_at_matches"),
        two_people(decider="lifted_by_id", proposer="lift_proposed_by_id", name="lift_two_people"),
    )

    id: Mapped[Id]
    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("provider.id"))
    authority_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contracting_authority.id"))
    """Whose frameworks and procurements it is kept from; None: everybody's, by the platform."""
    status: Mapped[SuspensionStatus] = one_of(SuspensionStatus, default=SuspensionStatus.PROPOSED)
    reason: Mapped[str]
    """The organisation reads it."""
    starts_at: Mapped[datetime]
    """As proposed; never before it is decided."""
    ends_at: Mapped[datetime | None]
    """None: until it is lifted."""
    review_date: Mapped[date]
    """The day by which the officers look at it again."""
    lift_reason: Mapped[str] = mapped_column(default="", server_default=text("''"))
    lift_proposed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    lift_proposed_at: Mapped[datetime | None]
    lifted_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    lifted_at: Mapped[datetime | None]

    provider: Mapped[Provider] = relationship()
    authority: Mapped[ContractingAuthority | None] = relationship()

    policy_object = "suspension"

    @property
    def policy_state(self) -> str:
        """Its status."""
        return self.status.value

    def policy_roles(self, actor: Actor) -> frozenset[Role]:
        """The administrators of whoever suspends: the authority's, or the platform's."""
        return actor.platform_roles if self.authority_id is None else actor.towards_authority(self.authority_id)

    @hybrid_method
    def is_running(self, instant: datetime) -> bool:
        """Whether it kept the organisation at `instant`: decided, begun, and neither ended nor lifted."""
        begun = self.status in DECIDED and self.starts_at <= instant
        over = (self.ends_at is not None and self.ends_at <= instant) or (
            self.lifted_at is not None and self.lifted_at <= instant
        )
        return begun and not over

    @is_running.expression
    @classmethod
    def _is_running(cls, instant: datetime) -> ColumnElement[bool]:
        return and_(
            cls.status.in_(DECIDED),
            cls.starts_at <= instant,
            or_(cls.ends_at.is_(None), cls.ends_at > instant),
            or_(cls.lifted_at.is_(None), cls.lifted_at > instant),
        )


class ProviderAlert(Model):
    """A CPV code that a provider wants to hear of: an ITT that carries it is mailed to its people."""

    __tablename__ = "provider_alert"

    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("provider.id", ondelete="CASCADE"), primary_key=True)
    cpv_code: Mapped[str] = mapped_column(primary_key=True, index=True)

    provider: Mapped[Provider] = relationship(back_populates="alerts")


class Setting(Model):
    """A place where a provider works, such as a children's home; the provider keeps capacity and vacancies itself."""

    __tablename__ = "setting"
    __table_args__ = (
        CheckConstraint("capacity >= 0 AND vacancies >= 0 AND vacancies <= capacity", name="vacancies_within_capacity"),
        Index("ix_setting_provider_id", "provider_id"),
        Index("ix_setting_area_fold", "area_fold", "id", postgresql_where=text("closed_at IS NULL")),
        Index("ix_setting_name_fold", "name_fold", "id", postgresql_where=text("closed_at IS NULL")),
    )

    id: Mapped[Id]
    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("provider.id", ondelete="CASCADE"))
    name: Mapped[str]
    name_fold: Mapped[str] = folded("name")
    address: Mapped[str] = mapped_column(server_default=text("''"), default="")
    postcode: Mapped[str] = mapped_column(server_default=text("''"), default="")
    postcode_fold: Mapped[str] = folded("postcode", deferred=True)
    area: Mapped[str]
    """The council area that it lies in, in the words that a framework's lots use for areas."""
    area_fold: Mapped[str] = folded("area", deferred=True)
    registration_number: Mapped[str] = mapped_column(server_default=text("''"), default="")
    """The regulator's number, such as an Ofsted URN; empty where none is needed."""
    registration_fold: Mapped[str] = folded("registration_number", deferred=True)
    capacity: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """Places."""
    vacancies: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    vacancies_at: Mapped[datetime | None]
    """When the provider last said how many places are free."""
    created_at: Mapped[CreatedAt]
    closed_at: Mapped[datetime | None]

    provider: Mapped[Provider] = relationship()

    policy_object = "setting"

    @property
    def policy_state(self) -> str:
        """Open or closed."""
        return "closed" if self.closed_at else "open"

    def policy_roles(self, actor: Actor) -> frozenset[Role]:
        """Its provider's people."""
        return actor.towards_provider(self.provider_id)
