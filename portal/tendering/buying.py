"""Who buys an invitation together, as bidders, notices and contracts name them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Mapped

from portal.core.words import listed

if TYPE_CHECKING:
    from portal.organisations.models import ContractingAuthority


class BuyingTogether:
    """An authority runs the invitation with all its rights; others buy, sign or monitor with it."""

    if TYPE_CHECKING:
        authority: Mapped[ContractingAuthority]
        joint_buyers: Mapped[list[Any]]
        """Made by `joint_models.JointBuyer`, which reads the invitation's module."""

    @property
    def buyers_called(self) -> str:
        """Whoever buys, the authority that runs it first."""
        return listed([self.authority.name, *(one.called for one in self.joint_buyers if one.buys)])

    @property
    def signed_by(self) -> str:
        """Who signs the contract for the buyers."""
        return listed([self.authority.name, *(one.called for one in self.joint_buyers if one.signs)])

    @property
    def monitored_by(self) -> str:
        """Who looks after the contract: one of the others, or else the authority that runs the invitation."""
        return next((one.called for one in self.joint_buyers if one.monitors), self.authority.name)
