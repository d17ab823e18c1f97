"""Requests for help of bidders who cannot send their bid shortly before the closing time, and what was answered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, relationship

from portal.accounts.models import User
from portal.core.columns import Model, one_of, state_matches
from portal.tendering.asked_models import AskedInPrivate
from portal.tendering.helping.states import HelpStatus


class HelpRequest(AskedInPrivate, Model):
    """One request: what keeps a bidder from sending its bid."""

    __tablename__ = "help_request"
    __table_args__ = (
        Index("ix_help_request_itt_id", "itt_id", "provider_id"),
        CheckConstraint("status <> 'answered' OR answer <> ''", name="answered_in_words"),
        state_matches((HelpStatus.ANSWERED,), "answered_at", name="answered_at_matches"),
    )

    asked_at: Mapped[datetime]
    """The database's clock under the invitation's lock."""
    status: Mapped[HelpStatus] = one_of(HelpStatus, default=HelpStatus.ASKED)

    answered_by: Mapped[User | None] = relationship(foreign_keys="HelpRequest.answered_by_id")

    policy_object = "help_request"

    @property
    def policy_state(self) -> str:
        """Its status."""
        return self.status.value
