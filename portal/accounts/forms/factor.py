"""Forms of the second factor: setting up an app, adding and removing passkeys, recovery codes, a lost phone or key."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import current_app
from flask_login import current_user, login_user
from wtforms import HiddenField, RadioField, SelectChoice, StringField
from wtforms.validators import DataRequired, InputRequired

from portal.accounts.browser import origin, site
from portal.accounts.models import User
from portal.accounts.passkeys import Question, options_to_add, options_to_show
from portal.accounts.second_factor import Proposal, Shown, confirm_factor, propose_factor, read_proposal
from portal.core import clock
from portal.core.errors import InvalidInput, PortalError
from portal.extensions import db
from portal.web.access import factor_is_fresh
from portal.web.forms import BaseForm

CODE_BOX = {"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}


class FactorField(BaseForm):
    """For acts that need a fresh second factor: mix it in, and `carry_out` asks for it before it acts.

    The template shows it, while it is needed, with `{{ factor(form) }}` of components/factor.html.
    """

    factor_code = StringField(
        "Code from your authenticator app",
        description="Six digits, or one of your recovery codes. We ask again because this step is important.",
        render_kw=CODE_BOX,
    )
    factor_answer = HiddenField()
    factor_asked_at = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What was answered is read once; the page that is drawn from here asks a new question.
        self._answered = (self.factor_answer.data or "", second_in(self.factor_asked_at))
        self.factor_answer.data, self.factor_asked_at.data = "", str(int(clock.now().timestamp()))

    @property
    def asks_for_factor(self) -> bool:
        """Whether the page has to ask."""
        return not factor_is_fresh()

    @property
    def key_question(self) -> str | None:
        """What the browser asks the person's passkeys; none where they have none, or the address has no name."""
        here = site()
        if not (self.asks_for_factor and here and current_user.has_passkey):
            return None
        question = question_of("show", int(self.factor_asked_at.data))
        keys = current_app.extensions["keys"]
        return json.dumps(options_to_show(user_id=current_user.user_id, question=question, site=here, keys=keys))

    def shown(self) -> Shown:
        """What the person showed with this form."""
        answer, asked_at = self._answered
        return Shown(self.factor_code.data or "", answer, question_of("show", asked_at), site())

    def carry_out(self, act: Callable[[], Any]) -> bool:
        """Confirm what is shown unless something was in the last five minutes, then run the activity."""
        try:
            show_factor(self.shown())
        except PortalError as refusal:
            if refusal.field is None:
                raise
            self.refuse(refusal)
            return False
        return super().carry_out(act)


def second_in(field: HiddenField) -> int:
    """The second, since 1970, that the page put into a hidden field; the first of all for what came back instead."""
    typed = str(field.data or "")
    return int(typed) if re.fullmatch("[0-9]{1,11}", typed) else 0


def question_of(purpose: str, asked_at: int) -> Question:
    """The question to a passkey that was asked in this session at that time."""
    return Question(purpose, current_user.session_id, current_user.factor_at, asked_at)


def show_factor(shown: Shown) -> None:
    """Confirm what is shown for this session, unless something was in the last five minutes."""
    if factor_is_fresh():
        return
    now = clock.now()
    confirm_factor(
        user_id=current_user.user_id,
        session_id=current_user.session_id,
        shown=shown,
        origin=origin(),
        keys=current_app.extensions["keys"],
        now=now,
    )
    # What is still to be rendered in this request knows that the factor is fresh.
    login_user(replace(current_user._get_current_object(), factor_at=now))


class CodeForm(FactorField):
    """The second factor that completes signing in."""

    factor_code = StringField(
        "Code from your authenticator app",
        description="Six digits, or one of your recovery codes.",
        render_kw=CODE_BOX,
    )


class SetUpFactorForm(BaseForm):
    """A first code from a new authenticator; the secret that it belongs to travels sealed in the form."""

    proposal = HiddenField()
    factor_code = StringField(
        "Code that the app shows now",
        [DataRequired("Enter the code that the app shows.")],
        render_kw=CODE_BOX,
    )

    def offer(self) -> Proposal:
        """The proposed secret that the form carries, or a new one."""
        keys = current_app.extensions["keys"]
        who: dict[str, Any] = {
            "user_id": current_user.user_id,
            "account_name": current_user.email or current_user.display_name,
        }
        if self.proposal.data:
            try:
                return read_proposal(sealed=self.proposal.data, keys=keys, **who)
            except InvalidInput as stale:
                self.refuse(stale)
        proposal = propose_factor(keys=keys, **who)
        self.proposal.data = proposal.sealed
        return proposal


class PasskeyForm(BaseForm):
    """A new passkey: its name, and what the browser made."""

    name = StringField(
        "Name of this passkey",
        [DataRequired("Give the passkey a name.")],
        description="So that you know it again, for example “Work laptop” or “Blue key”.",
        render_kw={"autocomplete": "off"},
    )
    passkey = HiddenField()
    asked_at = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.answer, self._answered_at = self.passkey.data or "", second_in(self.asked_at)
        self.passkey.data, self.asked_at.data = "", str(int(clock.now().timestamp()))

    def answered(self) -> Question:
        """The question that the browser's key was made for."""
        return question_of("add", self._answered_at)

    @property
    def key_question(self) -> str | None:
        """What the browser needs in order to make a key; none where the address has no name."""
        here = site()
        if here is None:
            return None
        person, question = db.session.get_one(User, current_user.user_id), question_of("add", int(self.asked_at.data))
        keys = current_app.extensions["keys"]
        return json.dumps(options_to_add(person=person, question=question, site=here, keys=keys))


class FreshForm(FactorField):
    """Removing a passkey, or making recovery codes anew: nothing but the second factor is asked."""


class LostDecisionForm(FactorField):
    """One administrator's word on who asks."""

    verdict = RadioField(
        "Is it this person who asks?",
        choices=[
            SelectChoice(
                "confirm", "Yes, I am sure: I know their face or voice, or called them at a number we had before"
            ),
            SelectChoice("refuse", "No, or I cannot make sure"),
        ],
        validators=[InputRequired("Choose whether it is this person who asks.")],
    )
