"""Hiding from panels whose a bid is: what was found by itself, and other words."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import SelectMultipleField, SubmitField
from wtforms.widgets import CheckboxInput, ListWidget

from portal.core.words import counted
from portal.evaluation.hiding import Hint
from portal.web.fields import line
from portal.web.forms import BaseForm


class HidingForm(BaseForm):
    """Words that panels do not read."""

    keeps_earlier = False

    found = SelectMultipleField(
        "Found in this bid", widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(), validate_choice=False
    )
    others = line("Other words", description="A name of theirs that was not found, such as of a project or a person.")
    submit = SubmitField("Hide from panels")

    def offer(self, hints: Sequence[Hint]) -> HidingForm:
        """Offer what was found, whole names and numbers ticked."""
        self.found.choices = [(hint.words, f"{hint.words}: {counted(hint.times, 'time')}") for hint in hints]
        if not self.is_submitted():
            self.found.data = [hint.words for hint in hints if hint.is_whole]
        return self

    def words(self) -> list[str]:
        """What was ticked, and what was typed."""
        return [*(self.found.data or []), self.others.data or ""]
