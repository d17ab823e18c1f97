"""Forms of people's data."""

from __future__ import annotations

from wtforms import BooleanField, RadioField, SelectChoice, TextAreaField
from wtforms.validators import DataRequired, InputRequired

from portal.accounts.forms.factor import FactorField
from portal.web.forms import BaseForm


class ErasureForm(BaseForm):
    """Ask to be erased."""

    understood = BooleanField(
        "I understand that this cannot be undone once it is carried out",
        [DataRequired("Tick the box if you want to be erased.")],
    )


class YoungErasureForm(BaseForm):
    """Ask for a young person."""

    understood = BooleanField(
        "The young person, or their family, wants this",
        [DataRequired("Tick the box if they want this.")],
    )


class ErasureDecisionForm(FactorField):
    """Erase somebody, or refuse it."""

    verdict = RadioField(
        "Your decision",
        choices=[SelectChoice("erase", "Erase this person now"), SelectChoice("refuse", "Refuse it")],
        validators=[InputRequired("Choose whether you erase this person.")],
    )
    note = TextAreaField("Why you refuse")
