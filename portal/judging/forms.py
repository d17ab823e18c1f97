"""Forms of judging bids."""

from __future__ import annotations

from wtforms import SubmitField, TextAreaField
from wtforms.validators import InputRequired

from portal.accounts.forms.factor import FactorField
from portal.judging.states import Verdict
from portal.web.fields import decision
from portal.web.forms import BaseForm


class JudgementForm(BaseForm):
    """Judge one answer."""

    verdict = decision(
        (Verdict.PASSES.value, "It passes"),
        (Verdict.FAILS.value, "It fails: an approver decides whether the bid is out"),
        missing="Choose whether the answer passes.",
    )
    reason = TextAreaField("Why", validators=[InputRequired("Say why, in a sentence or two.")])
    submit = SubmitField("Save the judgement")


class DecisionForm(FactorField):
    """Decide what a colleague has judged."""

    verdict = decision(
        ("decide", "Decide it as proposed"),
        ("refuse", "Refuse it: what stood before stands"),
        missing="Choose whether you decide it as proposed.",
    )
    note = TextAreaField(
        "What you checked, or why you refuse",
        validators=[InputRequired("Say what you checked, or why you refuse.")],
    )
    submit = SubmitField("Record my decision")
