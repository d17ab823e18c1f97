"""Forms about lots, award criteria and the conditions for joining."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from wtforms import BooleanField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from portal.core.parsing.text import has_text, one_line
from portal.frameworks.models import FrameworkLot
from portal.frameworks.questionnaire import AnswerKind, Judged, Question
from portal.frameworks.structure import CriterionDetails, LotDetails
from portal.web.fields import ChoiceField, CodesField, PercentField, PoundsField, line, page
from portal.web.forms import BaseForm

PLAIN = {"autocomplete": "off", "spellcheck": "false"}
KINDS = (
    (AnswerKind.YES_NO, "Yes or no"),
    (AnswerKind.TEXT, "In words"),
    (AnswerKind.CHOICE, "One of several answers"),
    (AnswerKind.NUMBER, "A number"),
    (AnswerKind.EVIDENCE, "A document"),
)
JUDGED = (
    (Judged.PERSON, "One of us, with a reason where it fails"),
    (Judged.ITSELF, "A rule, at once: the answer that passes is below"),
    (Judged.INFORMATION, "Nobody: it is only recorded"),
)


class LotForm(BaseForm):
    """One lot."""

    title = line("Title")
    definition = page("What belongs to it", description="So exactly that everybody would judge it alike.")
    cpv_codes = CodesField(
        "CPV codes", description="Some of the whole’s. Leave it empty for all of them.", render_kw=PLAIN
    )
    areas = page("Areas", description="One on each line. Leave it empty for everywhere.")
    placement_types = page("Placement types", description="One on each line, such as Residential.")
    bands = page("Bandings", description="One on each line: its name, a colon, and what it means.")
    largest_contract = PoundsField("Largest call-off expected", description="If the lot is limited by size.")

    @classmethod
    def of(cls, lot: FrameworkLot) -> LotForm:
        """The form with what is saved (or with what was posted)."""
        return cls(
            title=lot.title,
            definition=lot.definition,
            cpv_codes=lot.cpv_codes,
            largest_contract=lot.largest_contract,
            areas="\n".join(lot.areas),
            placement_types="\n".join(lot.placement_types),
            bands="\n".join(f"{band.title}: {band.description}".removesuffix(": ") for band in lot.bands),
        )

    def details(self) -> LotDetails:
        """What was typed, as the activity takes it."""
        bands = [line.partition(":") for line in _lines(self.bands.data)]
        return LotDetails(
            title=self.title.data,
            definition=self.definition.data,
            cpv_codes=self.cpv_codes.data or (),
            areas=_lines(self.areas.data),
            placement_types=_lines(self.placement_types.data),
            bands=[(title, text) for title, _, text in bands],
            largest_contract=self.largest_contract.data,
        )


class CriterionForm(BaseForm):
    """One award criterion."""

    title = line("Criterion")
    description = page("What it is about")
    lowest_weight = PercentField("Lowest weight in a call-off", render_kw=PLAIN)
    highest_weight = PercentField("Highest weight in a call-off", render_kw=PLAIN)
    by_young_people = BooleanField("Young people score it", description="In every call-off, and nobody else.")

    def details(self) -> CriterionDetails:
        """What was typed, as the activity takes it."""
        low: Decimal | None = self.lowest_weight.data
        high: Decimal | None = self.highest_weight.data
        young = bool(self.by_young_people.data)
        return CriterionDetails(self.title.data, self.description.data or "", low, high, young)


class ConditionForm(BaseForm):
    """One condition for joining."""

    prompt = page("The question", description="Ask for what the work needs, and take equivalents.")
    help = page("Help for the provider")
    kind = ChoiceField(
        "How is it answered?", choices=[(k.value, words) for k, words in KINDS], default=AnswerKind.YES_NO.value
    )
    choices = page("The answers to choose from", description="One on each line.")
    judged = ChoiceField(
        "Who judges it?", choices=[(j.value, words) for j, words in JUDGED], default=Judged.PERSON.value
    )
    passes = line("The answer that passes", description="“yes”, “no”, one of the answers, or the smallest number.")
    lots = SelectMultipleField(
        "For which lots?", coerce=int, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )
    required = BooleanField("It must be answered", default=True)
    expires = BooleanField("The document has an expiry date")

    def offer(self, lots: list[FrameworkLot]) -> None:
        """Offer the lots; none ticked stands for all."""
        self.lots.choices = [(lot.number, f"Lot {lot.number}: {lot.title}") for lot in lots]

    @classmethod
    def of(cls, question: Question) -> ConditionForm:
        """The form with what is saved (or with what was posted)."""
        return cls(
            prompt=question.prompt,
            help=question.help,
            kind=question.kind.value,
            choices="\n".join(question.choices),
            judged=question.judged.value,
            passes=question.passes,
            lots=list(question.lots),
            required=question.required,
            expires=question.expires,
        )

    def question(self, key: str) -> Question:
        """What was typed, as a question with that key (empty for a new one)."""
        kind, judged = AnswerKind(self.kind.data), Judged(self.judged.data)
        passes = self.passes.data or ""
        return Question(
            key,
            self.prompt.data,
            kind,
            help=self.help.data or "",
            judged=judged,
            passes=(passes.lower() if kind is AnswerKind.YES_NO else passes) if judged is Judged.ITSELF else "",
            choices=tuple(_lines(self.choices.data)) if kind is AnswerKind.CHOICE else (),
            lots=tuple(self.lots.data or ()),
            required=bool(self.required.data),
            expires=bool(self.expires.data) and kind is AnswerKind.EVIDENCE,
        )


def _lines(text: Any) -> list[str]:
    return [one_line(line) for line in (text or "").splitlines() if has_text(line)]
