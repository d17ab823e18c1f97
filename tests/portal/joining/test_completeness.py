"""What still keeps an application from being sent: the exact list."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.core import clock
from portal.core.drafts import Incomplete
from portal.core.permissions import Actor
from portal.extensions import db
from portal.frameworks.questionnaire import AnswerKind, Judged, Question, Section, SelectionQuestionnaire
from portal.joining.completeness import gaps_of
from portal.joining.evidence import date_evidence, remove_evidence
from portal.joining.models import Application, Evidence
from portal.joining.states import ApplicationStatus
from tests.factories.frameworks import live_framework
from tests.factories.joining import (
    applicant_of,
    complete_application,
    draft_application,
    make_evidence,
    save,
    sent_application,
    store,
)

TURNOVER = SelectionQuestionnaire(
    (
        Section(
            "money",
            "Money",
            questions=(
                Question("turnover", "Your turnover", AnswerKind.NUMBER, judged=Judged.ITSELF, passes="1000"),
                Question("type", "What are you?", AnswerKind.CHOICE, choices=("Charity", "Company")),
                Question("website", "Your website", required=False),
                Question("policy", "A policy", AnswerKind.EVIDENCE, required=False, profile="policy"),
            ),
        ),
    )
)


@pytest.fixture
def actor(db_session: object) -> Actor:
    return applicant_of()


def messages(application: Application) -> list[str]:
    return [gap.message for gap in gaps_of(application, today=clock.today())]


def test_an_empty_draft_lacks_everything_that_is_required(actor: Actor) -> None:
    """In the order of the questions; what hangs on an answer is not missing before it."""
    assert messages(draft_application(actor=actor)) == [
        "Answer “Who should we talk to?”.",
        "Answer “Has your organisation been convicted of fraud in the last five years?”.",
        "Give a document for “Your public liability insurance certificate”.",
    ]


def test_a_complete_one_lacks_nothing_whatever_it_says(actor: Actor) -> None:
    """An answer that fails by its rule is no gap: a person decides; its follow-up is asked for, though."""
    application = complete_application(actor=actor)
    assert messages(application) == []
    save(application, actor, {"convicted": "yes"})
    assert messages(application) == ["Answer “What have you done so that it cannot happen again?”."]
    save(application, actor, {"put_right": " \n "})
    assert messages(application) == ["Answer “What have you done so that it cannot happen again?”."]
    save(application, actor, {"put_right": "We paid it back."})
    assert messages(application) == []


def test_numbers_and_choices_must_be_readable(actor: Actor) -> None:
    """They are saved as typed, and named here; what nobody has to answer is not."""
    application = draft_application(live_framework(questionnaire=TURNOVER), actor=actor)
    save(application, actor, {"turnover": "plenty", "type": "Partnership"})
    assert messages(application) == [
        "Write a number for “Your turnover”, such as 5,000,000.",
        "Choose an answer to “What are you?”.",
    ]
    save(application, actor, {"turnover": "£900", "type": "Charity"})
    assert messages(application) == []


def test_a_document_must_hold_today(actor: Actor) -> None:
    """Its last day still counts; the day after it has lapsed; without a day one is asked for."""
    application = complete_application(actor=actor)
    evidence = db.session.query(Evidence).one()
    today = clock.today()
    for expires_on, expected in (
        (today, []),
        (today - timedelta(days=1), ["Replace certificate.txt for"]),
        (None, ["Say until when certificate.txt holds, for"]),
    ):
        date_evidence(evidence=evidence, actor=actor, expires_on=expires_on)
        found = messages(application)
        assert len(found) == len(expected)
        assert all(message.startswith(start) for message, start in zip(found, expected, strict=True))


def test_a_document_that_is_gone_is_missed(actor: Actor) -> None:
    """Removed, without another of its kind."""
    application = complete_application(actor=actor)
    remove_evidence(evidence=db.session.query(Evidence).one(), actor=actor, files=store(), now=clock.now())
    assert messages(application) == [
        "Choose a document for “Your public liability insurance certificate” again: the one you chose was removed."
    ]


def test_suggestions_wait_for_somebody_to_confirm_them(actor: Actor) -> None:
    """What was said elsewhere is no answer yet; where no answer is needed it is simply left out."""
    make_evidence(actor)
    complete_application(actor=actor)
    second = draft_application(actor=actor)
    assert [message for message in messages(second) if message.startswith("Confirm")] == [
        "Confirm what you have told us before: “Who should we talk to?”.",
        "Confirm what you have told us before: “Your public liability insurance certificate”.",
    ]
    make_evidence(actor, "policy")
    third = draft_application(live_framework(questionnaire=TURNOVER), actor=actor)
    save(third, actor, {"turnover": "2000", "type": "Charity"})
    assert messages(third) == []


def test_the_officers_question_needs_an_answer(actor: Actor) -> None:
    """Sending again without one would answer nothing."""
    application = sent_application(actor=actor)
    application.status, application.clarification = ApplicationStatus.CLARIFICATION, "Which home is it?"
    assert messages(application) == ["Answer the question that the officers asked."]


def test_the_list_says_how_many_things_are_to_do(actor: Actor) -> None:
    """One thing, or several."""
    gaps = gaps_of(draft_application(actor=actor), today=clock.today())
    assert Incomplete(gaps).message == "3 things have to be done before you can submit."
    assert Incomplete(gaps[:1]).message == "One thing has to be done before you can submit."
