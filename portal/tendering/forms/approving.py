"""The second person's decision before publication."""

from __future__ import annotations

from portal.accounts.forms.factor import FactorField
from portal.web.fields import ReasonField, decision


class PublicationDecisionForm(FactorField):
    """Whether a draft may be published."""

    verdict = decision(
        ("approve", "Approve it: a commissioner can publish it as it stands"),
        ("send_back", "Send it back"),
        missing="Choose whether it may be published.",
    )
    note = ReasonField("What you checked, or what is to be changed", description="It stays in the record.")
