"""Forms of those who look after the young people of a panel."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from wtforms import HiddenField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from portal.accounts.queries import Colleague
from portal.evaluation.held_states import ACTIONS, Action
from portal.web.fields import ChoiceField, PickField, ReasonField, line
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


class HeldWordsForm(BaseForm):
    """What becomes of held words; `seen` is what was on the page."""

    seen = HiddenField()
    outcome_of_words = ChoiceField(
        "May others read the words?",
        (("withheld", "No, keep them back"), ("released", "Yes, they harm nobody")),
        validators=[InputRequired("Choose whether others may read the words.")],
    )

    def decided(self) -> dict[str, Any]:
        """What was chosen."""
        return {"release": self.outcome_of_words.data == "released", "seen": self.seen.data or ""}


class DisclosureForm(HeldWordsForm):
    """The same of what may be about harm: a lead says what was done."""

    action = ChoiceField("What was done first?", [(action.value, words) for action, words in ACTIONS.items()])
    note = ReasonField("What was done, when and by whom, and what comes next")

    def decided(self) -> dict[str, Any]:
        """What was chosen and written."""
        action = Action(self.action.data) if self.action.data else None
        return {**super().decided(), "action": action, "note": self.note.data or ""}


class EmergencyLineForm(BaseForm):
    """Whom to call when no safeguarding lead can be reached."""

    called = line(
        "Emergency line", description="A telephone number that somebody answers at any hour, and whose it is."
    )
