"""Forms of those who look after the young people of a panel."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from wtforms.fields.choices import SelectChoice

from portal.accounts.queries import Colleague
from portal.web.fields import PickField
from portal.web.forms import BaseForm


class LeadForm(BaseForm):
    """Who looks after the young people's safety, and who if that one is away."""

    lead = PickField("Safeguarding lead", choices=[], default="")
    deputy = PickField("Deputy", choices=[], default="")

    def offer(self, people: Iterable[Colleague]) -> None:
        """Offer whoever holds the role."""
        known = [SelectChoice(str(one.id), one.name) for one in people]
        self.lead.choices = [SelectChoice("", "Choose somebody"), *known]
        self.deputy.choices = [SelectChoice("", "Nobody"), *known]

    def chosen(self) -> dict[str, uuid.UUID | None]:
        """Who was chosen."""
        chosen = {"lead_id": self.lead.data, "deputy_id": self.deputy.data}
        return {name: uuid.UUID(person) if person else None for name, person in chosen.items()}
