"""Who buys together."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from wtforms import BooleanField

from portal.organisations.models import ContractingAuthority
from portal.web.fields import PickField, ReasonField, line
from portal.web.forms import BaseForm


class JointBuyerForm(BaseForm):
    """An authority of the portal or a body by name, and what it does."""

    authority = PickField("An authority that is here", choices=[], default="")
    name = line("Or the name of another body", description="Such as an integrated care board that has no account here.")
    agreement = ReasonField(
        "When and how did it agree?",
        description="Only of a body by name, for example: letter of its director of 3 May. An authority that is here "
        "agrees on its own page.",
    )
    buys = BooleanField("It buys: the service is for its people, too")
    signs = BooleanField("It signs the contract")
    monitors = BooleanField("It monitors the contract")

    def offer(self, authorities: Iterable[ContractingAuthority]) -> None:
        """Offer every authority that is not in the list."""
        self.authority.choices = [("", "Choose an authority")]
        self.authority.choices += [(str(one.id), one.name) for one in authorities]

    @property
    def authority_id(self) -> uuid.UUID | None:
        """The authority that was chosen."""
        return uuid.UUID(self.authority.data) if self.authority.data else None

    @property
    def parts(self) -> list[str]:
        """What was ticked."""
        return [part for part in ("buys", "signs", "monitors") if self[part].data]
