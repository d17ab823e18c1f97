"""Forms of people's data."""

from __future__ import annotations

from datetime import datetime

from wtforms import BooleanField
from wtforms.validators import DataRequired

from portal.accounts.forms.factor import FactorField
from portal.regulation.local_time import to_utc
from portal.web.fields import DayField, ReasonField, TimeField, decision
from portal.web.forms import BaseForm


class ErasureForm(BaseForm):
    """Ask to be erased."""

    understood = BooleanField(
        "I understand that this cannot be undone once it is carried out",
        [DataRequired("Tick the box if you want to be erased.")],
    )


class YoungErasureForm(BaseForm):
    """Ask for a young person."""

    understood = BooleanField(
        "The young person, or their family, wants this",
        [DataRequired("Tick the box if they want this.")],
    )


class ErasureDecisionForm(FactorField):
    """Erase somebody, or refuse it."""

    verdict = decision(
        ("erase", "Erase this person now"),
        ("refuse", "Refuse it"),
        missing="Choose whether you erase this person.",
    )
    note = ReasonField("Why you refuse")


class HoldForm(BaseForm):
    """Why a kind of data is held back."""

    reason = ReasonField("Why it is held back")


class Moment(BaseForm):
    """A day and a time by the clocks of the United Kingdom."""

    day = DayField("Day", description="For example, 4 12 2026")
    time = TimeField("Time", description="UK time, for example 9am or 17:00.")

    def instant(self) -> datetime | None:
        """The instant, or none; raises `InvalidInput` for an hour that is skipped or happens twice."""
        if self.day.data is None or self.time.data is None:
            return None
        return to_utc(self.day.data, self.time.data, field="time")


class BreachForm(Moment):
    """A breach that was noticed."""

    what = ReasonField("What happened")


class BreachAnswerForm(Moment):
    """When it was reported, or why it need not be."""

    reason = ReasonField("Or why it need not be reported")
