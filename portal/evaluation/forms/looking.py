"""The form of a second look at the scores that decide alone."""

from __future__ import annotations

from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from portal.evaluation.states import LookConclusion
from portal.web.fields import ReasonField
from portal.web.forms import BaseForm

WORDS = {
    LookConclusion.STAYS: "The scores stay as they are",
    LookConclusion.CORRECTION: "A score has to be corrected",
}


class LookForm(BaseForm):
    """What somebody looked at, and what came of it."""

    result = HiddenField()
    seen = ReasonField("What did you look at?")
    conclusion = RadioField(
        "What came of it?",
        choices=[SelectChoice(value.value, words) for value, words in WORDS.items()],
        validators=[InputRequired("Choose what came of it.")],
    )
    finding = ReasonField("Why?")
