"""The forms of a request for help and its answer."""

from __future__ import annotations

from wtforms import BooleanField, TextAreaField

from portal.web.forms import BaseForm


class HelpForm(BaseForm):
    """What keeps a bidder from sending its bid."""

    words = TextAreaField(
        "What happens when you try?",
        description="The page you are on, what you press, what you then see. Leave out what your bid says.",
    )
    is_named = BooleanField("The buyer may know that it is us")


class HelpAnswerForm(BaseForm):
    """What the bidder can do."""

    answer = TextAreaField("Your answer", description="Only this bidder reads it, at once. Give nobody more time here.")
