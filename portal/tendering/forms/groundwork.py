"""The form of what is recorded before publication."""

from __future__ import annotations

from datetime import date
from typing import Any

from portal.core import clock
from portal.tendering.groundwork_models import GroundworkOutcome, SubjectFacts
from portal.web.fields import ChoiceField, DayField, page
from portal.web.forms import BaseForm


class GroundworkForm(BaseForm):
    """What came of one subject."""

    outcome = ChoiceField("How far is it?", choices=[])
    words = page("")
    on_date = DayField("Day on which it was finished", description="For example, 12 10 2026")

    @classmethod
    def about(cls, facts: SubjectFacts, stored: Any) -> GroundworkForm:
        """The form for a subject, with what is recorded."""
        form = cls(data=stored and {"outcome": stored.outcome.value, "words": stored.words, "on_date": stored.on_date})
        form.outcome.choices = [(value.value, words) for value, words in facts.answers.items()]
        form.words.label.text, form.words.description = facts.ask, facts.hint
        if len(facts.answers) == 1:
            del form.outcome, form.on_date
        return form

    @property
    def result(self) -> GroundworkOutcome:
        """What came of it; where there is one answer, nobody is asked for it."""
        return GroundworkOutcome(self.outcome.data) if self.outcome else GroundworkOutcome.DONE

    @property
    def day(self) -> date | None:
        """When it was finished; where nobody is asked, today."""
        return self.on_date.data if self.on_date else clock.today()
