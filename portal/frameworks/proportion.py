"""Conditions that ask too much of small providers: warned about before they are fixed, with the section."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from portal.frameworks.models import FrameworkLot
from portal.frameworks.questionnaire import AnswerKind, Question, SelectionQuestionnaire, number_in

LARGEST_TURNOVER = 2
"""Times the largest call-off expected."""

_ACCOUNTS = re.compile(r"\baudited\b.*\baccounts?\b|\baccounts?\b.*\baudited\b", re.IGNORECASE | re.DOTALL)
_INSURANCE = re.compile(r"\binsurances?\b|\binsured\b|\bindemnity\b", re.IGNORECASE)
_BY_AWARD = re.compile(
    r"before (a|the) contract|(by|when) the (award|contract)|by award|if you (are|have)|will have|will you (be|have)",
    re.IGNORECASE,
)
_TURNOVER = re.compile(r"\bturnover\b", re.IGNORECASE)
_PRIOR = re.compile(
    r"\b(previous|prior|existing|current|past|earlier)(ly)?\b.*\b(contracts?|work(ed)?|suppl\w+)\b.*"
    r"\b(council|authority|borough|us|trust)\b|\bworked (for|with) (us|the council|this authority)\b",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True)
class Disproportion:
    """A condition that the law forbids or a small provider cannot meet; the question, why, and the section."""

    question: Question
    message: str
    law: str


def warnings_of(questionnaire: SelectionQuestionnaire, lots: Sequence[FrameworkLot] = ()) -> list[Disproportion]:
    """Find the questions that look disproportionate (PA2023 s.36(1)-(5)); a person decides whether they are.

    Looked for by their words: audited accounts of those who need not have any, insurance before an award, earlier
    contracts with a particular authority; and, where `lots` say how large a call-off is at most, a turnover of more
    than twice that (PCR2015 reg 58(9), (14)).
    """
    found: list[Disproportion] = []
    for section in questionnaire.sections:
        for question in section.questions:
            found += [*_of(question), *_turnover(question, lots)]
    return found


def _of(question: Question) -> list[Disproportion]:
    asked = f"{question.prompt} {question.help}"
    return [Disproportion(question, said, "PA2023 s.36(1)-(5)") for said in asks_too_much(asked, question.required)]


def asks_too_much(words: str, required: bool) -> list[str]:
    """What no condition may ask for, whatever it is a condition of, that these words seem to ask for."""
    found = []
    if _ACCOUNTS.search(words):
        found.append("Audited accounts cannot be asked of those who need not have them: take other proof.")
    if _INSURANCE.search(words) and required and not _BY_AWARD.search(words):
        found.append(
            "Insurance cannot be asked for before a contract is awarded: ask for a promise to have it by then."
        )
    if _PRIOR.search(words):
        found.append("Nobody may be asked for earlier contracts with a particular authority: ask for experience.")
    return found


def _turnover(question: Question, lots: Sequence[FrameworkLot]) -> list[Disproportion]:
    if question.kind is not AnswerKind.NUMBER or not _TURNOVER.search(question.prompt) or not question.passes:
        return []
    asked = [lot for lot in lots if not question.lots or lot.number in question.lots]
    largest = [lot.largest_contract for lot in asked if lot.largest_contract is not None]
    if not largest or (number_in(question.passes) or 0) <= LARGEST_TURNOVER * min(largest):
        return []
    message = f"The turnover asked for is more than twice the largest call-off expected, £{min(largest):,.0f}."
    return [Disproportion(question, message, "PCR2015 reg 58(9), (14)")]
