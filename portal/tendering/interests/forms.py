"""The forms of the register of interests and the conflicts assessment."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from portal.accounts.forms.factor import FactorField
from portal.accounts.queries import Colleague
from portal.tendering.interests.models import Interest
from portal.tendering.interests.states import MitigationOutcome
from portal.web.fields import ChoiceField, PickField, ReasonField, decision, line, page
from portal.web.forms import BaseForm

OUTCOMES = {
    MitigationOutcome.NOTHING: "It makes no difference: they go on",
    MitigationOutcome.CONDITIONS: "They go on, with these steps",
    MitigationOutcome.LOT: "They judge nothing of the lot that this bidder bids for",
    MitigationOutcome.WHOLE: "They take no further part",
}


class DeclarationForm(BaseForm):
    """Whether one has an interest in the procurement."""

    interest = ChoiceField(
        "Do you have an interest in this procurement?",
        choices=[("no", "No, none that I know of"), ("yes", "Yes")],
        description="Personal, professional or financial; your own, or of your family or close friends. It counts as "
        "well if somebody could only think that it sways you.",
    )
    detail = ReasonField(
        "What connects you with it?",
        description="Only if you said yes. Commissioners, approvers and auditors of your authority read it.",
    )


class NamingForm(BaseForm):
    """Who else influences the procurement."""

    person = PickField("Who?", choices=[])
    part = line(
        "What do they do in this procurement?",
        description="For example: wrote the specification, advises on safeguarding, holds the budget.",
    )

    def offer(self, colleagues: Iterable[Colleague], listed: Collection[UUID]) -> None:
        """Offer everybody of the authority who is not in the register yet."""
        self.person.choices = [("", "Choose a colleague")]
        self.person.choices += [(str(one.id), one.name) for one in colleagues if one.id not in listed]

    @property
    def chosen(self) -> UUID | None:
        """Who was chosen."""
        return UUID(self.person.data) if self.person.data else None


class MitigationForm(BaseForm):
    """What is done about an interest."""

    outcome = ChoiceField("What follows?", choices=[])
    words = ReasonField(
        "Which steps are taken, or why are none needed?",
        description="Who does what instead, who looks over it, what they do not see. It stays in the record.",
    )

    def about(self, interest: Interest) -> MitigationForm:
        """Offer what can follow from the interest: only a panel member steps back from one lot."""
        self.outcome.choices = [
            (outcome.value, words)
            for outcome, words in OUTCOMES.items()
            if interest.bid_id is not None or not outcome.is_lot
        ]
        return self


class MitigationDecisionForm(FactorField):
    """The second person's decision about an answer to an interest."""

    verdict = decision(
        ("agree", "It is enough"),
        ("refuse", "It is not enough: another answer is needed"),
        missing="Choose whether it is enough.",
    )
    note = ReasonField("What you considered", description="It stays in the record.")


class AssessmentForm(BaseForm):
    """The conflicts assessment."""

    known = page(
        "Conflicts that you know of, and what is done about each",
        description="Everybody who influences the procurement counts, also outside your authority. Write “None” if "
        "there are none.",
    )
    perceived = page(
        "What somebody could take for a conflict, and what you do about that",
        description="Think of what a bidder who lost would say. Write “Nothing” if there is nothing.",
    )
