"""Forms of a panel's moderation."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from wtforms import BooleanField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from portal.evaluation.models import PanelMember
from portal.evaluation.states import MemberRole
from portal.web.fields import DayField, ReasonField, decision, line
from portal.web.forms import BaseForm


def nobody_named() -> BooleanField:
    """Asked where what is written down for young people looks as if somebody could be recognised."""
    return BooleanField("Nobody is named in it, and nobody can be recognised by it")


class AgreeForm(BaseForm):
    """The panel's agreed score and reason."""

    keeps_earlier = False
    """An agreed score that was superseded is on record with its reason."""

    score = StringField("Agreed score")
    reason = ReasonField("The panel’s reason")
    not_higher = ReasonField("Why not one higher?")
    not_lower = ReasonField("Why not one lower?")
    outside_reason = ReasonField("Why outside what anybody gave?")
    nobody_named = nobody_named()


class AttendanceForm(BaseForm):
    """Who takes part in the panel's meeting."""

    present = SelectMultipleField(
        "Who is here?", choices=[], widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )

    def among(self, seats: Sequence[PanelMember], there: Collection[uuid.UUID]) -> AttendanceForm:
        """Offer the adults on the panel, those who are there ticked: young people come by themselves."""
        adults = [seat for seat in seats if seat.role is not MemberRole.YOUNG_MEMBER]
        self.present.choices = [SelectChoice(str(seat.id), seat.alias) for seat in adults]
        if not self.is_submitted():
            self.present.data = [str(member_id) for member_id in there]
        return self

    def seats(self) -> set[uuid.UUID]:
        """Who was ticked."""
        return {uuid.UUID(member_id) for member_id in self.present.data or ()}


class MovementForm(BaseForm):
    """Who came round from their score, to which, and why."""

    member = RadioField("Who came round?", choices=[], validators=[InputRequired("Choose who came round.")])
    moved_to = line("To which score?")
    why = TextAreaField("Why?")
    nobody_named = nobody_named()

    def among(self, members: Sequence[PanelMember]) -> MovementForm:
        """Offer those of whom it can be written down."""
        self.member.choices = [SelectChoice(str(member.id), member.alias) for member in members]
        return self


class ConsentForm(BaseForm):
    """What a member says to an agreed score."""

    verdict = decision(
        ("consent", "I agree with this score"),
        ("dissent", "I do not agree"),
        missing="Say whether you agree with this score.",
    )
    words = TextAreaField("If you do not agree: why?")

    def dissent(self) -> str | None:
        """Why the member does not agree; None where the member does."""
        return None if self.verdict.data == "consent" else self.words.data or ""


class CloseForm(BaseForm):
    """When the panel met, and how it came to its scores."""

    met_first = DayField("The day on which the panel met")
    met_last = DayField("The last day, if it met on several")
    meeting_record = ReasonField("How you came to the agreed scores, in short")
