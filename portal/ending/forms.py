"""Forms of ending a procurement, and of setting its award aside."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import RadioField, SelectChoice, SubmitField
from wtforms.validators import InputRequired

from portal.accounts.forms.factor import FactorField
from portal.awarding.models import AwardPlace
from portal.tendering.models import InvitationToTender, Lot, Panel
from portal.web.fields import ReasonField, decision

CANCEL = "cancel"
EVERY_PANEL = "every panel"


class EndingForm(FactorField):
    """Propose to end a procurement, or a lot of it."""

    what = RadioField("What ends", validators=[InputRequired("Choose what ends.")])
    reason = ReasonField("Why it ends", validators=[InputRequired("Say why, in a sentence or two.")])
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


class SettingAsideForm(FactorField):
    """Propose that a winner withdraws, that a place stays empty, or that panels agree their scores again."""

    what = RadioField("What has happened", validators=[InputRequired("Choose what has happened.")])
    reason = ReasonField("Why", validators=[InputRequired("Say why, in a sentence or two.")])
    submit = SubmitField("Send to an approver")

    def offer(self, places: Sequence[AwardPlace], vacant: Sequence[AwardPlace], panels: Sequence[Panel]) -> None:
        """Say what can be set aside now."""
        choices = [SelectChoice(str(place.id), f"{place.called} withdraws from {place.of_what}") for place in places]
        choices += [SelectChoice(str(place.id), f"{place.of_what.capitalize()} stays empty") for place in vacant]
        choices += [SelectChoice(panel.key, f"{panel.name} agrees its scores again") for panel in panels]
        if len(panels) > 1:
            choices.append(SelectChoice(EVERY_PANEL, "Every panel agrees its scores again"))
        self.what.choices = choices


class CorrectionForm(FactorField):
    """Propose that a panel agrees one score again."""

    reason = ReasonField("Why it has to be corrected", validators=[InputRequired("Say why, in a sentence or two.")])
    submit = SubmitField("Send to an approver")


class WithdrawalForm(FactorField):
    """Withdraw from an award, as its winner."""

    reason = ReasonField("Why you withdraw", validators=[InputRequired("Say why, in a sentence or two.")])
    submit = SubmitField("Ask to withdraw")


class AsideDecisionForm(FactorField):
    """Set it aside as proposed, or refuse."""

    verdict = decision(
        ("agree", "Agree, and tell the bidders now"),
        ("refuse", "Refuse: the award stands"),
        missing="Choose whether you agree.",
    )
    note = ReasonField(
        "What you checked, or why you refuse",
        validators=[InputRequired("Say what you checked, or why you refuse.")],
    )
    submit = SubmitField("Record my decision")


class DecisionForm(FactorField):
    """End it as proposed, or refuse that."""

    verdict = decision(
        ("end", "End it, and tell everybody now"),
        ("refuse", "Refuse: it goes on"),
        missing="Choose whether it ends.",
    )
    note = ReasonField(
        "What you checked, or why you refuse",
        validators=[InputRequired("Say what you checked, or why you refuse.")],
    )
    submit = SubmitField("Record my decision")
