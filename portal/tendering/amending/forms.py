"""The forms of addenda."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from wtforms import TextAreaField

from portal.accounts.forms.factor import FactorField
from portal.tendering.amending.amending import NewDates
from portal.tendering.amending.documents import NewDocuments
from portal.tendering.amending.states import EarlierAnswers
from portal.tendering.forms.method import DIGITS, TotalsForm
from portal.tendering.forms.service import TimetableForm
from portal.tendering.models import AwardCriterion, InvitationToTender
from portal.web.fields import ChoiceField, FigureField, PercentField, ReasonField, decision, line, page
from portal.web.forms import BaseForm
from portal.web.uploads import UploadField, UploadsField

VERSION, WEIGHT, MINIMUM = "version-", "weight-", "minimum-"


class AddendumForm(TimetableForm):
    """What changes, why, and the timetable as it shall be: made with the timetable as it is."""

    words = TextAreaField(
        "What changes",
        description="Bidders read this. Name what was said before and what holds now. A new date is added by itself.",
    )
    reason = ReasonField("Why it changes", description="Bidders read this too.")

    earlier_answers = ChoiceField(
        "What do answers count as that were given before?",
        choices=[(rule.value, rule.words) for rule in EarlierAnswers],
    )
    time_reason = ReasonField(
        "If you give no more time: why is what is left enough?", description="Bidders read this, too."
    )
    added = UploadsField("New documents", missing=None)

    @classmethod
    def of(cls, itt: InvitationToTender, *, asks: bool = False) -> AddendumForm:
        """The form with the timetable as it is, a field for a new version of each document.

        `asks`: questions change, so it asks as well what answers given before count as, and why the time is enough.
        """
        boxes = {
            f"{VERSION}{document.id}": UploadField(f"A new version of “{document.title}”", missing=None)
            for document in itt.documents
            if document.published
        }
        whole: type[AddendumForm] = type("AddendumForm", (cls,), boxes)
        made = super(AddendumForm, whole).of(itt)
        assert isinstance(made, AddendumForm)
        if not asks:
            del made.earlier_answers, made.time_reason
        return made

    @property
    def rule(self) -> EarlierAnswers | None:
        """What answers given before count as."""
        chosen = self.data.get("earlier_answers")
        return EarlierAnswers(chosen) if chosen else None

    @property
    def versions(self) -> list[Any]:
        """The fields for new versions."""
        return [box for box in self if box.name.startswith(VERSION)]

    def documents(self) -> NewDocuments:
        """The files that were chosen."""
        chosen = {uuid.UUID(box.name.removeprefix(VERSION)): box.upload for box in self.versions if box.data}
        return NewDocuments(chosen, self.added.uploads)

    def dates(self) -> NewDates:
        """The timetable as it was typed; raises `InvalidInput` for an hour that is skipped or happens twice."""
        return NewDates(
            closes_at=self.closing_instant(),
            questions_until=self.end_of_questions(),
            answers_by_date=self.answers_by_date.data,
            award_date=self.award_date.data,
            contract_start_date=self.contract_start_date.data,
            visit_date=self.visit_date.data,
            presentations_date=self.presentations_date.data,
        )


class CriterionWordsForm(BaseForm):
    """What a criterion is called, and what a good answer shows."""

    title = line("Title")
    guidance = page("What does a good answer show?", description="Bidders and panels read this.")
    plain_title = line("The same in plain words", description="For a young people’s panel.")


class FiguresForm(TotalsForm):
    """The weight of every criterion, and the minimum score of those that panels score."""

    @property
    def weights(self) -> dict[str, Decimal]:
        """Weights by the criteria’s keys."""
        return self._figures(WEIGHT)

    @property
    def minimums(self) -> dict[str, Decimal | None]:
        """Minimum scores by the criteria’s keys."""
        return {box.name.removeprefix(MINIMUM): box.data for box in self if box.name.startswith(MINIMUM)}

    def _figures(self, prefix: str) -> dict[str, Decimal]:
        return {box.name.removeprefix(prefix): box.data or Decimal(0) for box in self if box.name.startswith(prefix)}


def figures_form(criteria: Sequence[AwardCriterion], held: Mapping[str, Mapping[str, Any]]) -> FiguresForm:
    """Make the form with what is prepared or published of each criterion, by key."""
    fields: dict[str, Any] = {}
    data: dict[str, Decimal | None] = {}
    for node in criteria:
        columns = held[node.key]
        fields[f"{WEIGHT}{node.key}"] = PercentField(f"Weight of {node.title}", render_kw=DIGITS)
        data[f"{WEIGHT}{node.key}"] = Decimal(str(columns["weight"]))
        if node.scale is not None:
            fields[f"{MINIMUM}{node.key}"] = FigureField(f"Minimum score of {node.title}", render_kw=DIGITS)
            data[f"{MINIMUM}{node.key}"] = None if columns["minimum"] is None else Decimal(str(columns["minimum"]))
    made: FiguresForm = type("FiguresForm", (FiguresForm,), fields)(data=data)
    return made


class AddendumDecisionForm(FactorField):
    """The second person's decision about a change."""

    verdict = decision(
        ("publish", "Publish it: it holds from this moment"),
        ("refuse", "Refuse it"),
        missing="Choose whether the change is published.",
    )
    note = ReasonField("What you checked, or why you refuse", description="It stays in the record.")
