"""The forms of questions and answers."""

from __future__ import annotations

from wtforms import BooleanField, EmailField, TextAreaField

from portal.web.fields import ReasonField
from portal.web.forms import BaseForm


class AskForm(BaseForm):
    """A bidder's question."""

    words = TextAreaField(
        "Your question",
        description="Ask one thing at a time. Leave out names and anything that tells who you are: the officers read "
        "your words, and everybody reads the answer.",
    )
    is_named = BooleanField("The buyer may know that we ask this")


class FollowForm(BaseForm):
    """Where answers and changes are mailed to."""

    email = EmailField("E-mail address", render_kw={"autocomplete": "email", "spellcheck": "false"})


class AnswerForm(BaseForm):
    """An officer's answer, written and not published."""

    published_words = TextAreaField(
        "The question, as everybody will read it",
        description="Take out whatever tells who asks. Change nothing of what is asked.",
    )
    answer = TextAreaField("Your answer", description="Everybody reads it. It becomes part of the documents.")
    private_reason = ReasonField(
        "Why the asker alone gets this answer",
        description="Leave it empty to answer everybody. Otherwise the reason stays on record: bidders must be treated "
        "the same.",
    )
