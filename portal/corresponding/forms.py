"""The forms of correspondence."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import Row
from wtforms import TextAreaField

from portal.web.fields import PickField
from portal.web.forms import BaseForm


class WriteForm(BaseForm):
    """One message."""

    words = TextAreaField("Your message")


class WriteToForm(WriteForm):
    """A message to a bidder whose bid is opened."""

    provider = PickField("To")

    def offer(self, bidders: Sequence[Row[uuid.UUID, str]]) -> None:
        """Offer the bidders."""
        self.provider.choices = [(str(row[0]), row[1]) for row in bidders]
