"""Forms of absences: naming a deputy, the second person's word, ending it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from typing import Any

from flask_login import current_user
from wtforms import SelectChoice
from wtforms.validators import DataRequired

from portal.accounts.forms.factor import FactorField
from portal.accounts.queries import Colleague
from portal.web.fields import DayField, PickField, ReasonField, decision
from portal.web.forms import BaseForm

CHOOSE = SelectChoice("", "Choose somebody")


class FactorOfThoseWhoHaveOne(FactorField):
    """An act of everybody's: a fresh second factor is asked of whoever has one."""

    def carry_out(self, act: Callable[[], Any]) -> bool:
        """As every act that needs a fresh factor, or without for whoever has no factor."""
        return super().carry_out(act) if current_user.has_factor else BaseForm.carry_out(self, act)


class DeputyForm(FactorOfThoseWhoHaveOne):
    """Who is away, who stands in, and from when to when."""

    person = PickField("Who is away?")
    deputy = PickField("Who stands in?", validators=[DataRequired("Choose who stands in.")])
    first_day = DayField("First day", validators=[DataRequired("Enter the first day.")])
    last_day = DayField("Last day", validators=[DataRequired("Enter the last day.")])

    own: uuid.UUID

    def offer(self, colleagues: Iterable[Colleague], *, own: uuid.UUID | None, for_others: bool) -> None:
        """Offer the colleagues who have joined; somebody who is no administrator names a deputy of their own."""
        assert own is not None
        self.own = own
        people = [SelectChoice(str(one.id), one.name) for one in colleagues if one.roles and not one.awaits_joining]
        me = SelectChoice(str(own), "I am")
        self.person.choices = [me, *(one for one in people if one.value != me.value)]
        self.deputy.choices = [CHOOSE, *(one for one in people if one.value != me.value)]
        if not for_others:
            del self.person

    @property
    def away(self) -> uuid.UUID:
        """Who is away."""
        return uuid.UUID(self.person.data) if self.person else self.own


class DeputyDecisionForm(FactorField):
    """The second person's word on a deputy."""

    verdict = decision(
        ("confirm", "Confirm the deputy"),
        ("refuse", "Refuse"),
        missing="Choose whether you confirm the deputy.",
    )
    note = ReasonField("Why you refuse")


class EndAbsenceForm(FactorOfThoseWhoHaveOne):
    """Ending an absence: nothing but the second factor is asked."""
