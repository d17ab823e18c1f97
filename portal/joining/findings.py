"""What a submitted version says, question by question, and what the published rules make of it by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from portal.frameworks.questionnaire import REPLY, Judged, Question, Section, SelectionQuestionnaire, read
from portal.joining.models import Application, ApplicationVersion
from portal.regulation.framework_law import EXCLUSION_LAWS


class Verdict(StrEnum):
    """What the published rule makes of an answer."""

    RECORDED = "recorded"
    """Nobody judges it."""
    PERSON = "person"
    """An officer judges it."""
    PASSES = "passes"
    FAILS = "fails"
    EXPLAINED = "explained"
    """It fails by itself, but the provider answered what follows on it, and a person judges that.

    A ground for exclusion does not exclude somebody who has put it right (PCR2015 reg 57(13)-(15); PA2023 s.57(1)-(2),
    s.58), so no rule can refuse them unheard.
    """


@dataclass(frozen=True)
class Judgement:
    """One question as asked, its answer as given, and where it stands.

    `evidence` is {id, file_name, sha256, expires_on} or None, `holds_until` its last day, and `lapsed_on` the same once
    that has passed; `is_ground` whether the question is about a ground for exclusion.
    """

    question: Question
    answer: str
    verdict: Verdict
    is_ground: bool
    evidence: Mapping[str, Any] | None = None
    holds_until: date | None = None
    lapsed_on: date | None = None

    @property
    def answer_in_words(self) -> str:
        """The answer as the provider saw it: "Yes" rather than the value that is kept."""
        return dict(self.question.options()).get(self.answer, self.answer)

    @property
    def is_settled(self) -> bool:
        """Whether the published rule is met and nobody need look."""
        return self.verdict is Verdict.PASSES and self.lapsed_on is None

    @property
    def can_fail(self) -> bool:
        """Whether it is a criterion that an officer can find failed."""
        return self.verdict in {Verdict.PERSON, Verdict.FAILS, Verdict.EXPLAINED}


@dataclass(frozen=True)
class JudgedSection:
    """A section's title with its judged questions."""

    title: str
    judgements: tuple[Judgement, ...]


def judged_sections(application: Application, version: ApplicationVersion, today: date) -> list[JudgedSection]:
    """The sections that the lot's applicant was asked, as answered in `version`, with where each answer stands."""
    questionnaire = read(application.framework.questionnaire)
    given = {key: str(answer.get("value") or "") for key, answer in version.answers.items()}
    sections = questionnaire.asked(application.lot.number, given)
    return [
        JudgedSection(
            section.title,
            tuple(_judge(question, section, sections, version.answers, today) for question in section.questions),
        )
        for section in sections
    ]


def every_judgement(sections: Iterable[JudgedSection]) -> dict[str, Judgement]:
    """The judged questions of all sections by key."""
    return {judged.question.key: judged for section in sections for judged in section.judgements}


def reply_in(version: ApplicationVersion) -> str:
    """What the provider wrote to the officers' question; empty when it wrote nothing."""
    return str((version.answers.get(REPLY) or {}).get("value") or "")


def is_ground(questionnaire: SelectionQuestionnaire, key: str) -> bool:
    """Whether the question with that key is about a ground for exclusion."""
    for section in questionnaire.sections:
        for question in section.questions:
            if question.key == key:
                return _is_ground(question, section)
    return False


def _judge(
    question: Question, section: Section, sections: tuple[Section, ...], answers: Mapping[str, Any], today: date
) -> Judgement:
    given = answers.get(question.key) or {}
    evidence = given.get("evidence") or None
    value = str(given.get("value") or "")
    expires = date.fromisoformat(evidence["expires_on"]) if evidence and evidence.get("expires_on") else None
    return Judgement(
        question=question,
        answer=value,
        verdict=_verdict(question, value, sections, answers),
        is_ground=_is_ground(question, section),
        evidence=evidence,
        holds_until=expires,
        lapsed_on=expires if expires is not None and expires < today else None,
    )


def _verdict(question: Question, value: str, sections: tuple[Section, ...], answers: Mapping[str, Any]) -> Verdict:
    if question.judged is Judged.INFORMATION:
        return Verdict.RECORDED
    if question.judged is Judged.PERSON:
        return Verdict.PERSON
    if not value and not question.required:
        return Verdict.RECORDED
    if question.passes_by_itself(value):
        return Verdict.PASSES
    return Verdict.EXPLAINED if _is_explained(question, value, sections, answers) else Verdict.FAILS


def _is_explained(question: Question, value: str, sections: tuple[Section, ...], answers: Mapping[str, Any]) -> bool:
    """Whether a question for a person hangs on the answer that fails, and was answered."""
    return any(
        _is_given(answers.get(follower.key))
        for section in sections
        for follower in section.questions
        if follower.asked_if == (question.key, value) and follower.judged is Judged.PERSON
    )


def _is_given(answer: Mapping[str, Any] | None) -> bool:
    return answer is not None and bool(answer.get("value") or answer.get("evidence"))


def _is_ground(question: Question, section: Section) -> bool:
    return section.key.startswith("exclusion") or any(law in question.law for law in EXCLUSION_LAWS)
