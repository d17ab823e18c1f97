"""The form of what is recorded before publication."""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.core import clock
from portal.tendering.groundwork_models import GroundworkOutcome, SubjectFacts
from portal.web.fields import ChoiceField, DayField, ReasonField
from portal.web.forms import BaseForm


class WordsForm(BaseForm):
    """What came of a subject to which there is one answer: nobody is asked for it, nor for its day."""

    outcome: Any = None
    words = ReasonField("")
    on_date: Any = None

    @property
    def result(self) -> GroundworkOutcome:
        """What came of it."""
        return GroundworkOutcome.DONE

    @property
    def day(self) -> date | None:
        """When it was finished."""
        return clock.today()


class GroundworkForm(WordsForm):
    """What came of a subject."""

    outcome = ChoiceField("How far is it?", choices=[])
    words = ReasonField("")
    on_date = DayField("Day on which it was finished", description="For example, 12 10 2026")

    @property
    def result(self) -> GroundworkOutcome:
        """What came of it."""
        return GroundworkOutcome(self.outcome.data)

    @property
    def day(self) -> date | None:
        """When it was finished."""
        found: date | None = self.on_date.data
        return found


def form_about(facts: SubjectFacts, stored: Any) -> WordsForm:
    """The form for a subject, with what is recorded."""
    answers = [(value.value, words) for value, words in facts.answers.items()]
    data = stored and {"outcome": stored.outcome.value, "words": stored.words, "on_date": stored.on_date}
    form = GroundworkForm(data=data) if len(answers) > 1 else WordsForm(data=data and {"words": data["words"]})
    if form.outcome is not None:
        form.outcome.choices = answers
    form.words.label.text, form.words.description = facts.ask, facts.hint
    return form
