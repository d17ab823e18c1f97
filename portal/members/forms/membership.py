"""Forms of being a member: suspending, removing, pausing, renewing."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import BooleanField, SelectChoice, SubmitField
from wtforms.validators import ValidationError

from portal.accounts.forms.factor import FactorField
from portal.members.removing import RENEWAL
from portal.regulation.framework_law import RemovalGround
from portal.web.fields import ChoiceField, DayField, ReasonField, decision
from portal.web.forms import BaseForm


class SuspensionForm(BaseForm):
    """Suspend a member."""

    reason = ReasonField("The reason, and the published term that it rests on")
    last_day = DayField("Last day of the suspension (leave empty if it lasts until you lift it)")
    submit = SubmitField("Suspend this member")


class RemovalForm(BaseForm):
    """Propose to remove a member; the grounds are those of the regime."""

    ground = ChoiceField("The ground", choices=())
    reasons = ReasonField("The reasons")
    submit = SubmitField("Send the reasons to the provider")

    def offer(self, grounds: Iterable[RemovalGround], *, renewal_is_overdue: bool) -> None:
        """Offer the grounds of the regime; not renewing is one only once that is overdue."""
        self.ground.choices = [
            SelectChoice(ground.key, f"{ground.text} ({ground.law})")
            for ground in grounds
            if ground.key != RENEWAL or renewal_is_overdue
        ]


class SentForm(BaseForm):
    """When the reasons were sent by other means."""

    sent_on = DayField("On which day did you send the reasons?")
    submit = SubmitField("Note that they were sent")

    def validate_sent_on(self, field: DayField) -> None:
        """A day is needed."""
        if field.data is None and not field.errors:
            raise ValidationError("Enter the day on which you sent the reasons.")


class RemovalDecisionForm(FactorField):
    """Remove as the second person, or let the member stay."""

    verdict = decision(
        ("remove", "Remove this member"),
        ("drop", "Drop it: the member stays"),
        missing="Choose whether the member is removed.",
    )
    submit = SubmitField("Record my decision")


class PauseForm(BaseForm):
    """Until when to pause."""

    last_day = DayField("Last day of the pause", description="For example, 31 1 2027")
    submit = SubmitField("Pause")

    def validate_last_day(self, field: DayField) -> None:
        """A day is needed: a pause without an end would be leaving."""
        if field.data is None and not field.errors:
            raise ValidationError("Enter the last day of the pause.")


class RenewalForm(BaseForm):
    """Confirm what was declared."""

    confirmed = BooleanField("Everything above is still true, and I may say so for my organisation")
    submit = SubmitField("Renew our declarations")
