"""Saying where a notice that waits has been published."""

from __future__ import annotations

from portal.tendering.forms.service import PublicationForm
from portal.web.fields import DayField


class PlacingForm(PublicationForm):
    """The notice's own number on Find a Tender and the day it appeared there, or why it could not."""

    published_date = DayField("Day on which Find a Tender published it", description="For example, 4 12 2026")
