"""The selection questionnaire: data, not code. Sections of questions, some of them for certain lots only.

A framework keeps it as JSON (`Framework.questionnaire`), frozen and hashed when it goes live. `read` checks it
strictly; everything that asks, judges or shows works on the frozen values here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from portal.core.canonical import sha256_of
from portal.core.errors import InvalidInput
from portal.core.lifecycle import Named
from portal.core.parsing.figures import Unit, read_figure
from portal.core.parsing.text import has_text, one_line

YES, NO = "yes", "no"
REPLY = "clarification-reply"
"""The key under which an application answers what its officers asked; no question can have it."""
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")


class AnswerKind(Named):
    """How a question is answered."""

    TEXT = "text"
    YES_NO = "yes_no"
    CHOICE = "choice"
    NUMBER = "number"
    EVIDENCE = "evidence"
    """With one of the provider's documents."""


class Judged(Named):
    """Who says whether an answer passes."""

    INFORMATION = "information"
    """Nobody: it is only recorded."""
    ITSELF = "itself"
    """The published rule (`passes`), at once."""
    PERSON = "person"
    """An officer, with a reason where it fails."""


@dataclass(frozen=True)
class Question:
    """One question. `key` is unique in the questionnaire.

    `passes` is, for one that judges itself: the answer that passes ("yes", "no" or a choice), or the smallest
    number. `asked_if` is (key, answer) of an earlier question that must have been answered so. `lots` limits it
    to lots by number (empty: every lot). `profile` names the provider's profile answer or kind of evidence that
    is reused; `expires` asks when the document lapses. `law` cites the source.
    """

    key: str
    prompt: str
    kind: AnswerKind = AnswerKind.TEXT
    help: str = ""
    judged: Judged = Judged.INFORMATION
    passes: str = ""
    choices: tuple[str, ...] = ()
    asked_if: tuple[str, str] | None = None
    lots: tuple[int, ...] = ()
    required: bool = True
    profile: str = ""
    expires: bool = False
    law: str = ""

    def passes_by_itself(self, answer: str) -> bool:
        """Whether an answer passes the published rule; only for questions that judge themselves."""
        if self.kind is AnswerKind.NUMBER:
            given, least = number_in(answer), number_in(self.passes)
            return given is not None and least is not None and given >= least
        return answer == self.passes

    def options(self) -> tuple[tuple[str, str], ...]:
        """Value and words of each answer that can be chosen; none where it is written freely."""
        if self.kind is AnswerKind.YES_NO:
            return ((YES, "Yes"), (NO, "No"))
        return tuple((choice, choice) for choice in self.choices) if self.kind is AnswerKind.CHOICE else ()


@dataclass(frozen=True)
class Section:
    """Questions that belong together, such as the exclusion grounds."""

    key: str
    title: str
    intro: str = ""
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True)
class SelectionQuestionnaire:
    """What a provider is asked before it is admitted."""

    sections: tuple[Section, ...]

    def asked(self, lot: int, answers: Mapping[str, str]) -> tuple[Section, ...]:
        """The sections with the questions that this lot's applicant is asked, as things are answered now."""
        kept = [
            Section(
                section.key,
                section.title,
                section.intro,
                tuple(question for question in section.questions if self._is_asked(question, lot, answers)),
            )
            for section in self.sections
        ]
        return tuple(section for section in kept if section.questions)

    def question(self, key: str) -> Question:
        """The question with that key; raises `KeyError`."""
        for section in self.sections:
            for question in section.questions:
                if question.key == key:
                    return question
        raise KeyError(key)

    def to_dict(self) -> dict[str, Any]:
        """The JSON form, with every field."""
        stated: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return stated

    def hash(self) -> str:
        """SHA-256 of the canonical JSON, hexadecimal."""
        return sha256_of(self.to_dict())

    def _is_asked(self, question: Question, lot: int, answers: Mapping[str, str]) -> bool:
        if question.lots and lot not in question.lots:
            return False
        if question.asked_if is None:
            return True
        key, answer = question.asked_if
        # A question hangs on another only while that one is asked itself.
        return answers.get(key) == answer and self._is_asked(self.question(key), lot, answers)


def number_in(typed: str) -> Decimal | None:
    """The number that somebody typed (£5,000,000 is 5000000); None when it is none or can be read in two ways."""
    try:
        return read_number(typed)
    except InvalidInput:
        return None


def read_number(typed: str, prompt: str = "") -> Decimal | None:
    """Read an answer that is a number, of pounds or of something else. Raises `InvalidInput`."""
    asked = Unit(f"Write a number for “{prompt}”, such as 5,000,000.", digits=15)
    return read_figure(one_line(typed).removeprefix("£"), asked)


def read(stated: Mapping[str, Any]) -> SelectionQuestionnaire:
    """Read the JSON form; raises `InvalidInput` that says where it is not a questionnaire."""
    seen: set[str] = set()
    sections = tuple(_read_section(section, seen) for section in stated.get("sections", ()))
    if len({section.key for section in sections}) != len(sections):
        raise InvalidInput("Two sections of the questionnaire have the same key.")
    return SelectionQuestionnaire(sections)


def _read_section(stated: Mapping[str, Any], seen: set[str]) -> Section:
    try:
        key, title = stated["key"], stated["title"]
    except KeyError as missing:
        raise InvalidInput(f"A section of the questionnaire has no {missing.args[0]}.") from missing
    if not isinstance(title, str) or not isinstance(key, str) or not _KEY.fullmatch(key):
        raise InvalidInput(f"The section {title} needs a key of small letters, digits, hyphens and underscores.")
    questions = tuple(_read_question(question, seen) for question in stated.get("questions", ()))
    return Section(key, title, stated.get("intro", ""), questions)


def _read_question(stated: Mapping[str, Any], seen: set[str]) -> Question:
    try:
        values = dict(stated)
        values["kind"] = AnswerKind(stated.get("kind", AnswerKind.TEXT))
        values["judged"] = Judged(stated.get("judged", Judged.INFORMATION))
        values["choices"] = tuple(stated.get("choices", ()))
        values["lots"] = tuple(int(lot) for lot in stated.get("lots", ()))
        values["asked_if"] = tuple(stated["asked_if"]) if stated.get("asked_if") else None
        question = Question(**values)
    except (TypeError, ValueError) as wrong:
        raise InvalidInput(f"A question of the questionnaire cannot be read: {wrong}.") from wrong
    if not all(isinstance(value, str) for value in (question.key, question.prompt, question.help, question.passes)):
        raise InvalidInput("The key and the texts of a question must be text.")
    if not question.key or not has_text(question.prompt):
        raise InvalidInput("Every question of the questionnaire needs a key and a text.")
    if not _KEY.fullmatch(question.key) or question.key == REPLY:
        raise InvalidInput(
            f"The key {question.key} cannot be used: write it with small letters, digits, hyphens and underscores."
        )
    if question.key in seen:
        raise InvalidInput(f"Two questions of the questionnaire have the key {question.key}.")
    if question.asked_if is not None and (len(question.asked_if) != 2 or question.asked_if[0] not in seen):
        raise InvalidInput(f"The question {question.key} hangs on one that does not come before it.")
    _require_judgeable(question)
    seen.add(question.key)
    return question


def _require_judgeable(question: Question) -> None:
    """Refuse a question that nobody could answer, or that cannot judge itself by its own rule."""
    if question.kind is AnswerKind.CHOICE and len(set(question.choices)) < 2:
        raise InvalidInput(f"The question {question.key} needs at least two choices.")
    if question.judged is not Judged.ITSELF:
        return
    if not question.passes:
        raise InvalidInput(f"The question {question.key} judges itself, but no answer passes.")
    if question.kind in (AnswerKind.TEXT, AnswerKind.EVIDENCE):
        raise InvalidInput(f"The question {question.key} cannot judge itself: a person has to read the answer.")
    if question.kind is AnswerKind.NUMBER and number_in(question.passes) is None:
        raise InvalidInput(f"The question {question.key} judges itself, but the smallest number is not a number.")
    if question.options() and question.passes not in dict(question.options()):
        raise InvalidInput(f"The question {question.key} judges itself, but the answer that passes cannot be given.")
