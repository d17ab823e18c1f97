"""A panel reads of an answer that was given before an addendum and not confirmed what the addendum says of it."""

from __future__ import annotations

import pytest

from portal.evaluation.opened import Answer
from portal.evaluation.reading import read_bid
from portal.evaluation.states import MemberRole
from portal.tendering.amending.states import EarlierAnswers
from portal.tendering.models import AwardCriterion
from tests.factories import amending
from tests.factories.bidding import close_now, open_itt, submitted_bid
from tests.factories.evaluation import LOCAL, Evaluation, appoint, declare
from tests.portal.tendering.amending.test_questions import QuestionCase


def read_after(rule: EarlierAnswers, *, confirmed: bool = False) -> Answer:
    """What somebody of the local panel reads of the changed question's answer."""
    case = QuestionCase()
    asked = next(each for each in case.itt.questions if each.criterion and _is_scored_by(each.criterion, LOCAL))
    if not confirmed:
        submitted_bid(case.itt)
    case.prepare(asked, prompt=f"{asked.prompt} And now?")
    case.publish(amending.propose(case.itt, case.officer, earlier_answers=rule))
    if confirmed:
        submitted_bid(case.itt)
    close_now(case.itt)
    [opened] = open_itt(case.itt).bids
    evaluation = Evaluation(case.itt, case.officer, {LOCAL: []})
    seat = appoint(evaluation, LOCAL, MemberRole.MEMBER)
    declare(seat)
    reading = read_bid(work=seat.work, bid_id=opened.bid_id, actor=seat.actor)
    return next(each for answers in reading.answers.values() for each in answers if each.question.key == asked.key)


def _is_scored_by(criterion: AwardCriterion, key: str) -> bool:
    return any(share.panel.key == key for share in criterion.shares)


@pytest.mark.usefixtures("db_session")
def test_an_earlier_answer_that_stands_is_read_with_the_mark() -> None:
    """Whole, and said to have been given before."""
    answer = read_after(EarlierAnswers.STAND)
    assert answer.shown.text
    assert answer.before == "Answered before change 1 of this question. The answer stands."


@pytest.mark.usefixtures("db_session")
def test_an_earlier_answer_that_does_not_count_is_not_read() -> None:
    """Nothing of it, and why."""
    answer = read_after(EarlierAnswers.NOT_GIVEN)
    assert (answer.shown.text, answer.files) == ("", ())
    assert answer.before == "Answered before change 1 of this question. The answer does not count."


@pytest.mark.usefixtures("db_session")
def test_what_was_submitted_after_the_change_is_read_as_every_answer() -> None:
    """Without a mark, whatever the rule."""
    answer = read_after(EarlierAnswers.NOT_GIVEN, confirmed=True)
    assert answer.shown.text
    assert answer.before == ""
