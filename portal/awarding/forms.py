"""Forms of the award."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import BooleanField, RadioField, SelectChoice, SubmitField
from wtforms.validators import InputRequired

from portal.accounts.forms.factor import FactorField
from portal.regulation.deadline_rules import DeadlineRule
from portal.web.fields import DayField, ReasonField, decision
from portal.web.forms import BaseForm


class RelyingForm(FactorField):
    """Shown while nobody has proved the winner's number (`organisations/standing.py`)."""

    unverified_reason = ReasonField("Why you go on although nobody has proved the winner’s number")


class ProposalForm(RelyingForm):
    """Propose the award to the bid that the method ranks first."""

    reason = ReasonField(
        "Why this award is proposed",
        validators=[InputRequired("Say in a sentence or two why this award is proposed.")],
    )
    tied = RadioField("Which of the tied bids", choices=(), validate_choice=False)
    tie_reason = ReasonField("Why this one of the tied bids")
    offers_standstill = BooleanField(default=True)
    submit = SubmitField("Send to an approver")

    def offer(self, period: DeadlineRule, tied: Sequence[tuple[str, str]]) -> None:
        """Say how long a standstill is that the law of this award would have, and which bids there are to choose of."""
        self.tied.choices = [SelectChoice(*bid) for bid in tied]
        self.offers_standstill.label.text = f"Offer a standstill of {period.length_words} before the contract is signed"


class DecisionForm(RelyingForm):
    """Approve a proposed award, or refuse it."""

    verdict = decision(
        ("approve", "Approve the award"),
        ("refuse", "Refuse it and send it back"),
        missing="Choose whether you approve the award.",
    )
    note = ReasonField(
        "What you checked, or why you refuse",
        validators=[InputRequired("Say what you checked, or why you refuse.")],
    )
    submit = SubmitField("Record my decision")


class ValidityForm(BaseForm):
    """Ask every bidder that is still in to let its bid stand for longer."""

    until = DayField("Last day for which bids are to stand", description="The same for everybody.")
    answer_by = DayField("Last day to answer", description="Who has not agreed by then is out once the time is past.")
    reason = ReasonField("Why it takes longer", validators=[InputRequired("Say why it takes longer.")])


class ValidityAnswerForm(BaseForm):
    """Agree to let the bid stand for longer, or not."""

    verdict = decision(
        ("agree", "We let our bid stand until that day, as it is"),
        ("decline", "We do not let it stand for longer"),
        missing="Choose whether your bid stands for longer.",
    )
