"""Forms of people: signing in, registering, the account, colleagues, the card."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from flask import current_app
from flask_login import current_user
from wtforms import (
    EmailField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import DataRequired, InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from portal.accounts.cards import WRONG_PIN, SeenCard
from portal.accounts.forms.factor import FactorField
from portal.accounts.kept_passwords import keep_password, kept_password
from portal.accounts.models import Language
from portal.accounts.registering import check_registration
from portal.core import clock
from portal.core.errors import InvalidInput
from portal.core.permissions import Role
from portal.organisations.forms import AlertsFields, DetailsFields
from portal.web.fields import ReasonField, decision
from portal.web.forms import BaseForm

HAS_PIN, NEW_PIN = "has", "new"

HANDED_CODE_BOX = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}

ROLE_MEANINGS: dict[Role, tuple[str, str]] = {
    Role.PROVIDER_ADMINISTRATOR: (
        "Administrator",
        "Changes the organisation’s details and invites colleagues.",
    ),
    Role.SUBMITTER: ("Submitter", "Writes bids and submits or withdraws them."),
    Role.CONTRIBUTOR: ("Contributor", "Writes parts of a bid, but cannot submit it."),
    Role.COMMISSIONER: ("Commissioner", "Writes and publishes invitations to tender, and sets up panels."),
    Role.APPROVER: ("Approver", "Approves awards that a colleague proposes."),
    Role.OPENER: ("Opener", "Opens the bids, together with a second opener."),
    Role.CONTRACT_MANAGER: ("Contract manager", "Looks after contracts."),
    Role.AUDITOR: ("Auditor", "Reads the record, and changes nothing."),
    Role.SAFEGUARDING_LEAD: (
        "Safeguarding lead",
        "Reads what a young person wrote on a panel where it may be about harm, and sees to it that somebody acts.",
    ),
    Role.AUTHORITY_ADMINISTRATOR: ("Administrator", "Invites colleagues and checks new providers."),
}
"""The roles that an administrator gives, in words."""


LANGUAGE_NAMES = {Language.ENGLISH: "English"}
"""Each language in its own words."""


class SignInForm(BaseForm):
    """E-mail address and password."""

    email = EmailField(
        "E-mail address",
        [DataRequired("Enter your e-mail address.")],
        render_kw={"autocomplete": "username", "spellcheck": "false"},
    )
    password = PasswordField(
        "Password",
        [DataRequired("Enter your password.")],
        render_kw={"autocomplete": "current-password"},
    )


class RegisterForm(DetailsFields, AlertsFields):
    """A provider's first person, and the organisation."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The error summary lists the fields in the order of the page: the person comes first.
        for name in ("password", "email", "name"):
            self._fields.move_to_end(name, last=False)

    name = StringField("Your full name", [DataRequired("Enter your name.")], render_kw={"autocomplete": "name"})
    email = EmailField(
        "Your work e-mail address",
        [DataRequired("Enter your e-mail address.")],
        description="You sign in with it, and we write to it about your bids.",
        render_kw={"autocomplete": "email", "spellcheck": "false"},
    )
    password = PasswordField(
        "Choose a password",
        description="At least 12 characters. Three random words work well.",
        render_kw={"autocomplete": "new-password"},
    )
    sealed_password = HiddenField()

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether everything can be accepted; what cannot is said all at once, and a good password is kept."""
        valid = bool(super().validate(extra_validators))
        if not self.chosen_password:
            self.password.errors = ["Choose a password."]
        try:
            check_registration(**self.typed())
        except InvalidInput as refusal:
            self.refuse(refusal)
            valid = False
        good = self.chosen_password and not self.password.errors
        kept = keep_password(self.chosen_password, keys=current_app.extensions["keys"], now=clock.now())
        self.sealed_password.data = kept if good else ""
        return valid

    @property
    def chosen_password(self) -> str:
        """What was typed, or else typed before and kept."""
        sealed = self.sealed_password.data or ""
        kept = kept_password(sealed, keys=current_app.extensions["keys"], now=clock.now())
        return self.password.data or kept

    def typed(self) -> dict[str, Any]:
        """The fields as the activity takes them."""
        return {
            "name": self.name.data or "",
            "email": self.email.data or "",
            "password": self.chosen_password,
            "details": self.details(),
            "alerts": self.codes.data or [],
        }


class PasswordForm(BaseForm):
    """Changing the password."""

    old_password = PasswordField(
        "Present password",
        [DataRequired("Enter your present password.")],
        render_kw={"autocomplete": "current-password"},
    )
    password = PasswordField(
        "New password",
        [DataRequired("Choose a new password.")],
        description="At least 12 characters. Three random words work well.",
        render_kw={"autocomplete": "new-password"},
    )


class ForgottenForm(BaseForm):
    """The address of somebody who has forgotten their password."""

    email = EmailField(
        "E-mail address",
        [DataRequired("Enter your e-mail address.")],
        render_kw={"autocomplete": "username", "spellcheck": "false"},
    )


class ChosenPasswordForm(BaseForm):
    """A new password, chosen with a link that was mailed."""

    password = PasswordField(
        "Choose a password",
        [DataRequired("Choose a password.")],
        description="At least 12 characters. Three random words work well.",
        render_kw={"autocomplete": "new-password"},
    )


class NameForm(BaseForm):
    """One's own name."""

    name = StringField("Your full name", [DataRequired("Enter your name.")], render_kw={"autocomplete": "name"})


class LanguageForm(BaseForm):
    """The language of one's mail."""

    language = RadioField(
        "Language",
        choices=[SelectChoice(language.value, LANGUAGE_NAMES[language]) for language in Language],
        validators=[InputRequired("Choose one of the languages.")],
    )


class AddressForm(FactorField):
    """Another e-mail address; the second factor is asked of whoever has one."""

    email = EmailField(
        "New e-mail address",
        [DataRequired("Enter the new e-mail address.")],
        render_kw={"autocomplete": "email", "spellcheck": "false"},
    )
    password = PasswordField(
        "Your password",
        [DataRequired("Enter your password.")],
        description="We ask again because this step is important.",
        render_kw={"autocomplete": "current-password"},
    )

    def carry_out(self, act: Callable[[], Any]) -> bool:
        """As every act that needs a fresh factor, or with the password alone for whoever has no factor."""
        return super().carry_out(act) if current_user.has_factor else BaseForm.carry_out(self, act)


PIN_BOX = {"inputmode": "numeric", "autocomplete": "off", "maxlength": "12"}


class CardForm(BaseForm):
    """The code on a young person's card, and then the PIN that they chose or choose now."""

    code = StringField(
        "Type the code on your card",
        [DataRequired("Type the code on your card. It looks like 7K3M-9QX2.")],
        description="It has letters and numbers. Big or small letters are both fine.",
        render_kw=HANDED_CODE_BOX,
    )
    asks = HiddenField()
    """Which PIN the page asks for: the one that they have, or a new one; none yet on the first page."""
    pin = PasswordField("Type your PIN", render_kw=PIN_BOX)
    again = PasswordField("Type it one more time", render_kw=PIN_BOX)

    @property
    def asks_for_pin(self) -> bool:
        """Whether the code has been seen to be right."""
        return bool(self.asks.data in {HAS_PIN, NEW_PIN}) and not self.code.errors

    @property
    def chooses(self) -> bool:
        """Whether the PIN is a new one."""
        return bool(self.asks.data == NEW_PIN)

    def go_on(self, seen: SeenCard) -> None:
        """Ask for the PIN: the card works."""
        self.asks.data = HAS_PIN if seen.has_pin else NEW_PIN
        if seen.is_wrong:
            self.refuse(InvalidInput(WRONG_PIN, field="pin"))

    def typed(self) -> dict[str, str]:
        """The fields as the activity takes them; a PIN once it was asked for."""
        asked = bool(self.asks.data)
        if asked and not self.pin.data:
            raise InvalidInput("Pick a PIN." if self.chooses else "Type your PIN.", field="pin")
        return {
            "code": self.code.data or "",
            "pin": (self.pin.data or "") if asked else "",
            "again": self.again.data or "",
        }


class JoinForm(ChosenPasswordForm):
    """A new colleague's code on paper, and password."""

    code = StringField(
        "Code from your administrator",
        [DataRequired("Enter the code that your administrator gave you.")],
        description="It looks like 7K3M-9QX2-HB4T.",
        render_kw=HANDED_CODE_BOX,
    )


class RolesField(FactorField):
    """What somebody may do, among the roles that can be given."""

    roles = SelectMultipleField(
        "What may they do?",
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )
    role_hints = {role.value: meaning for role, (_, meaning) in ROLE_MEANINGS.items()}

    def offer(self, roles: Collection[Role]) -> None:
        """Offer these roles, and no others: whatever else comes back is dropped."""
        self.roles.choices = [(role.value, words) for role, (words, _) in ROLE_MEANINGS.items() if role in roles]

    def chosen(self) -> set[Role]:
        """The chosen roles."""
        offered = {value for value, _ in self.roles.choices}
        return {Role(value) for value in self.roles.data or [] if value in offered}


class InviteForm(RolesField):
    """A new colleague."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The error summary lists the fields in the order of the page.
        self._fields.move_to_end("roles")

    name = StringField("Full name", [DataRequired("Enter the colleague’s name.")])
    email = EmailField(
        "Work e-mail address",
        [DataRequired("Enter the colleague’s e-mail address.")],
        render_kw={"spellcheck": "false"},
    )


class RoleDecisionForm(FactorField):
    """Confirm a role that a colleague proposed, or refuse it."""

    verdict = decision(
        ("confirm", "Confirm the role"),
        ("refuse", "Refuse it"),
        missing="Choose whether you confirm the role.",
    )
    note = ReasonField("Why you refuse")


class ColleagueForm(FactorField):
    """Ending a colleague's access, or inviting them again: nothing but the second factor is asked."""


class SuccessorForm(FactorField):
    """Who becomes administrator of an organisation whose only one is gone."""

    former = EmailField(
        "E-mail address of the administrator who is gone",
        [DataRequired("Enter the address of the administrator who is gone.")],
        description="It tells us which organisation it is.",
        render_kw={"spellcheck": "false", "autocomplete": "off"},
    )
    email = EmailField(
        "E-mail address of the new administrator",
        [DataRequired("Enter the address of the new administrator.")],
        description="Of somebody who has access there, or else of somebody new.",
        render_kw={"spellcheck": "false", "autocomplete": "off"},
    )
    name = StringField("Full name, if they are new here", render_kw={"autocomplete": "off"})
    asked = ReasonField("Who asked?")
    checked = ReasonField("How did you make sure?")
