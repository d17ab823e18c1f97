"""The forms of addenda."""

from __future__ import annotations

from wtforms import TextAreaField

from portal.accounts.forms.factor import FactorField
from portal.tendering.amending.amending import NewDates
from portal.tendering.forms.service import TimetableForm
from portal.web.fields import decision


class AddendumForm(TimetableForm):
    """What changes, why, and the timetable as it shall be: made with the timetable as it is."""

    words = TextAreaField(
        "What changes",
        description="Bidders read this. Name what was said before and what holds now. A new date is added by itself.",
    )
    reason = TextAreaField("Why it changes", description="Bidders read this too.")

    def dates(self) -> NewDates:
        """The timetable as it was typed; raises `InvalidInput` for an hour that is skipped or happens twice."""
        return NewDates(
            closes_at=self.closing_instant(),
            questions_until=self.end_of_questions(),
            answers_by_date=self.answers_by_date.data,
            award_date=self.award_date.data,
            contract_start_date=self.contract_start_date.data,
        )


class AddendumDecisionForm(FactorField):
    """The second person's decision about a change."""

    verdict = decision(
        ("publish", "Publish it: it holds from this moment"),
        ("refuse", "Refuse it"),
        missing="Choose whether the change is published.",
    )
    note = TextAreaField("What you checked, or why you refuse", description="It stays in the record.")
