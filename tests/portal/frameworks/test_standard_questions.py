"""The standard selection questionnaire."""

from __future__ import annotations

import pytest

from portal.frameworks.proportion import warnings_of
from portal.frameworks.questionnaire import AnswerKind, Judged, Question, read
from portal.frameworks.standard_questions import (
    CONVICTIONS,
    DISCRETIONARY_GROUNDS,
    EVENTS,
    standard_questionnaire,
)
from portal.joining.findings import EXCLUSION_LAWS
from portal.regulation.kinds import Regime


def grounds(regime: Regime) -> list[Question]:
    """The grounds for exclusion as asked."""
    sections = {section.key: section for section in standard_questionnaire(regime).sections}
    return [
        question
        for key in ("mandatory", "discretionary")
        for question in sections[key].questions
        if question.asked_if is None
    ]


@pytest.mark.parametrize("regime", list(Regime))
def test_it_reads_as_it_was_written(regime: Regime) -> None:
    """Strictly, and with the same hash."""
    questionnaire = standard_questionnaire(regime)
    assert read(questionnaire.to_dict()) == questionnaire
    assert [section.key for section in questionnaire.sections] == [
        "about",
        "mandatory",
        "discretionary",
        "standing",
        "conditions",
    ]


def test_every_ground_of_the_act_is_asked(db_session: object) -> None:
    """Eight convictions and six events that are mandatory, ten that are discretionary; the older law knows fewer."""
    asked = grounds(Regime.PA2023)
    assert [question.key for question in asked] == [
        ground.key for ground in (*CONVICTIONS, *EVENTS, *DISCRETIONARY_GROUNDS)
    ]
    assert len(asked) == 24
    assert {question.law for question in asked} == {"PA2023 Sch 6", "PA2023 Sch 7"}
    older = grounds(Regime.PCR2015)
    assert {question.key for question in asked} > {question.key for question in older}
    assert all(question.law.startswith("PCR2015 reg 57") for question in older)


@pytest.mark.parametrize("regime", list(Regime))
def test_a_ground_judges_itself_and_a_yes_is_heard(regime: Regime) -> None:
    """ "No" passes; "yes" opens what happened, and what has been put right, which a person judges."""
    questionnaire = standard_questionnaire(regime)
    for ground in grounds(regime):
        assert (ground.kind, ground.judged, ground.passes) == (AnswerKind.YES_NO, Judged.ITSELF, "no")
        assert any(law in ground.law for law in EXCLUSION_LAWS)
        asked = {
            question.key: question.judged
            for section in questionnaire.asked(1, {ground.key: "yes"})
            for question in section.questions
            if question.asked_if == (ground.key, "yes")
        }
        assert asked == {f"{ground.key}_what": Judged.INFORMATION, f"{ground.key}_put_right": Judged.PERSON}


@pytest.mark.parametrize("regime", list(Regime))
def test_who_has_nothing_to_explain_answers_few_questions(regime: Regime) -> None:
    """No follow-up is asked of somebody to whom no ground applies."""
    questionnaire = standard_questionnaire(regime)
    answers = {ground.key: "no" for ground in grounds(regime)}
    keys = [question.key for section in questionnaire.asked(1, answers) for question in section.questions]
    assert not [key for key in keys if key.endswith(("_what", "_put_right"))]
    assert len(keys) <= 36


def test_the_law_looks_back_three_or_five_years() -> None:
    """Three for insolvency, and for what is discretionary under the 2015 Regulations (reg 57(12))."""
    prompts = {regime: {ground.key: ground.prompt for ground in grounds(regime)} for regime in Regime}
    assert prompts[Regime.PA2023]["insolvency"].endswith("in the last three years?")
    assert prompts[Regime.PA2023]["misconduct"].endswith("in the last five years?")
    assert prompts[Regime.PCR2015]["misconduct"].endswith("in the last three years?")
    assert prompts[Regime.PCR2015]["terrorism"].endswith("in the last five years?")


@pytest.mark.parametrize("regime", list(Regime))
def test_what_lapses_is_asked_as_a_document_with_its_date(regime: Regime) -> None:
    """Insurance only if it is there already: it may be promised until the award (PA2023 s.36)."""
    standing = {question.key: question for question in _standing(regime)}
    lapsing = {key for key, question in standing.items() if question.expires}
    assert lapsing == {"employers_liability", "public_liability", "safeguarding_policy"}
    assert not standing["public_liability"].required
    assert standing["registration_certificate"].asked_if == ("must_register", "yes")


@pytest.mark.parametrize("regime", list(Regime))
def test_it_asks_nothing_out_of_proportion(regime: Regime) -> None:
    """Our own questions pass our own check."""
    assert warnings_of(standard_questionnaire(regime)) == []


def _standing(regime: Regime) -> tuple[Question, ...]:
    return next(section.questions for section in standard_questionnaire(regime).sections if section.key == "standing")
