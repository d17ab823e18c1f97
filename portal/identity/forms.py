"""Forms of proving, doubting and suspending an organisation."""

from __future__ import annotations

from wtforms import RadioField, SelectChoice, StringField
from wtforms.validators import DataRequired, InputRequired

from portal.accounts.forms.factor import FactorField
from portal.accounts.forms.people import HANDED_CODE_BOX
from portal.organisations.forms import DetailsFields
from portal.organisations.models import Provider
from portal.web.fields import DayField, page
from portal.web.forms import BaseForm


class DetailsForm(DetailsFields):
    """Changing the details."""

    @classmethod
    def of(cls, provider: Provider) -> DetailsForm:
        """The form, filled with what is stored (or with what was posted)."""
        return cls(obj=provider, organisation_name=provider.name)


class RegisterCheckForm(BaseForm):
    """An officer's comparison with the register."""

    seen = page("What did you look at, and what did you see?")
    seen_on = DayField("The day on which you looked", description="For example, 27 3 2027")


class ReasonForm(FactorField):
    """A reason, and a fresh second factor: refusing or withdrawing."""

    reason = page("The reason")


class PostForm(BaseForm):
    """Where the letter with the code goes."""

    address = page("The address in the register")


class CodeForm(BaseForm):
    """The code from the letter."""

    code = StringField(
        "The code in the letter", [DataRequired("Type the code from the letter.")], render_kw=HANDED_CODE_BOX
    )


class SuspensionForm(FactorField):
    """Propose to suspend an organisation."""

    reason = page("The reason, with the ground that it rests on")
    first_day = DayField("First day (leave empty to begin as soon as it is decided)")
    last_day = DayField("Last day (leave empty if it lasts until you lift it)")
    review_date = DayField("The day on which you look at it again", description="Within six months.")


class SuspensionDecisionForm(FactorField):
    """The second person's decision about a suspension."""

    verdict = RadioField(
        "Your decision",
        choices=[SelectChoice("suspend", "Suspend this organisation"), SelectChoice("refuse", "Refuse it")],
        validators=[InputRequired("Choose whether the organisation is suspended.")],
    )
    note = page("What you checked, or why you refuse")


class LiftingDecisionForm(FactorField):
    """The second person's decision about lifting a suspension."""

    verdict = RadioField(
        "Your decision",
        choices=[SelectChoice("lift", "Lift the suspension"), SelectChoice("keep", "Keep it")],
        validators=[InputRequired("Choose whether the suspension is lifted.")],
    )
