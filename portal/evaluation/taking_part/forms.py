"""Forms of taking part: the facilitator's, the commissioner's, the young person's own."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import time
from typing import Any

from wtforms import (
    BooleanField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from portal.accounts.forms.people import PIN_BOX
from portal.core.errors import InvalidInput
from portal.core.words import WEEKDAYS
from portal.evaluation.models import PanelMember
from portal.evaluation.taking_part.agreeing import ParentSaid
from portal.evaluation.taking_part.models import TakingPart
from portal.evaluation.taking_part.states import AgeBand, ParentSaidBy, Supporter
from portal.evaluation.taking_part.times import PARENTS_UNTIL_CHOICES, Times
from portal.web.fields import DayField, TimeField
from portal.web.forms import BaseForm

NOBODY = "nobody"
AGE_WORDS = {band: f"{band.value.replace('-', ' to ')}" for band in AgeBand}
PARENT_WORDS = {
    ParentSaidBy.PAPER: "On paper",
    ParentSaidBy.MAIL: "By e-mail or letter",
    ParentSaidBy.TELEPHONE: "By telephone",
    ParentSaidBy.IN_PERSON: "In person",
}
SUPPORTER_WORDS = {
    Supporter.FACILITATOR: "The adult who runs our group",
    Supporter.YOUTH_WORKER: "A youth worker",
    Supporter.TEACHER: "A teacher or someone from school",
    Supporter.PARENT: "My mum, dad or carer",
    Supporter.OTHER: "Another adult I trust",
}


class BeginForm(BaseForm):
    """A young person's own words before a sitting."""

    keeps_earlier = False

    agrees = BooleanField("Yes, I want to take part")
    supporter = RadioField(
        "Which adult is with you today?",
        choices=[SelectChoice(one.value, words) for one, words in SUPPORTER_WORDS.items()],
        validators=[InputRequired("Pick who is with you. Nobody there? Then wait until an adult is.")],
    )


class AgeBandForm(BaseForm):
    """How old a young person is, roughly, and how a parent agreed."""

    keeps_earlier = False

    age_band = RadioField(
        "How old are they?",
        choices=[SelectChoice(band.value, words) for band, words in AGE_WORDS.items()],
        validators=[InputRequired("Choose how old they are.")],
    )
    how = RadioField(
        "How did a parent or carer agree?",
        choices=[
            SelectChoice(NOBODY, "Nobody did, or nobody has to"),
            *(SelectChoice(k.value, v) for k, v in PARENT_WORDS.items()),
        ],
        default=NOBODY,
    )
    on = DayField("When did they agree?")

    @classmethod
    def showing(cls, held: TakingPart | None) -> AgeBandForm:
        """The form with what is recorded."""
        if held is None:
            return cls()
        return cls(data={"age_band": held.age_band, "how": held.parent_said_by or NOBODY, "on": held.parent_said_on})

    def said(self) -> dict[str, Any]:
        """The fields as the activity takes them."""
        return {"age_band": AgeBand(self.age_band.data), "parent": self._parent()}

    def _parent(self) -> ParentSaid | None:
        if self.how.data == NOBODY:
            return None
        if self.on.data is None:
            raise InvalidInput("Enter the day on which the parent or carer agreed.", field="on")
        return ParentSaid(ParentSaidBy(self.how.data), self.on.data)


class ChairForm(BaseForm):
    """Whom the young people have as their chair."""

    keeps_earlier = False

    chair = RadioField("Who chairs the group?", validators=[InputRequired("Choose who chairs the group.")])

    @classmethod
    def among(cls, young: Sequence[PanelMember], now: uuid.UUID | None, *, may_be_nobody: bool) -> ChairForm:
        """The form with everybody who scores, and who it is now."""
        form = cls(data={"chair": str(now) if now else NOBODY if may_be_nobody else None})
        form.chair.choices = [SelectChoice(str(member.id), member.alias) for member in young]
        if may_be_nobody:
            form.chair.choices.append(SelectChoice(NOBODY, "Nobody"))
        return form

    def chosen(self) -> uuid.UUID | None:
        """The seat that was chosen."""
        return None if self.chair.data == NOBODY else uuid.UUID(self.chair.data)


class PairsForm(BaseForm):
    """Who scores together; made by `pairs_form`."""

    keeps_earlier = False

    def groups(self) -> dict[uuid.UUID, str]:
        """The name of each young person's group, by seat; "" for alone."""
        return {
            uuid.UUID(name.removeprefix("group-")): field.data or ""
            for name, field in self._fields.items()
            if name.startswith("group-")
        }


def pairs_form(young: Sequence[PanelMember]) -> PairsForm:
    """A choice for each young person: alone, or one of as many groups as there can be."""
    holders = [member.id for member in young if any(mate.scores_with_id == member.id for mate in young)]
    names = [f"Group {number}" for number in range(1, len(young) // 2 + 1)]
    choices = [SelectChoice("", "Alone"), *(SelectChoice(name, name) for name in names)]
    fields, data = {}, {}
    for member in young:
        fields[f"group-{member.id}"] = SelectField(member.alias, choices=choices)
        holder = member.scores_with_id or member.id
        data[f"group-{member.id}"] = names[holders.index(holder)] if holder in holders else ""
    made: type[PairsForm] = type("PairsForm", (PairsForm,), fields)
    return made(data=data)


class TogetherForm(BaseForm):
    """The PINs of whoever scores with a young person; made by `together_form`."""

    keeps_earlier = False

    def pins(self) -> dict[uuid.UUID, str]:
        """What was typed, by seat."""
        return {
            uuid.UUID(name.removeprefix("pin-")): field.data or ""
            for name, field in self._fields.items()
            if name.startswith("pin-")
        }


def together_form(mates: Sequence[PanelMember]) -> TogetherForm:
    """A box for the PIN of each."""
    fields = {f"pin-{mate.id}": PasswordField(f"{mate.alias}, type your PIN", render_kw=PIN_BOX) for mate in mates}
    made: type[TogetherForm] = type("TogetherForm", (TogetherForm,), fields)
    return made()


class AliasesForm(BaseForm):
    """Several young people at once."""

    aliases = TextAreaField("Aliases, one on each line")


class CardsForm(BaseForm):
    """Who gets a card, and on what."""

    keeps_earlier = False

    members = SelectMultipleField(
        "Who gets a new card?",
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    to_print = StringField()
    """Never drawn: the buttons carry it."""

    def offer(self, young: Sequence[PanelMember]) -> None:
        """Offer everybody who scores."""
        self.members.choices = [SelectChoice(str(member.id), member.alias) for member in young]

    def chosen(self) -> list[uuid.UUID]:
        """Who was chosen."""
        return [uuid.UUID(member) for member in self.members.data or []]

    @property
    def as_file(self) -> bool:
        """Whether a PDF is asked for, rather than a page."""
        return bool(self.to_print.data == "pdf")


class TimesForm(BaseForm):
    """When young people can sit, and whose parents are asked."""

    keeps_earlier = False

    weekdays = SelectMultipleField(
        "On which days?",
        coerce=int,
        choices=[SelectChoice(number, name) for number, name in enumerate(WEEKDAYS)],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    opens_at = TimeField("From", [InputRequired("Enter a time, such as 4pm.")])
    closes_at = TimeField(
        "Until", [InputRequired("Enter a time, such as 8pm.")], description="Midnight is the end of the day."
    )
    parents_until = RadioField(
        "Whose parents or carers are asked?",
        coerce=int,
        choices=[SelectChoice(age, f"Of everybody under {age}") for age in PARENTS_UNTIL_CHOICES],
    )
    practice_first = BooleanField("Everybody practises on made-up answers before they score")

    @classmethod
    def showing(cls, times: Times) -> TimesForm:
        """The form with what holds now."""
        return cls(
            data={
                "weekdays": list(times.weekdays),
                "opens_at": times.opens_at,
                "closes_at": times.closes_at,
                "parents_until": times.parents_until,
                "practice_first": times.practice_first,
            }
        )

    def times(self) -> Times:
        """What was typed."""
        opens, closes = self.opens_at.data or time(0), self.closes_at.data or time(0)
        days = tuple(self.weekdays.data or ())
        return Times(days, opens, closes, self.parents_until.data, practice_first=self.practice_first.data)


class PracticeForm(BaseForm):
    """A face for a made-up answer; no words are asked for."""

    keeps_earlier = False

    score = StringField("What do you think?")
