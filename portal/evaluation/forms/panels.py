"""Forms of the panels; some have a field for each bid or question."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from portal.accounts.forms.factor import FactorField
from portal.bidding.models import OpenedBid
from portal.core.errors import InvalidInput, PortalError
from portal.core.parsing.text import length
from portal.evaluation.declaring import Interest
from portal.evaluation.models import Declaration, Scorecard
from portal.evaluation.panels import Appointee, roles_for
from portal.evaluation.published_method import Leaf, plain
from portal.evaluation.scoring import Entry
from portal.evaluation.standing import Link
from portal.evaluation.states import MemberRole
from portal.tendering.interests.states import LinkKind
from portal.tendering.models import Panel
from portal.tendering.states import PanelKind
from portal.web.fields import ChoiceField, ReasonField, decision, line
from portal.web.forms import BaseForm

ROLE_WORDS = {
    MemberRole.CHAIR: "Chair",
    MemberRole.MEMBER: "Member",
    MemberRole.YOUNG_MEMBER: "Young person",
    MemberRole.FACILITATOR: "Facilitator",
}
ROLE_HINTS = {
    "chair": "Scores, and leads the moderation. Signs in with a second factor.",
    "member": "Scores every bid.",
    "young_member": "Scores every bid. Signs in with a printed card.",
    "facilitator": "Supports the young people and records what they agree. Never scores.",
}


KINDS = {
    LinkKind.WORKING: "I work or volunteer there, or did",
    LinkKind.GOVERNING: "I help to run it, as a trustee, governor or owner",
    LinkKind.EMPLOYER: "My employer works with it or pays it",
    LinkKind.UMBRELLA: "We belong to the same umbrella body or group",
    LinkKind.FUNDING: "I or my employer fund it, are funded by it, or have the same funder",
    LinkKind.FAMILY: "Family or a close friend works, helps or goes there",
    LinkKind.USING: "I use what it offers, or did",
    LinkKind.OTHER: "Another kind of link",
}
YOUNG_KINDS = {
    LinkKind.USING: "Yes, I go there or used to",
    LinkKind.WORKING: "Yes, I help or work there",
    LinkKind.FAMILY: "Yes, my family or a close friend goes, helps or works there",
    LinkKind.OTHER: "Yes, in another way",
}
LONGEST_YOUNG_REASON = 2000


class AppointForm(BaseForm):
    """Somebody for a panel. A young person has an alias and no e-mail address."""

    role = RadioField("Role", choices=[])
    name = StringField("Name")
    email = StringField("E-mail address", render_kw={"type": "email", "autocomplete": "off", "spellcheck": "false"})

    def for_panel(self, panel: Panel) -> AppointForm:
        """Offer the roles that the panel has."""
        self.role.choices = [SelectChoice(role.value, ROLE_WORDS[role]) for role in roles_for(panel.kind)]
        if panel.kind is PanelKind.YOUNG_PEOPLE:
            self.name.label.text = "Alias of the young person, or name of the facilitator"
            self.email.label.text = "E-mail address of the facilitator"
        return self

    def appointee(self) -> Appointee:
        """What was typed."""
        return Appointee(MemberRole(self.role.data), self.name.data or "", self.email.data or None)


class RemovalForm(BaseForm):
    """Propose to take somebody off a panel whose scores count."""

    reason = ReasonField("Why they are taken off the panel")


class RemovalDecisionForm(BaseForm):
    """Take them off as the second person, or keep them."""

    verdict = decision(
        ("remove", "Take them off the panel"), ("keep", "Keep them on the panel"), missing="Choose one of the two."
    )


class DeclarationForm(BaseForm):
    """A question for each bidder; made by `declaration_form`."""

    keeps_earlier, is_own = False, True

    def answers(self, bids: Sequence[OpenedBid]) -> Mapping[uuid.UUID, Interest]:
        """What was answered; a bidder without an answer is left out."""
        given = {}
        for bid in bids:
            chosen = self[f"interest-{bid.bid_id}"].data
            if chosen in ("yes", "no"):
                given[bid.bid_id] = Interest(chosen == "yes", self._said("detail", bid), self._kind(bid))
        return given

    def _kind(self, bid: OpenedBid) -> LinkKind | None:
        chosen = self._said("kind", bid)
        return LinkKind(chosen) if chosen in KINDS else None

    def _said(self, what: str, bid: OpenedBid) -> str:
        name = f"{what}-{bid.bid_id}"
        return (self[name].data or "") if name in self._fields else ""


class YoungDeclarationForm(DeclarationForm):
    """The same for a young person: each yes says how, one box is for the words about all of them."""

    detail = TextAreaField("If you said yes, how do you know them?")

    def answers(self, bids: Sequence[OpenedBid]) -> Mapping[uuid.UUID, Interest]:
        """What was answered; the one box is about each bidder with a yes."""
        chosen = {bid.bid_id: self[f"interest-{bid.bid_id}"].data for bid in bids}
        words = self.detail.data or ""
        yes = {bid: Interest(True, words, LinkKind(said)) for bid, said in chosen.items() if said in YOUNG_KINDS}
        return {bid: Interest(has_interest=False) for bid, said in chosen.items() if said == "no"} | yes

    def refuse(self, refusal: PortalError) -> None:
        """Put the refusal into plain words, beside the field that this form has for it."""
        name = refusal.field or ""
        if name.startswith("detail-"):
            refusal = InvalidInput("Tell us in a few words how you know them.", field="detail")
        elif refusal.code == "declared_before":
            refusal = InvalidInput("You told us about a link. Somebody will talk with you about it.", field=name)
        elif name.startswith("interest-"):
            refusal = InvalidInput("Choose one answer for this one.", field=name)
        super().refuse(refusal)


def young_declaration_form(bids: Sequence[OpenedBid]) -> YoungDeclarationForm:
    """A question for each bidder, and one box."""
    fields: dict[str, Any] = {
        f"interest-{bid.bid_id}": RadioField(
            f"Do you know {bid.bid.provider.name}?",
            choices=[
                SelectChoice("no", "No"),
                *(SelectChoice(kind.value, words) for kind, words in YOUNG_KINDS.items()),
            ],
            validate_choice=False,
        )
        for bid in bids
    }
    made: type[YoungDeclarationForm] = type("YoungDeclarationForm", (YoungDeclarationForm,), fields)
    return made()


def declaration_form(bids: Sequence[OpenedBid], before: Mapping[uuid.UUID, Declaration]) -> DeclarationForm:
    """A form with three fields a bidder, filled with what was declared before."""
    fields: dict[str, Any] = {}
    data: dict[str, str] = {}
    for bid in bids:
        name = bid.bid.provider.name
        choices = [SelectChoice("no", "No interest"), SelectChoice("yes", "Yes, I have an interest")]
        fields[f"interest-{bid.bid_id}"] = RadioField(
            f"Do you have an interest in {name}?", choices=choices, validate_choice=False
        )
        fields[f"kind-{bid.bid_id}"] = SelectField(
            f"If yes, what kind of link do you have with {name}?",
            choices=[
                SelectChoice("", "Choose a kind"),
                *(SelectChoice(kind.value, words) for kind, words in KINDS.items()),
            ],
            validate_choice=False,
        )
        fields[f"detail-{bid.bid_id}"] = TextAreaField(f"If yes, what connects you with {name}?")
        if bid.bid_id in before:
            data[f"interest-{bid.bid_id}"] = "yes" if before[bid.bid_id].has_interest else "no"
            data[f"kind-{bid.bid_id}"] = before[bid.bid_id].kind or ""
            data[f"detail-{bid.bid_id}"] = before[bid.bid_id].detail
    made: type[DeclarationForm] = type("DeclarationForm", (DeclarationForm,), fields)
    return made(data=data)


WHOLE = "whole"


class StepBackForm(BaseForm):
    """From what a member steps back who has a link with a bidder."""

    extent = ChoiceField("From what do you step back?", choices=[])

    def about(self, links: Sequence[Link], *, lots: int) -> StepBackForm:
        """Offer the whole procurement, and where there are several the lots of the bidders they have a link with."""
        linked = {link.bid.bid.lot for link in links if not link.has_left} if lots > 1 else set()
        self.extent.choices = [
            *(
                (str(lot.id), f"From lot {lot.number}: {lot.title}")
                for lot in sorted(linked, key=lambda lot: lot.number)
            ),
            (WHOLE, "From the whole procurement"),
        ]
        return self

    @property
    def lot_id(self) -> uuid.UUID | None:
        """The lot that was chosen; None for all of it."""
        return None if self.extent.data == WHOLE else uuid.UUID(self.extent.data)


class ScoreForm(BaseForm):
    """A score, a reason and a note of one's own for each question; made by `score_form`."""

    keeps_earlier, is_own = False, True

    def entries(self, leaves: Sequence[Leaf]) -> Mapping[str, Entry]:
        """What was given, by criterion key."""
        return {
            leaf.key: Entry(self[f"score-{leaf.key}"].data or "", self[f"reason-{leaf.key}"].data or "")
            for leaf in leaves
        }

    def notes(self, leaves: Sequence[Leaf]) -> Mapping[str, str]:
        """What the member noted, by criterion key."""
        return {leaf.key: self[f"note-{leaf.key}"].data or "" for leaf in leaves}


def score_form(leaves: Sequence[Leaf], card: Scorecard | None, notes: Mapping[uuid.UUID, str]) -> ScoreForm:
    """A form with three fields a question, filled with what the member has saved; `notes` by criterion."""
    fields: dict[str, Any] = {}
    data: dict[str, str] = {}
    saved = {score.criterion_id: score for score in card.scores} if card else {}
    for leaf in leaves:
        fields[f"score-{leaf.key}"] = StringField("Score")
        fields[f"reason-{leaf.key}"] = TextAreaField("Why?")
        fields[f"note-{leaf.key}"] = TextAreaField("Your own notes")
        score = saved.get(leaf.criterion.id)
        data[f"note-{leaf.key}"] = notes.get(leaf.criterion.id, "")
        if score is not None:
            data[f"score-{leaf.key}"] = str(plain(score.score))
            data[f"reason-{leaf.key}"] = score.reason
    made: type[ScoreForm] = type("ScoreForm", (ScoreForm,), fields)
    return made(data=data)


class SubmitForm(BaseForm):
    """A member submits, and says where needed that one reason is meant in several places."""

    same_words = BooleanField("I mean the same reason in each of these places")


GO_BACK = "back"
GO_LATER = "later"
GO_EASIER = "easier"


class YoungAnswerForm(BaseForm):
    """One screen of a sitting: a face, why, and which of the buttons was pressed."""

    keeps_earlier, is_own = False, True

    score = StringField("What do you think?")
    reason = TextAreaField("Why did you pick that one?")
    go = StringField()
    """Never drawn: the buttons carry it."""

    def entry(self) -> dict[str, str]:
        """What was answered; going on needs both halves, going back or leaving it for later does not."""
        score, reason = self.score.data or "", self.reason.data or ""
        if self.go.data not in (GO_BACK, GO_LATER, GO_EASIER):
            if not score:
                raise InvalidInput("Pick the face that fits best.", field="score")
            if not reason:
                raise InvalidInput("Tell us why. A few words are enough.", field="reason")
        elif reason and not score:
            raise InvalidInput("Pick a face as well, so that we can keep your words.", field="score")
        if length(reason) > LONGEST_YOUNG_REASON:
            raise InvalidInput("That is a lot of words! Make it a bit shorter, please.", field="reason")
        return {"score": score, "reason": reason}


PLAIN = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}


class CommitForm(FactorField):
    """Commit to a secret value by its SHA-256: the value itself stays with the person."""

    commitment = StringField(
        "SHA-256 of your secret value",
        description="64 digits and letters from a to f.",
        validators=[InputRequired("Give the SHA-256 of your secret value.")],
        render_kw=PLAIN,
    )


class RevealForm(FactorField):
    """Reveal the value that was committed to."""

    value = line("Your secret value", description="Exactly as it was when you committed to it.", render_kw=PLAIN)


class AbandonForm(FactorField):
    """Give a draw up in which somebody does not reveal."""
