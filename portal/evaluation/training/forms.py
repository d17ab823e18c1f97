"""The form with which a council writes down training."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from wtforms import HiddenField
from wtforms.fields.choices import SelectChoice

from portal.accounts.models import User
from portal.web.fields import DayField, PickField, line
from portal.web.forms import BaseForm


class AskForm(BaseForm):
    """Whether training is asked for; what the page offered, so that a second press does not undo the first."""

    asked = HiddenField()


class TrainingForm(BaseForm):
    """Who finished which course, and until when it counts."""

    person = PickField("Who was trained?", choices=[], default="")
    course = line("Course", description="For example, Scoring bids fairly, two half days")
    finished_date = DayField("Day on which it ended", description="For example, 4 12 2026")
    valid_until = DayField(
        "First day on which it no longer counts", description="Leave it empty where the certificate does not lapse."
    )

    def offer(self, people: Iterable[User]) -> None:
        """Offer whoever scores."""
        self.person.choices = [SelectChoice("", "Choose somebody")]
        self.person.choices += [SelectChoice(str(person.id), person.display_name) for person in people]

    @property
    def user_id(self) -> uuid.UUID:
        """Who was chosen; nobody's identifier where nobody was."""
        return uuid.UUID(self.person.data) if self.person.data else uuid.UUID(int=0)
