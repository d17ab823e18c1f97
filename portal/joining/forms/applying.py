"""The forms of joining: which lots, the questions of a section, sending, and the provider's own documents."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal.core.keeping import Upload
from portal.core.words import london_date
from portal.frameworks.questionnaire import AnswerKind, Question, Section
from portal.joining.answering import Answered
from portal.joining.evidence import KINDS, kind_words
from portal.joining.models import Evidence, ProfileAnswer
from portal.joining.own_applications import LotChoice
from portal.web.fields import DayField
from portal.web.forms import BaseForm, shown_number
from portal.web.uploads import UploadField

ANSWER, CONFIRM, FILE, EXPIRES = "answers-", "confirm-", "file-", "expires-"
NO_DOCUMENT = ""
ONE_LINE: Mapping[str, Mapping[str, str]] = {
    "trading_name": {"autocomplete": "organization"},
    "contact_name": {"autocomplete": "name"},
    "contact_email": {"type": "email", "autocomplete": "email", "spellcheck": "false"},
}
"""What is asked for in one line, by profile key, and what a browser may fill in for it (WCAG 2.2, 1.3.5)."""


class LotsForm(BaseForm):
    """Which lots to apply to: each becomes an application of its own."""

    lots = SelectMultipleField(
        "Which lots do you want to join?",
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validate_choice=False,
    )

    def offer(self, choices: Sequence[LotChoice]) -> None:
        """Offer the lots that can be chosen; a single one is ticked already."""
        free = [choice for choice in choices if choice.can_be_chosen]
        self.lots.choices = _choices((str(choice.number), f"Lot {choice.number}: {choice.title}") for choice in free)
        if len(free) == 1 and not self.is_submitted():
            self.lots.data = [str(free[0].number)]

    def validate_lots(self, field: SelectMultipleField) -> None:
        """At least one, and only those that are offered."""
        if not field.data:
            raise ValidationError("Tick at least one lot.")
        if not set(field.data) <= {choice.value for choice in field.choices}:
            raise ValidationError("One of these lots cannot be joined any more. Look at the list again.")


class RevisedForm(BaseForm):
    """A form that knows which state of the draft its page showed."""

    revision = HiddenField()

    @property
    def expected_revision(self) -> int:
        """The draft's revision that the person saw; -1, which never matches, when it is not a number."""
        return shown_number(self.revision, otherwise=-1)


class SendForm(RevisedForm):
    """Send, with a key that makes pressing twice the same as pressing once."""

    idempotency_key = HiddenField()

    def validate_idempotency_key(self, field: HiddenField) -> None:
        """It must be a UUID, as the page gave it."""
        try:
            self.key = uuid.UUID(field.data or "")
        except ValueError as wrong:
            raise ValidationError("This page is out of date. Reload it and send again.") from wrong


class ReplyForm(BaseForm):
    """The answer to what the officers asked."""

    reply = TextAreaField("Your answer")


class SectionForm(BaseForm):
    """The questions of a section. What cannot be read is named after everything else was saved."""

    all_right = SubmitField("All of these are still right")
    """Confirms every answer that the page offered, as if each had been ticked."""
    offered = SelectMultipleField(validate_choice=False)
    """The questions whose suggested answer the page showed to be confirmed."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether the form can be worked with at all: a date that is none is kept for later (`unread_days`)."""
        super().validate(extra_validators)
        self.unread_days = {name: list(box.errors) for name, box in self._boxes(EXPIRES).items() if box.errors}
        for name in self.unread_days:
            self._fields[name].errors = []
        return not self.errors

    @property
    def not_saved(self) -> str | None:
        """What could not be saved, when the rest was."""
        return super().not_saved or next(iter(self.outcome.refused.values() if self.outcome else ()), None)

    @property
    def answers(self) -> dict[str, str]:
        """What was typed or chosen, by question; a box that was not sent says nothing about its answer."""
        boxes = self._boxes(ANSWER)
        return {name.removeprefix(ANSWER): box.data or "" for name, box in boxes.items() if box.raw_data}

    @property
    def confirmed(self) -> set[str]:
        """The questions whose answer was confirmed, each as the page had shown it."""
        return {key for key in self.ticked if not self.has_changed(f"{ANSWER}{key}")}

    @property
    def ticked(self) -> set[str]:
        """The questions whose answer was to be confirmed, one by one or all at once."""
        ticked = {name.removeprefix(CONFIRM) for name, box in self._boxes(CONFIRM).items() if box.data}
        shown = {key for key in self.offered.data or () if f"{CONFIRM}{key}" in self}
        return ticked | shown if self.all_right.data else ticked

    @property
    def uploads(self) -> dict[str, Upload]:
        """The chosen files by question."""
        return {name.removeprefix(FILE): box.upload for name, box in self._boxes(FILE).items() if box.data}

    @property
    def days(self) -> dict[str, date]:
        """The last days that were typed, by question."""
        return {name.removeprefix(EXPIRES): box.data for name, box in self._boxes(EXPIRES).items() if box.data}

    def box(self, kind: str, key: str) -> Any:
        """One field of a question; None when the page has none of that kind for it."""
        return self._fields.get(f"{kind}{key}")

    def offer(self, answered: Answered) -> None:
        """Offer the documents that there are now."""
        for name, box in self._boxes(ANSWER).items():
            key = name.removeprefix(ANSWER)
            question = answered.questions.get(key)
            if question is not None and question.kind is AnswerKind.EVIDENCE:
                box.choices = evidence_choices(question, answered.documents(question))

    def _boxes(self, kind: str) -> dict[str, Any]:
        return {name: box for name, box in self._fields.items() if name.startswith(kind)}


def section_form(section: Section, answered: Answered) -> SectionForm:
    """Make the form for a section: fields for every question of it, asked already or not."""
    fields: dict[str, Any] = {}
    for question in section.questions:
        fields[f"{ANSWER}{question.key}"] = _answer_field(question, answered)
        if question.kind is AnswerKind.EVIDENCE:
            fields[f"{FILE}{question.key}"] = UploadField("Or add a new document", missing=None)
            if question.expires:
                fields[f"{EXPIRES}{question.key}"] = DayField(
                    "The last day on which it is valid", description="For example, 31 3 2027. It is in the document."
                )
        fields[f"{CONFIRM}{question.key}"] = BooleanField("Yes, this is still right")
    held = {f"{ANSWER}{question.key}": answered.value(question.key) for question in section.questions}
    made: SectionForm = type("SectionForm", (SectionForm,), fields)(data=held)
    return made


def evidence_choices(question: Question, documents: Sequence[Evidence]) -> list[SelectChoice]:
    """The documents that can answer a question, newest first, and a way to choose none."""
    named = [SelectChoice(str(held.id), evidence_words(held)) for held in documents]
    return [*named, SelectChoice(NO_DOCUMENT, "No document" if not question.required else "None of these")]


def evidence_words(evidence: Evidence) -> str:
    """A document in a list to choose from."""
    if evidence.expires_on is None:
        return f"{evidence.file_name}, added on {london_date(evidence.added_at)}"
    return f"{evidence.file_name}, valid until {london_date(evidence.expires_on)}"


class DocumentForm(BaseForm):
    """A document of the provider's own."""

    file = UploadField("The document", missing="Choose the document.")
    expires_on = DayField(
        "The last day on which it is valid, if it runs out",
        description="For example, 31 3 2027. We remind you 30 days, 7 days and 1 day before.",
    )


class NewDocumentForm(DocumentForm):
    """A new document, and what it proves."""

    kind = SelectField("What does it prove?", validate_choice=False)

    def validate_kind(self, field: SelectField) -> None:
        """Asked for together with the file, so that nobody is sent back twice."""
        if not field.data:
            raise ValidationError("Say what the document proves.")

    def offer(self, asked_for: Sequence[str]) -> None:
        """Offer the usual kinds and those that questionnaires ask for."""
        kinds = {kind: kind_words(kind) for kind in (*KINDS, *asked_for)}
        self.kind.choices = _choices([("", "Choose one"), *sorted(kinds.items(), key=lambda pair: pair[1])])


class DayForm(BaseForm):
    """Until when a document holds; blank says that it does not lapse."""

    expires_on = DayField(
        "The last day on which it is valid",
        description="For example, 31 3 2027. Leave it blank if it does not run out.",
    )


class ProfileForm(BaseForm):
    """What the provider has said once."""

    @property
    def answers(self) -> dict[str, str]:
        """What was typed or chosen, by profile key."""
        boxes = {name: box for name, box in self._fields.items() if name.startswith(ANSWER)}
        return {name.removeprefix(ANSWER): box.data or "" for name, box in boxes.items() if box.raw_data}


def profile_form(said: Sequence[ProfileAnswer], questions: Mapping[str, Question]) -> ProfileForm:
    """Make the form for what a provider has said; a key that nobody asks for any more is shown by its own name."""
    fields: dict[str, Any] = {}
    held = {f"{ANSWER}{answer.key}": answer.value for answer in said}
    for answer in said:
        question = questions.get(answer.key)
        label = question.prompt if question is not None else kind_words(answer.key)
        if question is not None and question.options():
            options = _choices([*question.options(), ("", "Forget this answer")])
            fields[f"{ANSWER}{answer.key}"] = RadioField(label, choices=options, validate_choice=False)
        else:
            fields[f"{ANSWER}{answer.key}"] = _words_field(question, label, answer.value)
    made: ProfileForm = type("ProfileForm", (ProfileForm,), fields)(data=held)
    return made


def _choices(options: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    return [SelectChoice(value, words) for value, words in options]


def _answer_field(question: Question, answered: Answered) -> Any:
    if question.kind is AnswerKind.EVIDENCE:
        choices = evidence_choices(question, answered.documents(question))
        return RadioField(question.prompt, choices=choices, validate_choice=False)
    if question.options():
        return RadioField(question.prompt, choices=_choices(question.options()), validate_choice=False)
    if question.kind is AnswerKind.NUMBER:
        return StringField(question.prompt, render_kw={"inputmode": "decimal", "spellcheck": "false"})
    return _words_field(question, question.prompt, answered.value(question.key))


def _words_field(question: Question | None, label: str, held: str) -> Any:
    """A box for words: one line where the standard questions ask for a name or an address of one, and it holds one."""
    asks = ONE_LINE.get(question.profile) if question is not None else None
    return TextAreaField(label) if asks is None or "\n" in held else StringField(label, render_kw=asks)
