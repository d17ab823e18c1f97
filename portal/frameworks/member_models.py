"""Who belongs to a framework: memberships of its lots, and what members' settings offer there."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, UniqueConstraint, and_, func, not_, or_, text
from sqlalchemy.ext.hybrid import hybrid_method
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.audit.subjects import OnFrameworkChain
from portal.core.approval import Half, two_people
from portal.core.columns import Id, Model, one_of
from portal.core.permissions import Actor, Role
from portal.frameworks.models import Band, Framework, FrameworkLot
from portal.frameworks.states import AdmissionStatus
from portal.organisations.models import Provider, Setting


class Admission(OnFrameworkChain, Model):
    """A provider's membership of one lot: whoever is an active member is invited to every call-off from it."""

    __tablename__ = "admission"
    __table_args__ = (
        Index(
            "uq_admission_lot_id_provider_id_current",
            "lot_id",
            "provider_id",
            unique=True,
            postgresql_where=text("status IN ('active', 'removal_proposed')"),
        ),
        Index("ix_admission_provider_id", "provider_id"),
        CheckConstraint("(status IN ('removed', 'left')) = (ended_at IS NOT NULL)", name="ended_at_matches"),
        CheckConstraint("status <> 'removed' OR reasons_sent_at IS NOT NULL", name="removed_after_reasons"),
        two_people(decider="removal_decided_by_id", proposer="removal_proposed_by_id", name="removal_two_people"),
        CheckConstraint("(paused_at IS NULL) = (paused_until IS NULL)", name="paused_until_a_day"),
        CheckConstraint("suspended_at IS NULL OR suspension_reason <> ''", name="suspended_with_a_reason"),
    )

    id: Mapped[Id]
    framework_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("framework.id"), index=True)
    lot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("framework_lot.id"))
    provider_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("provider.id"))
    known_as: Mapped[str | None]
    """The name under which it stands here while its officers have not accepted another (`members/identity.py`)."""
    application_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("application.id"))
    """None for a member that came with an imported framework."""
    status: Mapped[AdmissionStatus] = one_of(AdmissionStatus, default=AdmissionStatus.ACTIVE)
    admitted_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    paused_until: Mapped[datetime | None]
    """The provider asked for it; it ends by itself at this instant."""
    pause_end_noted: Mapped[datetime | None]
    """The `paused_until` whose coming has been recorded, so that its provider is told once."""
    suspended_at: Mapped[datetime | None]
    suspended_until: Mapped[datetime | None]
    """None while suspended: until an officer lifts it."""
    suspension_reason: Mapped[str] = mapped_column(default="", server_default=text("''"))
    renewal_asked_at: Mapped[datetime | None]
    renewal_due_on: Mapped[date | None]
    """The last day to renew the declarations; None when none are asked for."""
    renewed_at: Mapped[datetime | None]
    removal_reasons: Mapped[str] = mapped_column(default="", server_default=text("''"))
    removal_ground: Mapped[str] = mapped_column(default="", server_default=text("''"))
    removal_proposed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    removal_proposed_at: Mapped[datetime | None]
    removal_decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    removal_decided_at: Mapped[datetime | None]
    reasons_sent_at: Mapped[datetime | None]
    """When the reasons for removal went to the provider: nobody is removed before (PA2023 s.37)."""
    ended_at: Mapped[datetime | None]

    framework: Mapped[Framework] = relationship()
    lot: Mapped[FrameworkLot] = relationship()
    provider: Mapped[Provider] = relationship()

    policy_object = "admission"

    @property
    def removal_half(self) -> Half:
        """Who proposed to remove it, and when."""
        return Half(self.removal_proposed_by_id, self.removal_proposed_at)

    @property
    def name(self) -> str:
        """What the member is called in this framework."""
        return self.known_as or self.provider.name

    @property
    def policy_state(self) -> str:
        """Its status."""
        return self.status.value

    def policy_roles(self, actor: Actor) -> frozenset[Role]:
        """Its provider's people, and the lead authority's."""
        return actor.towards_provider(self.provider_id) | actor.towards_authority(self.framework.authority_id)

    @hybrid_method
    def is_member(self, instant: datetime) -> bool:
        """Whether it had begun and not ended at `instant`, paused or suspended as it may have been."""
        return self.admitted_at <= instant and (self.ended_at is None or instant < self.ended_at)

    @is_member.expression
    @classmethod
    def _is_member(cls, instant: datetime) -> ColumnElement[bool]:
        return and_(cls.admitted_at <= instant, or_(cls.ended_at.is_(None), cls.ended_at > instant))

    @hybrid_method
    def is_paused(self, instant: datetime) -> bool:
        """Whether the provider's own pause ran at `instant`."""
        if self.paused_at is None or self.paused_until is None:
            return False
        return self.paused_at <= instant < self.paused_until

    @is_paused.expression
    @classmethod
    def _is_paused(cls, instant: datetime) -> ColumnElement[bool]:
        return and_(cls.paused_at.is_not(None), cls.paused_at <= instant, cls.paused_until > instant)

    @hybrid_method
    def is_suspended(self, instant: datetime) -> bool:
        """Whether the authority's suspension ran at `instant`."""
        has_begun = self.suspended_at is not None and self.suspended_at <= instant
        return has_begun and (self.suspended_until is None or instant < self.suspended_until)

    @is_suspended.expression
    @classmethod
    def _is_suspended(cls, instant: datetime) -> ColumnElement[bool]:
        until = or_(cls.suspended_until.is_(None), cls.suspended_until > instant)
        return and_(cls.suspended_at.is_not(None), cls.suspended_at <= instant, until)

    @hybrid_method
    def is_active(self, instant: datetime) -> bool:
        """Whether it was active at `instant`: THE rule of who is invited and may bid, for one row and for a query.

        A member, not in a pause of its own, not suspended. Overdue renewals and proposed removals do not count
        against it: only a decision ends a membership.
        """
        return self.is_member(instant) and not self.is_paused(instant) and not self.is_suspended(instant)

    @is_active.expression
    @classmethod
    def _is_active(cls, instant: datetime) -> ColumnElement[bool]:
        return and_(cls.is_member(instant), not_(cls.is_paused(instant)), not_(cls.is_suspended(instant)))


class SettingOffer(Model):
    """What a provider's setting offers on a framework: a lot, a banding of it, a placement type."""

    __tablename__ = "setting_offer"
    __table_args__ = (
        UniqueConstraint(
            "setting_id",
            "lot_id",
            "band_id",
            "placement_type",
            name="uq_setting_offer_setting_id_lot_id_band_id_placement_type",
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_setting_offer_lot_id_band_id", "lot_id", "band_id"),
    )

    id: Mapped[Id]
    setting_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("setting.id", ondelete="CASCADE"))
    lot_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("framework_lot.id", ondelete="CASCADE"))
    band_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("band.id", ondelete="CASCADE"))
    placement_type: Mapped[str] = mapped_column(default="", server_default=text("''"))

    setting: Mapped[Setting] = relationship()
    lot: Mapped[FrameworkLot] = relationship()
    band: Mapped[Band | None] = relationship()


NAME_SHOWN = func.coalesce(Admission.known_as, Provider.name)
"""SQL: what a member is called in its framework."""
NAME_SHOWN_FOLD = func.coalesce(func.fold(Admission.known_as), Provider.name_fold).collate("C")
"""SQL: the same as lists sort it: by the name that stands in them, not by one that its officers have not accepted."""
