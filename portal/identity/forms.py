"""Forms of proving, doubting and suspending an organisation."""

from __future__ import annotations

from typing import Any

from wtforms import StringField
from wtforms.validators import DataRequired, ValidationError

from portal.accounts.forms.factor import FactorField
from portal.accounts.forms.people import HANDED_CODE_BOX
from portal.organisations.details import IdentityDetails, ProviderDetails
from portal.organisations.forms import AddressFields, DetailsFields
from portal.organisations.models import Provider
from portal.web.fields import DayField, ReasonField, decision, line, page
from portal.web.forms import BaseForm


class DetailsForm(DetailsFields):
    """Changing the details."""

    @classmethod
    def of(cls, provider: Provider) -> DetailsForm:
        """The form, filled with what is stored (or with what was posted)."""
        return cls(obj=provider, organisation_name=provider.name)


class BoundDetailsForm(AddressFields):
    """What an organisation that councils know by its name and numbers changes itself."""

    @classmethod
    def of(cls, provider: Provider) -> BoundDetailsForm:
        """The form, filled with what is stored (or with what was posted); name and numbers stay."""
        made = cls(obj=provider)
        made.stays = IdentityDetails(
            provider.name, provider.company_number or "", provider.charity_number or "", provider.parent
        )
        return made

    def details(self) -> ProviderDetails:
        """The fields as the activity takes them."""
        return self.details_of(self.stays)


class RegisterCheckForm(BaseForm):
    """An officer's comparison with the register."""

    seen = page("What did you look at, and what did you see?")
    seen_on = DayField("The day on which you looked", description="For example, 27 3 2027")


class ReasonForm(FactorField):
    """A reason, and a fresh second factor: refusing or withdrawing."""

    reason = ReasonField("The reason")


class PostForm(BaseForm):
    """Where the letter with the code goes."""

    address = page("The address in the register")


class DomainForm(BaseForm):
    """A mail domain that is the organisation's own."""

    domain = line("The organisation’s mail domain", description="The part after the @, such as brightsteps.org.uk.")
    seen = page("Where did you see that it is theirs?")


class CodeForm(BaseForm):
    """The code from the letter."""

    code = StringField(
        "The code in the letter", [DataRequired("Type the code from the letter.")], render_kw=HANDED_CODE_BOX
    )


class SuspensionForm(FactorField):
    """Propose to suspend an organisation."""

    reason = ReasonField("The reason, with the ground that it rests on")
    first_day = DayField("First day (leave empty to begin as soon as it is decided)")
    last_day = DayField("Last day (leave empty if it lasts until you lift it)")
    review_date = DayField("The day on which you look at it again", description="Within six months.")


class SuspensionDecisionForm(FactorField):
    """The second person's decision about a suspension."""

    verdict = decision(
        ("suspend", "Suspend this organisation"),
        ("refuse", "Refuse it"),
        missing="Choose whether the organisation is suspended.",
    )
    note = ReasonField("What you checked, or why you refuse")


class LiftingDecisionForm(FactorField):
    """The second person's decision about lifting a suspension."""

    verdict = decision(
        ("lift", "Lift the suspension"),
        ("keep", "Keep it"),
        missing="Choose whether the suspension is lifted.",
    )


class ClaimForm(BaseForm):
    """Say that a registered number is one's own, without an account."""

    company_number = line("Company number", description="8 characters from Companies House, such as 09506232.")
    charity_number = line("Or charity number", description="SC before a Scottish number, NIC for Northern Ireland.")
    organisation = line("Your organisation’s name")
    person = line("Your name", render_kw={"autocomplete": "name"})
    email = line("Your e-mail address", render_kw={"type": "email", "autocomplete": "email", "spellcheck": "false"})
    telephone = line(
        "A telephone number in the public register, or on your organisation’s own pages", render_kw={"type": "tel"}
    )
    words = ReasonField("How can we see that the number is yours?")

    def validate_organisation(self, field: Any) -> None:
        """Officers compare it with the register."""
        if not field.data:
            raise ValidationError("Enter your organisation’s name.")

    def validate_person(self, field: Any) -> None:
        """Officers write to somebody."""
        if not field.data:
            raise ValidationError("Enter your name.")

    def validate_email(self, field: Any) -> None:
        """Officers need a way back."""
        if "@" not in (field.data or ""):
            raise ValidationError("Enter your e-mail address, such as name@example.org.")

    def contact(self) -> str:
        """Who claims, line by line."""
        said = (self.organisation.data, self.person.data, self.email.data, self.telephone.data)
        return "\n".join(one for one in said if one)


class ClaimCodeForm(BaseForm):
    """The code of a claim."""

    code = StringField("The code of your claim", [DataRequired("Type the code.")], render_kw=HANDED_CODE_BOX)


class AnswerForm(BaseForm):
    """The holder's answer."""

    answer = ReasonField("Why the number is yours")


class ClaimDecisionForm(FactorField):
    """An officer's decision about a claim."""

    verdict = decision(
        ("dismiss", "The number stays where it is"),
        ("move", "The number belongs to whoever claims it: propose to move it"),
        missing="Choose where the number belongs.",
    )
    reason = ReasonField("Why")


class MoveForm(FactorField):
    """The second person's decision about moving a number."""

    verdict = decision(
        ("move_now", "Take the number from its holder, and keep it for whoever claims it"),
        ("back", "Send it back: it is decided anew"),
        missing="Choose whether the number moves.",
    )
