"""Forms of deciding applications and of being a member."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, HiddenField, RadioField, SelectChoice, SubmitField
from wtforms.validators import InputRequired, ValidationError

from portal.accounts.forms import FactorField
from portal.frameworks.findings import Judgement
from portal.frameworks.grounds import RemovalGround
from portal.frameworks.removing import RENEWAL
from portal.web.fields import ChoiceField, DayField, page
from portal.web.forms import BaseForm

FAILED, REASON = "failed_", "reason_"


class PlainForm(BaseForm):
    """One button."""


class VersionedForm(BaseForm):
    """A form that knows which version of the application its page showed."""

    version = HiddenField()

    @property
    def seen(self) -> int:
        """The version that the officer saw; 0, which no application has once submitted, when it is no number."""
        return int(self.version.data) if str(self.version.data or "").isdecimal() else 0


class QuestionForm(VersionedForm):
    """Ask the provider."""

    question = page("What do you need to know?")
    submit = SubmitField("Ask the provider")


class ExtensionForm(BaseForm):
    """Take longer."""

    reason = page("Why this application needs longer")
    submit = SubmitField("Take 5 more working days")


class RefusalForm(VersionedForm):
    """Which criteria are failed, each with its reason; the fields are made for the questions that were asked."""

    submit = SubmitField("Send to an approver")

    @property
    def findings(self) -> dict[str, str]:
        """{question key: reason} of the criteria that are ticked."""
        ticked = (name for name, field in self._fields.items() if name.startswith(FAILED) and field.data)
        keys = [name.removeprefix(FAILED) for name in ticked]
        return {key: self._fields[REASON + key].data or "" for key in keys}

    def pair(self, key: str) -> tuple[Any, Any]:
        """The tick box and the reason of one question."""
        return self._fields[FAILED + key], self._fields[REASON + key]


def refusal_form(judgements: Iterable[Judgement], **values: Any) -> RefusalForm:
    """The form for the questions that can be failed."""
    fields: dict[str, Any] = {}
    for judged in judgements:
        key = judged.question.key
        fields[FAILED + key] = BooleanField("This is not met")
        fields[REASON + key] = page("Why it is not met, and what would put it right")
    made: RefusalForm = type("AskedRefusalForm", (RefusalForm,), fields)(**values)
    return made


class SecondOpinionForm(FactorField):
    """Refuse as the second person, or send it back."""

    verdict = RadioField(
        "Your decision",
        choices=[
            SelectChoice("refuse", "Refuse the application for these reasons"),
            SelectChoice("back", "Send it back: I do not agree"),
        ],
        validators=[InputRequired("Choose whether you agree.")],
    )
    note = page("What you checked, or why you do not agree")
    submit = SubmitField("Record my decision")


class SuspensionForm(BaseForm):
    """Suspend a member."""

    reason = page("The reason, and the published term that it rests on")
    last_day = DayField("Last day of the suspension (leave empty if it lasts until you lift it)")
    submit = SubmitField("Suspend this member")


class RemovalForm(BaseForm):
    """Propose to remove a member; the grounds are those of the regime."""

    ground = ChoiceField("The ground", choices=())
    reasons = page("The reasons")
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

    verdict = RadioField(
        "Your decision",
        choices=[SelectChoice("remove", "Remove this member"), SelectChoice("drop", "Drop it: the member stays")],
        validators=[InputRequired("Choose whether the member is removed.")],
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
