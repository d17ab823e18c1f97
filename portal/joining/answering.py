"""What an application says now: its draft, and beside it what the provider has said before and can confirm.

The draft holds only what a person typed or confirmed. What comes from the profile is a suggestion until somebody
confirms it; it shows in the same places, and nothing of it is ever submitted by itself.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from sqlalchemy import select

from portal.core.columns import db
from portal.frameworks.models import Framework
from portal.frameworks.questionnaire import (
    REPLY,
    AnswerKind,
    Judged,
    Question,
    Section,
    SelectionQuestionnaire,
    number_in,
    read,
)
from portal.joining.evidence import evidence_of
from portal.joining.models import Application, Evidence, ProfileAnswer


@dataclass(frozen=True)
class Answer:
    """One answer: its text, or the identifier of a document, which is `evidence` while the provider has it.

    `confirmed` is False for a suggestion; `reused` says that it came from the profile.
    """

    value: str
    confirmed: bool = True
    reused: bool = False
    evidence: Evidence | None = None


@dataclass(frozen=True)
class Answered:
    """An application's questions and answers as they are now; `evidence`: the provider's documents, newest first."""

    questionnaire: SelectionQuestionnaire
    lot: int
    answers: Mapping[str, Answer]
    evidence: tuple[Evidence, ...]

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The sections with the questions that are asked, as things are answered now (suggestions included)."""
        return self.questionnaire.asked(self.lot, {key: answer.value for key, answer in self.answers.items()})

    @cached_property
    def questions(self) -> dict[str, Question]:
        """The questions that are asked, by key and in their order."""
        return {question.key: question for section in self.sections for question in section.questions}

    @property
    def suggestions(self) -> dict[str, Answer]:
        """The asked questions that are answered by a suggestion which nobody has confirmed yet."""
        return {key: self.answers[key] for key in self.questions if key in self.answers and self.is_suggested(key)}

    def is_suggested(self, key: str) -> bool:
        """Whether the answer still needs somebody's confirmation."""
        return key in self.answers and not self.answers[key].confirmed

    def value(self, key: str) -> str:
        """The answer's text, or the document's identifier; empty when there is none."""
        return self.answers[key].value if key in self.answers else ""

    def documents(self, question: Question) -> list[Evidence]:
        """The provider's documents that can answer a question: those of its kind, newest first."""
        return [held for held in self.evidence if held.kind == kind_of(question)]

    def evidence_with(self, identifier: str) -> Evidence | None:
        """The provider's document with that identifier, or None."""
        return next((held for held in self.evidence if str(held.id) == identifier), None)


@dataclass(frozen=True)
class Failing:
    """An answer that the published rule would refuse: a person still decides, and can hear what was put right.

    `message` says what the rule asks for; `follow_ups` are the questions that are asked because of the answer.
    """

    question: Question
    message: str
    follow_ups: tuple[Question, ...]


def answers_of(application: Application) -> Answered:
    """Read what the application says now: two statements, however many questions there are."""
    known = known_answers(application.framework, application.lot.number, application.provider_id)
    found = dict(known.answers)
    kinds = {question.key: question.kind for part in known.questionnaire.sections for question in part.questions}
    for key, entry in application.answers.items():
        answer = _drafted(entry, known.evidence)
        # A document that was replaced leaves its place to the newer one, which somebody confirms.
        is_gone = kinds.get(key) is AnswerKind.EVIDENCE and answer.value != "" and answer.evidence is None
        if key in kinds and not (is_gone and key in found):
            found[key] = answer
    return replace(known, answers=found)


def known_answers(framework: Framework, lot: int, provider_id: uuid.UUID | None) -> Answered:
    """What the provider has said before that answers the questionnaire for a lot: suggestions, all of them."""
    questionnaire = read(framework.questionnaire)
    held = tuple(evidence_of(provider_id))
    return Answered(questionnaire, lot, _suggestions(questionnaire, provider_id, held), held)


def reply_of(application: Application) -> str:
    """What the provider writes to the officers' question; empty when it has written nothing yet."""
    return str(application.answers.get(REPLY, {}).get("value", ""))


def kind_of(question: Question) -> str:
    """The kind of evidence that a question asks for; its own key when it shares none with other questionnaires."""
    return question.profile or question.key


def failing_answers(answered: Answered) -> list[Failing]:
    """The answers that the published rules would refuse, each with why and what is asked because of it."""
    return [
        Failing(question, _why_refused(question), _follow_ups(answered, question, answered.value(key)))
        for key, question in answered.questions.items()
        if question.judged is Judged.ITSELF
        if answered.value(key) and not question.passes_by_itself(answered.value(key))
    ]


def _follow_ups(answered: Answered, question: Question, value: str) -> tuple[Question, ...]:
    return tuple(other for other in answered.questions.values() if other.asked_if == (question.key, value))


def _why_refused(question: Question) -> str:
    law = f" ({question.law})" if question.law else ""
    if question.kind is AnswerKind.NUMBER:
        needed = f"the published rule asks for at least {number_in(question.passes):,}"
    else:
        needed = f"the published rule asks for “{dict(question.options())[question.passes]}”"
    return f"This answer would be refused because {needed}{law}."


def _drafted(entry: Mapping[str, object], held: tuple[Evidence, ...]) -> Answer:
    value = str(entry.get("value", ""))
    found = next((document for document in held if str(document.id) == value), None)
    return Answer(value, bool(entry.get("confirmed", True)), bool(entry.get("reused", False)), found)


def _suggestions(
    questionnaire: SelectionQuestionnaire, provider_id: uuid.UUID | None, held: tuple[Evidence, ...]
) -> dict[str, Answer]:
    said = {
        row.key: row.value
        for row in db.session.scalars(select(ProfileAnswer).where(ProfileAnswer.provider_id == provider_id))
    }
    found: dict[str, Answer] = {}
    for section in questionnaire.sections:
        for question in section.questions:
            if question.kind is AnswerKind.EVIDENCE:
                newest = next((document for document in held if document.kind == kind_of(question)), None)
                if newest is not None:
                    found[question.key] = Answer(str(newest.id), confirmed=False, reused=True, evidence=newest)
            elif question.profile in said and _can_be(question, said[question.profile]):
                found[question.key] = Answer(said[question.profile], confirmed=False, reused=True)
    return found


def _can_be(question: Question, value: str) -> bool:
    """Whether a value from elsewhere is an answer to this question: its choices may be others."""
    return not question.options() or value in dict(question.options())
