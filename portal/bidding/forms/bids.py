"""The forms of bidders and openers."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal.accounts.forms.factor import FactorField
from portal.bidding.contents import Content
from portal.bidding.partners import KINDS, STATEMENT
from portal.core.parsing.text import LEAST_JUSTIFICATION
from portal.tendering.forms.answer_fields import field_for
from portal.tendering.models import Lot
from portal.tendering.question_kinds.kind import Asked
from portal.web.editing import field_text
from portal.web.fields import PoundsField, ReasonField, decision
from portal.web.forms import BOTH_CHANGED, BaseForm, shown_number
from portal.web.uploads import UploadField

Form = TypeVar("Form", bound=BaseForm)


class StartForm(BaseForm):
    """Which lots to bid for, each with a bid of its own."""

    lots = SelectMultipleField(
        "Which lots do you want to bid for?",
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[InputRequired("Choose a lot.")],
    )

    def offer(self, lots: Sequence[Lot]) -> None:
        """Offer the lots; a single one is chosen already."""
        self.offered = lots
        self.lots.choices = [(str(lot.number), f"Lot {lot.number}: {lot.title}") for lot in lots]
        if len(lots) == 1:
            self.lots.data = self.lots.data or [str(lots[0].number)]

    @property
    def chosen(self) -> list[Lot]:
        """The chosen lots in their order."""
        return [lot for lot in self.offered if str(lot.number) in (self.lots.data or [])]


class RevisedForm(BaseForm):
    """A form that knows which state of the draft its page showed, and which version of what is asked."""

    revision = HiddenField()
    seen = HiddenField()

    @property
    def expected_revision(self) -> int:
        """The draft revision that the person saw; -1, which never matches, when it is not a number."""
        return shown_number(self.revision, otherwise=-1)

    @property
    def seen_version(self) -> int | None:
        """The version of method and questions that the person saw; None where the page did not say."""
        return shown_number(self.seen, otherwise=-1) if self.seen.data else None


class SubmitForm(RevisedForm):
    """Submit, with a key that makes pressing twice the same as pressing once, and what the page had told."""

    idempotency_key = HiddenField()
    told = HiddenField()
    declared = HiddenField()

    def validate_idempotency_key(self, field: HiddenField) -> None:
        """It must be a UUID, as the page gave it."""
        try:
            self.key = uuid.UUID(field.data or "")
        except ValueError as wrong:
            raise ValidationError("This page is out of date. Reload it and submit again.") from wrong


class ConfirmForm(BaseForm):
    """Confirm what was submitted, with a key as `SubmitForm` has."""

    seen = HiddenField()
    idempotency_key = HiddenField()

    @property
    def key(self) -> uuid.UUID:
        """The key; one that can confirm nothing twice where the page's is broken."""
        try:
            return uuid.UUID(self.idempotency_key.data or "")
        except ValueError:
            return uuid.uuid4()

    @property
    def seen_version(self) -> int:
        """The version of method and questions that the person saw; -1, which never matches, when it is no number."""
        return shown_number(self.seen, otherwise=-1)


class AnswersForm(RevisedForm):
    """The questions of a section: fields `answers-<question key>`; the key is for "Save and submit now".

    What was sent is compared with the draft where that is locked, in `drafting.put_answers`.
    """

    idempotency_key = HiddenField()
    declared = HiddenField()

    @property
    def answers(self) -> dict[str, str]:
        """What was typed, by question key; a box that was not sent at all says nothing about its answer."""
        boxes = {name[8:]: box for name, box in self._fields.items() if name.startswith("answers-")}
        return {key: field_text(box) for key, box in boxes.items() if box.raw_data}

    @property
    def loaded_answers(self) -> dict[str, str]:
        """The digests of the answers that the page had loaded, by question key."""
        return {name[8:]: digest for name, digest in self.posted_loaded.items() if name.startswith("answers-")}

    @property
    def status_code(self) -> int:
        """What is wrong with what is stored is no failure of the page that shows it."""
        return super().status_code if self.is_submitted() else 200

    @property
    def saved(self) -> set[str]:
        """What the draft holds now: everything that was sent but what somebody else changed as well."""
        return {f"answers-{key}" for key in self.answers.keys() - set(self.outcome.conflicts)}

    @property
    def fresh(self) -> dict[str, str]:
        """The revision as well, for "Save and submit now"."""
        return {**super().fresh, "revision": str(self.outcome.revision)}

    @property
    def not_saved(self) -> str | None:
        """That somebody else changed the same answer, too."""
        return super().not_saved or (BOTH_CHANGED if self.outcome and self.outcome.conflicts else None)

    def answer(self, key: str) -> Any:
        """The field of one question."""
        return self[f"answers-{key}"]


class ComparedForm(AnswersForm):
    """What a file would change, to be looked at: answers in their boxes, rates as lines of key, digest and text.

    The digest is of what the draft said when the file was compared with it.
    """

    rates = HiddenField()

    @property
    def rate_lines(self) -> list[list[str]]:
        """The lines; what no page sends is left out."""
        lines = [line.split("\t") for line in (self.rates.data or "").splitlines()]
        return [line for line in lines if len(line) == 3]

    @property
    def everything(self) -> dict[str, str]:
        """Answers and rates by key."""
        return {key: text for key, _digest, text in self.rate_lines} | self.answers

    @property
    def all_loaded(self) -> dict[str, str]:
        """The digests of both."""
        return {key: digest for key, digest, _text in self.rate_lines} | self.loaded_answers

    def fill(self, texts: Mapping[str, str]) -> None:
        """Put texts into the boxes ({question key: text}), leaving what the draft says as what was loaded."""
        for key, text in texts.items():
            self.answer(key).process(None, text)


def answers_form(questions: Sequence[Asked], stored: Content | None = None, draft: str = "") -> AnswersForm:
    """Make the form for these questions, or parts of one: as it was sent, or for a page, with what is stored."""
    return _with_boxes(AnswersForm, questions, stored, draft)


def compared_form(questions: Sequence[Asked], stored: Content | None = None, draft: str = "") -> ComparedForm:
    """Make the form of what a file would change, as `answers_form` does."""
    return _with_boxes(ComparedForm, questions, stored, draft)


def _with_boxes(kind: type[Form], questions: Sequence[Asked], stored: Content | None, draft: str) -> Form:
    boxes = {f"answers-{each.key}": _field(each) for each in questions}
    held = stored and {f"answers-{key}": text for key, text in stored.answers.items()}
    made: Form = type(kind.__name__, (kind,), {**boxes, "draft": draft})(data=held)
    return made


class WorkbookForm(BaseForm):
    """The file that was filled in."""

    file = UploadField(
        "Your filled file",
        missing="Choose the file that you filled in.",
        description="The Excel file (xlsx) that you downloaded here.",
        render_kw={"accept": ".xlsx"},
    )


def _field(asked: Asked) -> Any:
    return field_for(asked.kind.control, asked.prompt, options=asked.options, reads=asked.stored)


class PriceForm(BaseForm):
    """The price over the whole term, in pounds; blank clears it."""

    price = PoundsField(
        "Your price for the whole term, in pounds", render_kw={"inputmode": "decimal", "spellcheck": "false"}
    )


class PastedRatesForm(BaseForm):
    """Rates from a spreadsheet, a row a line."""

    pasted = TextAreaField("Rows from your spreadsheet")


class ReuseForm(BaseForm):
    """What is used again: a box for each offer, called by its identifier."""

    @property
    def chosen(self) -> set[str]:
        """The identifiers of what is ticked."""
        return {name for name, box in self._fields.items() if isinstance(box, BooleanField) and box.data}

    def validate(self, extra_validators: Any = None) -> bool:
        """At least one."""
        valid = super().validate(extra_validators)
        if valid and not self.chosen:
            self.form_errors = ["Tick at least one."]
        return valid and bool(self.chosen)


def reuse_form(offers: Mapping[str, bool]) -> ReuseForm:
    """Make the form of offers: {identifier: whether it is ticked to begin with}."""
    boxes = {name: BooleanField("Use this", default=ticked) for name, ticked in offers.items()}
    made: ReuseForm = type("ReuseForm", (ReuseForm,), boxes)()
    return made


class PartnerForm(BaseForm):
    """An organisation that stands behind the bid; what is missing is said by `partners.add_partner`."""

    name = StringField("Their name")
    number = StringField("Their company or charity number", description="If they have one.")
    kind = RadioField(
        "What are they to you?", choices=[SelectChoice(value, words) for value, words in KINDS], validate_choice=False
    )
    part = TextAreaField("What would they do?", description="Which part of the service, and about how much of it.")
    confirmed_by = StringField("Who there has confirmed it?", description="Name and position.")
    declares = BooleanField(STATEMENT)


class ConfidentialForm(BaseForm):
    """Why parts are confidential: fields `why-<question key>`, `why-` of the price; empty where a part is not."""

    keeps_earlier = False

    @property
    def reasons(self) -> dict[str, str]:
        """What was typed, by part."""
        return {name[4:]: box.data or "" for name, box in self._fields.items() if name.startswith("why-")}


def confidential_form(parts: Mapping[str, str], stored: Content) -> ConfidentialForm:
    """Make the form for parts ({key: words}), with what the draft says."""
    boxes = {f"why-{key}": ReasonField(words) for key, words in parts.items()}
    held = {f"why-{key}": why for key, why in stored.confidential.items()}
    made: ConfidentialForm = type("ConfidentialForm", (ConfidentialForm,), boxes)(data=held)
    return made


class ReceiptForm(BaseForm):
    """A receipt that somebody shows."""

    receipt = FileField(
        "The receipt",
        description="The file whose name begins with receipt-BID or confirmation-APP and ends with .json.",
    )

    def validate_receipt(self, field: FileField) -> None:
        """One file is needed."""
        if not field.data:
            raise ValidationError("Choose the receipt’s file.")


class LateForm(BaseForm):
    """Put a bid into the late box; what its page declared."""

    declared = HiddenField()


class AboutLateForm(BaseForm):
    """Which of the late bids it is about."""

    which = HiddenField()

    def validate_which(self, field: HiddenField) -> None:
        """It must be a UUID, as the page gave it."""
        try:
            self.late_id = uuid.UUID(field.data or "")
        except ValueError as wrong:
            raise ValidationError("This page is out of date. Reload it and send it again.") from wrong


class LateProposalForm(AboutLateForm):
    """What is to become of a late bid, and why."""

    verdict = decision(
        ("admit", "Admit it: it is opened with the other bids"),
        ("refuse", "Refuse it: it stays sealed"),
        missing="Choose what is to become of it.",
    )
    reason = ReasonField(
        "Why?",
        description="Who decides reads this, and the bidder. You do not know whose it is, and need not.",
        least=LEAST_JUSTIFICATION,
    )


class LateDecisionForm(AboutLateForm):
    """The second person's decision about a late bid."""

    verdict = decision(
        ("agree", "I agree with what is proposed"),
        ("send_back", "I do not agree: it waits for another proposal"),
        missing="Choose whether you agree.",
    )


class OpeningForm(FactorField):
    """Agree to open the bids."""


class UndecidedForm(BaseForm):
    """The exceptional complexity of applications that are still undecided."""

    reason = ReasonField(
        "What makes them exceptionally complex?",
        description="The bids of these applicants are then not opened. Your reason stays in the record.",
        least=LEAST_JUSTIFICATION,
    )
