"""Forms of a provider's settings."""

from __future__ import annotations

from wtforms import SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired
from wtforms.widgets import CheckboxInput, ListWidget

from portal.directory.offering import choices_of
from portal.frameworks.models import FrameworkLot
from portal.organisations.models import Setting
from portal.organisations.settings import SettingDetails
from portal.web.forms import BaseForm

_FIGURES = {"inputmode": "numeric", "spellcheck": "false", "autocomplete": "off"}


class SettingForm(BaseForm):
    """What a provider says about a setting."""

    name = StringField("Name of the setting", [DataRequired("Enter the setting’s name.")])
    area = StringField(
        "Council area",
        [DataRequired("Enter the council area that the setting lies in.")],
        description="The council whose area it lies in, such as Gateshead.",
        render_kw={"list": "areas"},
    )
    address = TextAreaField("Address (if you want to give it)")
    postcode = StringField("Postcode (if you want to give it)")
    registration_number = StringField(
        "Registration number",
        description="The regulator’s number for this place, such as an Ofsted URN. Leave it empty if none is needed.",
        render_kw={"spellcheck": "false"},
    )
    capacity = StringField("Places in all", [DataRequired("Enter how many places there are.")], render_kw=_FIGURES)

    @classmethod
    def of(cls, setting: Setting) -> SettingForm:
        """The form, filled with what is stored (or with what was posted)."""
        return cls(obj=setting, capacity=str(setting.capacity))

    def details(self) -> SettingDetails:
        """The fields as the activity takes them."""
        return SettingDetails(
            name=self.name.data or "",
            area=self.area.data or "",
            capacity=self.capacity.data or "",
            address=self.address.data or "",
            postcode=self.postcode.data or "",
            registration_number=self.registration_number.data or "",
        )


class VacanciesForm(BaseForm):
    """How many places are free."""

    vacancies = StringField("Free places now", render_kw=_FIGURES)


class NewSettingForm(SettingForm):
    """A new setting, with its free places."""

    vacancies = StringField(
        "Free places now", [DataRequired("Enter how many are free; 0 for none.")], render_kw=_FIGURES
    )


class OffersForm(BaseForm):
    """What a setting offers on one lot."""

    chosen = SelectMultipleField(
        "What do you offer there?",
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )

    @classmethod
    def of(cls, lot: FrameworkLot, offered: list[str]) -> OffersForm:
        """The form with the lot's choices, ticked as stored (or as posted)."""
        form = cls(data={"chosen": offered})
        form.chosen.choices = [(choice.key, choice.label or "We offer this lot here") for choice in choices_of(lot)]
        return form
