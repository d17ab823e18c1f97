"""Conditions that ask too much of small providers."""

from __future__ import annotations

from decimal import Decimal

import pytest

from portal.frameworks.models import FrameworkLot
from portal.frameworks.proportion import warnings_of
from portal.frameworks.questionnaire import AnswerKind, Judged, Question, Section, SelectionQuestionnaire


@pytest.mark.parametrize(
    ("prompt", "kind", "warned"),
    [
        ("Send your audited accounts for three years.", AnswerKind.EVIDENCE, "Audited accounts"),
        ("Have your accounts been audited?", AnswerKind.YES_NO, "Audited accounts"),
        ("Your certificate of public liability insurance of £10 million", AnswerKind.EVIDENCE, "Insurance"),
        ("Do you have professional indemnity insurance?", AnswerKind.YES_NO, "Insurance"),
        ("Do you have insurance, or will you have it before a contract begins?", AnswerKind.YES_NO, None),
        ("List your previous contracts with this council.", AnswerKind.TEXT, "earlier contracts"),
        ("Have you worked with us?", AnswerKind.YES_NO, "earlier contracts"),
        ("Describe homes that you have run in the last three years.", AnswerKind.TEXT, None),
        ("How many staff do you have?", AnswerKind.NUMBER, None),
    ],
)
def test_conditions_out_of_proportion_are_warned_about(prompt: str, kind: AnswerKind, warned: str | None) -> None:
    """Audited accounts, insurance before an award, contracts with a particular authority (PA2023 s.36(1)-(5))."""
    question = Question("condition_1", prompt, kind)
    found = warnings_of(SelectionQuestionnaire((Section("conditions", "Conditions", questions=(question,)),)))
    assert [(one.law, warned in one.message) for one in found if warned] == (
        [("PA2023 s.36(1)-(5)", True)] if warned else []
    )
    assert len(found) == (1 if warned else 0)


@pytest.mark.parametrize(
    ("passes", "lots", "warned"),
    [("500000", (), False), ("500001", (), True), ("500001", (2,), False), ("500001", (3,), False)],
)
def test_a_turnover_of_more_than_twice_the_largest_call_off(passes: str, lots: tuple[int, ...], warned: bool) -> None:
    """Of the smallest of the lots that are asked; a lot without a limit gives none (PCR2015 reg 58(9), (14))."""
    question = Question(
        "turnover", "Your turnover in pounds", AnswerKind.NUMBER, judged=Judged.ITSELF, passes=passes, lots=lots
    )
    sizes = {1: Decimal(250_000), 2: Decimal(900_000), 3: None}
    asked = [FrameworkLot(number=number, largest_contract=size) for number, size in sizes.items()]
    questionnaire = SelectionQuestionnaire((Section("conditions", "Conditions", questions=(question,)),))
    assert [one.law for one in warnings_of(questionnaire, asked)] == (["PCR2015 reg 58(9), (14)"] if warned else [])
