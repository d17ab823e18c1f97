"""The form that shares a panel's bids out."""

from __future__ import annotations

from portal.web.fields import WholeField
from portal.web.forms import BaseForm


class SharingForm(BaseForm):
    """How many members score each bid, and how many bids one member scores."""

    least = WholeField("How many members score each bid?", description="At least two, so that the panel can compare.")
    most = WholeField("How many bids does one member score at the most?")
