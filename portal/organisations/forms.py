"""Forms of organisations."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from wtforms import BooleanField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired
from wtforms.widgets import CheckboxInput, ListWidget

from portal.organisations.details import IdentityDetails, ProviderDetails
from portal.organisations.models import Provider
from portal.regulation.queries import cpv_codes
from portal.web.forms import BaseForm


class IdentityFields(BaseForm):
    """What an organisation is called, and what it is registered as."""

    organisation_name = StringField(
        "Name of the organisation",
        [DataRequired("Enter the organisation’s name.")],
        description="As it stands in the register.",
        render_kw={"autocomplete": "organization"},
    )
    company_number = StringField(
        "Company number",
        description="8 characters from Companies House, such as 09506232.",
        render_kw={"spellcheck": "false"},
    )
    charity_number = StringField(
        "Charity number",
        description="Put SC before a Scottish number and NIC before one of Northern Ireland.",
        render_kw={"spellcheck": "false"},
    )
    parent = StringField(
        "Parent organisation",
        description="If another organisation owns or controls yours: its name. Otherwise leave it empty.",
    )
    name_confirmed = BooleanField("The name is right, and we are a different organisation from any with a like name")

    claim_code = StringField("Code of your claim", description="From the page on which you claimed the number.")

    def identity(self) -> IdentityDetails:
        """The fields as the activities take them."""
        return IdentityDetails(
            name=self.organisation_name.data or "",
            company_number=self.company_number.data or "",
            charity_number=self.charity_number.data or "",
            parent=self.parent.data or "",
            name_confirmed=bool(self.name_confirmed.data),
            claim_code=self.claim_code.data or "",
        )


class AddressFields(BaseForm):
    """Where an organisation is, and of what kind."""

    address = TextAreaField(
        "Address",
        [DataRequired("Enter the organisation’s address.")],
        render_kw={"autocomplete": "street-address"},
    )
    postcode = StringField("Postcode", [DataRequired("Enter the postcode.")], render_kw={"autocomplete": "postal-code"})
    is_sme = BooleanField(
        "We are a small or medium-sized enterprise",
        description="Fewer than 250 people, and either turnover of £44 million or less or a balance sheet of "
        "£38 million or less.",
    )
    is_vcse = BooleanField(
        "We are a voluntary, community or social enterprise",
        description="You exist for a social purpose and put most of your surplus back into it.",
    )

    def details_of(self, identity: IdentityDetails) -> ProviderDetails:
        """The fields as the activities take them, with a name and numbers."""
        return ProviderDetails(
            **asdict(identity),
            address=self.address.data or "",
            postcode=self.postcode.data or "",
            is_sme=bool(self.is_sme.data),
            is_vcse=bool(self.is_vcse.data),
        )


class DetailsFields(IdentityFields, AddressFields):
    """What a provider says about itself."""

    def details(self) -> ProviderDetails:
        """The fields as the activities take them."""
        return self.details_of(self.identity())


class AlertsFields(BaseForm):
    """The CPV codes to hear about."""

    codes = SelectMultipleField(
        "Tell us by e-mail about new opportunities in",
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes.choices = [(code.code, code.description) for code in cpv_codes()]


class AlertsForm(AlertsFields):
    """Choosing the alerts."""

    @classmethod
    def of(cls, provider: Provider) -> AlertsForm:
        """The form, with the present choice ticked (or what was posted)."""
        return cls(data={"codes": [alert.cpv_code for alert in provider.alerts]})
