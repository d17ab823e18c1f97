"""What a demonstration asks for officers to check, and what its bidders answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from portal.core.permissions import Actor
from portal.scenarios import story
from portal.tendering.asking import add_question
from portal.tendering.models import InvitationToTender
from portal.tendering.states import QuestionKind

EASTGATE, MATRIX = "Youth club and outreach: Demo Eastgate", "Demo matrix: being scored"
"""The procurements that ask for it."""
QUESTIONS: Sequence[tuple[str, QuestionKind, Mapping[str, str]]] = (
    (
        "Are you insured for £5 million, or will you be when the contract starts?",
        QuestionKind.YES_NO,
        {"passes": "yes"},
    ),
    (
        "No agreement with other bidders",
        QuestionKind.DECLARATION,
        {"statement": "We have agreed neither our price nor whether to bid with anybody else who may bid."},
    ),
    (
        "How are your staff checked before they work with children?",
        QuestionKind.CONDITION,
        {
            "about": "technical",
            "meets": "Everybody who works with children has an enhanced check before the first day, and again every "
            "three years.",
            "evidence": "Say how you do it and who keeps the list.",
            "needed": "Your staff are alone with children, in clubs and on outings.",
            "word_limit": "100",
        },
    ),
)
TOLD = (
    "Everybody has an enhanced check before the first day, and again every three years. Two of us keep the list.",
    "We ask for references. Checks follow within the first month.",
)


def ask(itt: InvitationToTender, actor: Actor) -> None:
    """Add the questions to the draft, where it is one that asks them."""
    for prompt, kind, settings in QUESTIONS if itt.title in (EASTGATE, MATRIX) else ():
        add_question(
            itt=itt,
            prompt=prompt,
            guidance="",
            kind=kind,
            settings=settings,
            criterion=None,
            required=True,
            actor=actor,
        )


def answers(itt: InvitationToTender, telling: story.Telling) -> dict[str, str]:
    """What the bidder answers to those that were asked; all but the first give something to judge."""
    asked = {question.key: question.asked for question in itt.questions if question.asked.is_judged}
    said = TOLD[0 if telling.provider == story.HARBOUR.provider else 1]
    return {key: "yes" if question.kind.judged_by_rule else said for key, question in asked.items()}
