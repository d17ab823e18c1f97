"""Forms of deciding applications."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, HiddenField, SubmitField

from portal.accounts.forms.factor import FactorField
from portal.joining.findings import Judgement
from portal.web.fields import ReasonField, decision
from portal.web.forms import BaseForm, shown_number

FAILED, REASON = "failed_", "reason_"


class VersionedForm(BaseForm):
    """A form that knows which version of the application its page showed."""

    version = HiddenField()

    @property
    def seen(self) -> int:
        """The version that the officer saw; 0, which no application has once submitted, when it is no number."""
        return shown_number(self.version, otherwise=0)


class AdmissionForm(VersionedForm):
    """Admit the provider; why, where nobody has proved its number (`organisations/standing.py`)."""

    unverified_reason = ReasonField("Why you go on although nobody has proved the provider’s number")


class QuestionForm(VersionedForm):
    """Ask the provider."""

    question = ReasonField("What do you need to know?")
    submit = SubmitField("Ask the provider")


class ExtensionForm(BaseForm):
    """Take longer."""

    reason = ReasonField("Why this application needs longer")
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
        fields[REASON + key] = ReasonField("Why it is not met, and what would put it right")
    made: RefusalForm = type("AskedRefusalForm", (RefusalForm,), fields)(**values)
    return made


class SecondOpinionForm(FactorField):
    """Refuse as the second person, or send it back."""

    verdict = decision(
        ("refuse", "Refuse the application for these reasons"),
        ("back", "Send it back: I do not agree"),
        missing="Choose whether you agree.",
    )
    note = ReasonField("What you checked, or why you do not agree")
    submit = SubmitField("Record my decision")
