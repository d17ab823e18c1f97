"""Forms of judging bids."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, SelectMultipleField, SubmitField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from portal.accounts.forms.factor import FactorField
from portal.core.errors import InvalidInput
from portal.importing.files import LARGEST
from portal.judging.behind import Behind
from portal.judging.grounds import RaisedGround
from portal.judging.queries import Standing
from portal.judging.states import CONCERNS, Verdict
from portal.web.fields import ChoiceField, DayField, PickField, ReasonField, decision, line, page
from portal.web.forms import BaseForm
from portal.web.uploads import UploadsField


class JudgementForm(BaseForm):
    """Judge one answer, ground or price."""

    verdict = decision(
        (Verdict.PASSES.value, "The bid stays in"),
        (Verdict.FAILS.value, "The bid fails: an approver decides whether it is out"),
        missing="Choose whether the bid stays in.",
    )
    reason = ReasonField("Why", validators=[InputRequired("Say why, in a sentence or two.")])
    submit = SubmitField("Save the judgement")


class DecisionForm(FactorField):
    """Decide what a colleague has judged."""

    verdict = decision(
        ("decide", "Decide it as proposed"),
        ("refuse", "Refuse it: what stood before stands"),
        missing="Choose whether you decide it as proposed.",
    )
    note = ReasonField(
        "What you checked, or why you refuse",
        validators=[InputRequired("Say what you checked, or why you refuse.")],
    )
    submit = SubmitField("Record my decision")


class AskingForm(BaseForm):
    """What a bidder is asked, and by when."""

    words = ReasonField("What you ask", validators=[InputRequired("Say what you ask.")])
    due = DayField("The last day for an answer", description="At least two working days after today.")


class OmissionsForm(AskingForm):
    """What is missing from which bid: of the questions that officers check, and nothing else."""

    missing = SelectMultipleField(
        "What is missing",
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[InputRequired("Choose what is missing from at least one bid.")],
    )

    def offer(self, standings: Sequence[Standing]) -> None:
        """Offer every question of every bid that stands."""
        self.missing.choices = [
            (f"{one.opened.bid_id}/{asked.question.key}", f"{one.opened.bid.provider.name}: {asked.question.prompt}")
            for one in standings
            if one.opened.stands
            for asked in one.requirements
        ]

    @property
    def listed(self) -> dict[uuid.UUID, list[str]]:
        """The keys of the chosen questions, by bid."""
        found: dict[uuid.UUID, list[str]] = defaultdict(list)
        for choice in self.missing.data or ():
            bid_id, _, key = choice.partition("/")
            found[uuid.UUID(bid_id)].append(key)
        return found


class GroundForm(BaseForm):
    """A ground for exclusion that may apply."""

    ground = PickField("The ground", validators=[InputRequired("Choose a ground from the list.")])
    concern = ChoiceField(
        "Whom it concerns",
        choices=[(one.value, words) for one, words in CONCERNS.items()],
        validators=[InputRequired("Choose whom it concerns.")],
    )
    whom = line("Their name", description="Where it is not the bidder itself.")

    words, due = AskingForm.words, AskingForm.due

    def offer(self, grounds: Mapping[str, RaisedGround]) -> None:
        """Offer the grounds that the law of the procurement knows."""
        listed = (SelectChoice(key, one.in_list) for key, one in grounds.items())
        self.ground.choices = [SelectChoice("", "Choose one"), *listed]


class CheckForm(BaseForm):
    """That everybody behind a bid was looked for, and where."""

    looked_at = SelectMultipleField(
        "Whom you looked for",
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    others = page("Others whom you looked for")
    looked_online = BooleanField("I looked for all of them on the list on GOV.UK today")
    information = ChoiceField(
        "Core supplier information",
        choices=[
            ("seen", "I have seen it: it was shared with us on Find a Tender"),
            ("unseen", "I have not seen it: the note says why"),
        ],
        validators=[InputRequired("Say whether you have seen core supplier information.")],
    )
    note = ReasonField("Note")
    submit = SubmitField("Record this check")

    def offer(self, behind: Sequence[Behind], *, asks_information: bool, asks_online: bool) -> None:
        """Offer everybody whom the bid names; ask only for what the law of the procurement and its list leave open."""
        self.looked_at.choices = [(one.name, one.words) for one in behind]
        if not asks_information:
            del self.information
        if not asks_online:
            del self.looked_online

    @property
    def said(self) -> dict[str, Any]:
        """What was said, as `check_bidder` takes it."""
        information, online = self._fields.get("information"), self._fields.get("looked_online")
        return {
            "looked_at": self.looked_at.data or (),
            "others": self.others.data or "",
            "looked_online": bool(online.data) if online is not None else False,
            "information_seen": information.data == "seen" if information is not None else None,
            "note": self.note.data or "",
        }


class DebarmentForm(BaseForm):
    """The debarment list of a day: a file, or that nobody was on it."""

    read_on = DayField(
        "The day on which you read it", description="On GOV.UK. A day after that of the newest list here."
    )
    file = FileField("CSV file")
    nobody = BooleanField("Nobody was on it that day")

    def content(self) -> bytes | None:
        """The file's bytes, at most one more than may be sent; None where nobody was on it. Raises `InvalidInput`."""
        if bool(self.file.data) == bool(self.nobody.data):
            raise InvalidInput("Choose the file, or say that nobody was on the list.", field="file")
        return self.file.data.stream.read(LARGEST + 1) if self.file.data else None


class AnswerForm(BaseForm):
    """A bidder's answer: a box for each listed question, or one; and documents."""

    file = UploadsField("Documents", missing=None)

    @property
    def answers(self) -> dict[str, str]:
        """What was typed, by question."""
        return {name[7:]: box.data or "" for name, box in self._fields.items() if name.startswith("answer-")}


def answer_form(labels: Mapping[str, str]) -> AnswerForm:
    """Make the form with a box for each key."""
    boxes = {f"answer-{key}": TextAreaField(label) for key, label in labels.items()}
    made: AnswerForm = type("AnswerForm", (AnswerForm,), boxes)()
    return made
