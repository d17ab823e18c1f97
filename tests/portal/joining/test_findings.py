"""What the published rules make of the answers by themselves."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from portal.frameworks.questionnaire import REPLY
from portal.frameworks.standard_questions import standard_questionnaire
from portal.joining.findings import Verdict, every_judgement, judged_sections, reply_in
from portal.joining.submitting import version_of
from portal.regulation.kinds import Regime
from tests.portal.joining.submitted import answers, lasting_framework, submitted_application

pytestmark = pytest.mark.usefixtures("db_session")

TODAY = date(2026, 12, 29)
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)


def judged(lot: int = 1, **given: Any) -> dict[str, Any]:
    """The judgements of an application with these answers, by question."""
    application = submitted_application(lasting_framework(lots=2), lot=lot, given=answers(**given), received_at=NOON)
    return every_judgement(judged_sections(application, version_of(application), TODAY))


def standings(lot: int = 1, **given: Any) -> dict[str, Verdict]:
    return {key: judgement.verdict for key, judgement in judged(lot, **given).items()}


def test_where_each_answer_stands() -> None:
    """Information is recorded, a rule judges itself, evidence is for a person; another lot's question is not asked."""
    assert standings() == {
        "contact": Verdict.RECORDED,
        "convicted": Verdict.PASSES,
        "insurance": Verdict.PERSON,
    }
    assert standings(2, registered="no")["registered"] is Verdict.FAILS
    assert standings(2, registered="yes")["registered"] is Verdict.PASSES
    assert standings(2)["registered"] is Verdict.FAILS, "no answer meets no rule"


def test_a_ground_that_was_explained_is_for_a_person() -> None:
    """With an answer to what follows on it a person judges; without one the rule stands (PA2023 s.58)."""
    assert standings(convicted="yes")["convicted"] is Verdict.FAILS
    explained = standings(convicted="yes", put_right="New directors.")
    assert (explained["convicted"], explained["put_right"]) == (Verdict.EXPLAINED, Verdict.PERSON)


def test_what_can_be_failed() -> None:
    """Only what fails by itself or is for a person; what passes or is recorded is no ground for a refusal."""
    found = judged(2, registered="no", convicted="no")
    assert {key for key, judgement in found.items() if judgement.can_fail} == {"insurance", "registered"}


def test_documents_that_lapsed_since() -> None:
    """A document holds through its last day and is shown as lapsed from the next."""
    assert judged(expires_on=TODAY)["insurance"].lapsed_on is None
    lapsed = judged(expires_on=date(2026, 12, 28))["insurance"]
    assert (lapsed.lapsed_on, lapsed.holds_until) == (date(2026, 12, 28), date(2026, 12, 28))


def test_answers_read_as_they_were_given() -> None:
    """ "Yes" rather than the value that is kept."""
    assert judged()["convicted"].answer_in_words == "No"
    assert judged()["contact"].answer_in_words == "Demo Contact"


@pytest.mark.parametrize("regime", list(Regime))
def test_the_standard_grounds_are_known_as_such(regime: Regime) -> None:
    """Each standard question about a ground, and each about putting it right, leads to the duty of section 59."""
    framework = lasting_framework(questionnaire=standard_questionnaire(regime))
    application = submitted_application(
        framework,
        given={"theft_fraud_bribery": {"value": "yes"}, "theft_fraud_bribery_put_right": {"value": "All paid back."}},
        received_at=NOON,
    )
    found = every_judgement(judged_sections(application, version_of(application), TODAY))
    grounds = {key for key, judgement in found.items() if judgement.is_ground}
    assert {"theft_fraud_bribery", "theft_fraud_bribery_put_right"} <= grounds
    assert grounds.isdisjoint({"trading_name", "contact_name", "must_register"})
    assert found["theft_fraud_bribery"].verdict is Verdict.EXPLAINED


def test_the_reply_to_the_officers() -> None:
    """What the provider wrote to their question is read apart from the questionnaire."""
    given = answers() | {REPLY: {"prompt": "Why?", "value": "Because it was renewed."}}
    application = submitted_application(lasting_framework(), given=given, received_at=NOON)
    version = version_of(application)
    assert reply_in(version) == "Because it was renewed."
    assert REPLY not in every_judgement(judged_sections(application, version, TODAY))
