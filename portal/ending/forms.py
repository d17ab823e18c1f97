"""Forms of ending a procurement."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import RadioField, SelectChoice, SubmitField, TextAreaField
from wtforms.validators import InputRequired

from portal.accounts.forms.factor import FactorField
from portal.tendering.models import InvitationToTender, Lot
from portal.web.fields import decision

CANCEL = "cancel"


class EndingForm(FactorField):
    """Propose to end a procurement, or a lot of it."""

    what = RadioField("What ends", validators=[InputRequired("Choose what ends.")])
    reason = TextAreaField("Why it ends", validators=[InputRequired("Say why, in a sentence or two.")])
    submit = SubmitField("Send to an approver")

    def offer(self, itt: InvitationToTender, *, may_cancel: bool, lots: Sequence[Lot]) -> None:
        """Say what can be ended now."""
        alone = len(itt.lots) == 1
        choices = [
            SelectChoice(str(lot.number), "No award" if alone else f"No award of lot {lot.number}: {lot.title}")
            for lot in lots
        ]
        if may_cancel:
            choices.append(SelectChoice(CANCEL, "Cancel the whole procurement"))
        self.what.choices = choices
        if len(choices) == 1 and self.what.data is None:
            self.what.data = choices[0].value


class DecisionForm(FactorField):
    """End it as proposed, or refuse that."""

    verdict = decision(
        ("end", "End it, and tell everybody now"),
        ("refuse", "Refuse: it goes on"),
        missing="Choose whether it ends.",
    )
    note = TextAreaField(
        "What you checked, or why you refuse",
        validators=[InputRequired("Say what you checked, or why you refuse.")],
    )
    submit = SubmitField("Record my decision")
