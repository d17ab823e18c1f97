"""The second person's decision before publication."""

from __future__ import annotations

from wtforms import TextAreaField

from portal.accounts.forms.factor import FactorField
from portal.web.fields import decision


class PublicationDecisionForm(FactorField):
    """Whether a draft may be published."""

    verdict = decision(
        ("approve", "Approve it: a commissioner can publish it as it stands"),
        ("send_back", "Send it back"),
        missing="Choose whether it may be published.",
    )
    note = TextAreaField("What you checked, or what is to be changed", description="It stays in the record.")
