"""Forms of calling off and of being invited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from wtforms.fields.choices import SelectChoice

from portal.accounts.forms.factor import FactorField
from portal.core.parsing.text import LEAST_JUSTIFICATION
from portal.frameworks.models import FrameworkLot
from portal.organisations.models import Provider
from portal.regulation.procurement_law import ProcurementLaw
from portal.web.fields import ChoiceField, PickField, ReasonField, line
from portal.web.forms import BaseForm

DECLINE_REASONS = (
    "No vacancy or not enough staff just now",
    "Too far from where we work",
    "The price would not cover it",
    "Not the kind of care that we give",
    "Too little time to answer",
)


class CallOffForm(BaseForm):
    """What is called off, from which lot, and how."""

    lot = ChoiceField("Which lot?", choices=[])
    kind = ChoiceField("How do you want to choose?", choices=[])
    title = line("What are you buying?", description="A short title that providers will see.")

    def offer(self, lots: Sequence[FrameworkLot], kinds: Sequence[ProcurementLaw]) -> None:
        """Offer the lots and the kinds that the framework's law and terms know; a single one is chosen already."""
        self.lot.choices = [(str(lot.number), f"Lot {lot.number}: {lot.title}") for lot in lots]
        self.kind.choices = [(law.kind.value, law.choice) for law in kinds]
        for box in (self.lot, self.kind):
            if len(box.choices) == 1 and not self.is_submitted():
                box.data = box.choices[0][0]


class DirectAwardForm(BaseForm):
    """Whom a direct award goes to, and why it may."""

    provider = PickField("Provider")
    reason = ReasonField(
        "How are the published conditions met?",
        description="Go through them one by one. A second person reads this before anything is published.",
        least=LEAST_JUSTIFICATION,
    )

    def offer(self, members: Sequence[Provider]) -> None:
        """Offer the active members of the lot."""
        self.provider.choices = [("", "Choose"), *((str(member.id), member.name) for member in members)]

    def among(self, members: Mapping[UUID, Provider]) -> Provider | None:
        """The chosen one of the members, or None."""
        return members[UUID(self.provider.data)] if self.provider.data else None


class ApprovalForm(FactorField):
    """Approving a direct award, with a fresh second factor."""


class DeclineForm(BaseForm):
    """Not for us, with a reason or without."""

    reason = PickField(
        "Why not? (optional)",
        choices=[SelectChoice("", "No reason given"), *(SelectChoice(reason, reason) for reason in DECLINE_REASONS)],
    )
