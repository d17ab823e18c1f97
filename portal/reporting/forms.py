"""The form with which officers answer a panel of young people."""

from __future__ import annotations

from wtforms import SubmitField, TextAreaField

from portal.reporting.models import PanelReply
from portal.reporting.replying import LONGEST, Pair
from portal.web.forms import BaseForm

_SAID, _DID = "They said", "We did"


class ReplyForm(BaseForm):
    """Up to three things that the young people said, each with what was done."""

    said_1 = TextAreaField(_SAID)
    did_1 = TextAreaField(_DID)
    said_2 = TextAreaField(_SAID)
    did_2 = TextAreaField(_DID)
    said_3 = TextAreaField(_SAID)
    did_3 = TextAreaField(_DID)
    submit = SubmitField("Publish to the panel")

    longest = LONGEST

    @classmethod
    def with_reply(cls, reply: PanelReply | None) -> ReplyForm:
        """The form with what the panel was told last."""
        given: dict[str, str] = {}
        for number, (said, did) in enumerate(reply.lines if reply is not None else (), 1):
            given |= {f"said_{number}": said, f"did_{number}": did}
        return cls(data=given)

    def lines(self) -> list[Pair]:
        """What was typed."""
        return [(self[f"said_{n}"].data or "", self[f"did_{n}"].data or "") for n in (1, 2, 3)]
