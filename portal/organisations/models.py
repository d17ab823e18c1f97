"""Contracting authorities and providers."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.audit.subjects import OnSystemChain
from portal.core.columns import CreatedAt, Id, Model, folded
from portal.core.permissions import Actor, Role
from portal.regulation.identifiers import Identifier, Scheme


class ContractingAuthority(Model):
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
    created_at: Mapped[CreatedAt]

    policy_object = "authority"
    policy_state = "active"

    def policy_roles(self, actor: Actor) -> frozenset[Role]:
        """Its own people's roles, and the platform's."""
        return actor.towards_authority(self.id) | actor.platform_roles


class Provider(OnSystemChain, Model):
    """An organisation that bids. Usable at once; "not yet verified" until an officer checked its number."""

    __tablename__ = "provider"
    __table_args__ = (
        CheckConstraint("(verified_at IS NULL) = (verified_by_id IS NULL)", name="verified_by_somebody"),
        CheckConstraint("company_number IS NOT NULL OR charity_number IS NOT NULL", name="has_a_registered_number"),
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
    is_sme: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    is_vcse: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    created_at: Mapped[CreatedAt]
    verified_at: Mapped[datetime | None]
    verified_by_id: Mapped[uuid.UUID | None]
    verification_note: Mapped[str | None]
    """What the officer looked up, in their own words."""

    alerts: Mapped[list[ProviderAlert]] = relationship(
        back_populates="provider", cascade="all, delete-orphan", order_by="ProviderAlert.cpv_code"
    )

    @property
    def identifiers(self) -> list[Identifier]:
        """Its numbers in registers, the company's before the charity's; there is always one."""
        found = []
        if self.company_number:
            found.append(Identifier(Scheme.COMPANY, self.company_number))
        if self.charity_number:
            found.append(
                Identifier(Scheme(self.charity_scheme or Scheme.CHARITY_ENGLAND_AND_WALES), self.charity_number)
            )
        return found

    policy_object = "provider"

    @property
    def policy_state(self) -> str:
        """Verified or not yet."""
        return "verified" if self.verified_at else "not_yet_verified"

    def policy_roles(self, actor: Actor) -> frozenset[Role]:
        """Its own people's roles, and those of officers who check new providers."""
        return actor.towards_provider(self.id) | (actor.roles & {Role.AUTHORITY_ADMINISTRATOR}) | actor.platform_roles


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
