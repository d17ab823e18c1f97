"""An addendum that changes questions: from what stands, with a rule for what was answered before, by two people."""

from __future__ import annotations

from typing import Any

import pytest
from flask import current_app
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.audit.kinds import EventKind
from portal.audit.queries import events_of
from portal.core import clock
from portal.core.canonical import sha256_of
from portal.core.errors import InvalidInput, NotAllowed, WrongState
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.tendering.amending.amending import NewDates, refuse_addendum, withdraw_addendum
from portal.tendering.amending.models import Addendum, MethodChange
from portal.tendering.amending.prepared import drop_prepared, prepared_changes
from portal.tendering.amending.question_changes import prepare_withdrawal
from portal.tendering.amending.states import ChangedPart
from portal.tendering.method_versions import versions_of_method
from portal.tendering.models import Question
from tests.factories import amending
from tests.factories.accounts import actor_of, make_person
from tests.factories.bidding import close_now
from tests.portal.tendering.amending.test_amending import LATER, NOTE, NOW, Case


class QuestionCase(Case):
    """The same with what changes its questions."""

    def question(self, key: str | None = None) -> Question:
        return amending.question_in_words(self.itt, key)

    def prepare(self, question: Question | None = None, *, actor: Actor | None = None, **changed: Any) -> MethodChange:
        return amending.prepare(self.itt, actor or self.officer, question, **changed)

    def add(self, prompt: str = "Who leads the service?", *, required: bool = True) -> MethodChange:
        return self.prepare(key=None, prompt=prompt, guidance="", required=required)

    def change(self, **changed: Any) -> None:
        amending.change_question(self.itt, self.officer, self.second, **changed)

    def propose_questions(self, **changed: Any) -> Addendum:
        return amending.propose(self.itt, self.officer, **changed)


@pytest.fixture
def case(db_session: object) -> QuestionCase:
    """Ready to change."""
    return QuestionCase()


def test_a_question_changes_in_the_instant_of_publication_and_not_before(case: QuestionCase) -> None:
    """Its words and limit are then new, the version before stays readable, and both have a fingerprint."""
    asked = case.question()
    key, before, limit = asked.key, asked.prompt, asked.settings["word_limit"]
    change = case.prepare(prompt="How do you listen?", settings={"word_limit": str(limit + 100)})
    addendum = case.propose_questions()
    assert (case.question(key).prompt, case.itt.method_version) == (before, 1)
    assert change.addendum_id == addendum.id
    case.publish(addendum)
    now = case.question(key)
    assert (now.prompt, now.settings["word_limit"], case.itt.method_version) == ("How do you listen?", limit + 100, 2)
    new, old = versions_of_method(case.itt.id)
    assert [each.number for each in (new, old)] == [2, 1]
    assert [sha256_of(each.stated) for each in (new, old)] == [new.hash, old.hash]
    assert new.hash != old.hash
    assert next(each for each in old.stated["questions"] if each["key"] == key)["prompt"] == before
    published = events_of(str(case.itt.id))[-1]
    assert published.kind == EventKind.ADDENDUM_PUBLISHED
    assert published.data["method"] == {"version": 2, "sha256": new.hash}


def test_a_question_that_stays_as_it_is_is_no_change(case: QuestionCase) -> None:
    """Refused beside the question."""
    with pytest.raises(InvalidInput) as refused:
        case.prepare()
    assert refused.value.field == "prompt"
    assert prepared_changes(case.itt.id) == []


def test_preparing_again_replaces_and_dropping_leaves_what_is_published(case: QuestionCase) -> None:
    """One prepared change a question; what is dropped was nothing."""
    case.prepare(prompt="First words?")
    change = case.prepare(prompt="Second words?")
    assert [each.after and each.after["prompt"] for each in prepared_changes(case.itt.id)] == ["Second words?"]
    drop_prepared(itt=case.itt, part=ChangedPart.QUESTION, key=change.key, actor=case.officer)
    assert prepared_changes(case.itt.id) == []


def test_a_further_question_and_one_that_is_taken_back(case: QuestionCase) -> None:
    """Both hold from the publication on."""
    added = case.add()
    gone = next(each for each in case.itt.questions if each.asked.kind.takes_files)
    prepare_withdrawal(itt=case.itt, key=gone.key, actor=case.officer)
    before = {each.key for each in case.itt.questions}
    case.publish(case.propose_questions())
    db.session.refresh(case.itt, ["questions"])
    assert {each.key for each in case.itt.questions} == before - {gone.key} | {added.key}


def test_panels_are_never_left_with_nothing_to_score(case: QuestionCase) -> None:
    """The last question under a criterion cannot be taken back alone."""
    asked = case.question()
    for each in [one for one in case.itt.questions if one.criterion_id == asked.criterion_id]:
        prepare_withdrawal(itt=case.itt, key=each.key, actor=case.officer)
    with pytest.raises(InvalidInput) as refused:
        case.propose_questions()
    assert refused.value.field == "prepared"


@pytest.mark.parametrize(
    ("given", "field"), [({"earlier_answers": None}, "earlier_answers"), ({"time_reason": " "}, "time_reason")]
)
def test_bidders_are_told_what_earlier_answers_count_as_and_why_time_is_enough(
    case: QuestionCase, given: dict[str, Any], field: str
) -> None:
    """Refused beside the field; where more time is given no reason is asked for."""
    case.prepare(prompt="Other words?")
    with pytest.raises(InvalidInput) as refused:
        case.propose_questions(**given)
    assert refused.value.field == field


def test_more_time_needs_no_reason_why_time_is_enough(case: QuestionCase) -> None:
    """The extension says it."""
    case.prepare(prompt="Other words?")
    case.publish(case.propose_questions(time_reason="", dates=NewDates(closes_at=case.closes_at + LATER)))
    assert case.itt.method_version == 2


def test_after_the_closing_time_a_question_changes_only_with_a_new_one(case: QuestionCase) -> None:
    """Otherwise nobody could confirm."""
    case.prepare(prompt="Other words?")
    close_now(case.itt)
    with pytest.raises(InvalidInput) as refused:
        case.propose_questions(now=clock.now())
    assert refused.value.field == "closes"


def test_who_prepares_is_a_commissioner_and_publishes_nothing(case: QuestionCase) -> None:
    """The second person decides as of every change; a refused one leaves everything."""
    with pytest.raises(NotAllowed):
        case.prepare(prompt="x y?", actor=actor_of(make_person(Role.AUDITOR, authority=case.itt.authority)))
    case.prepare(prompt="Other words?")
    addendum = case.propose_questions()
    with pytest.raises(NotAllowed):
        case.publish(addendum, case.officer)
    refuse_addendum(addendum=addendum, actor=case.second, note=NOTE, files=case.files, now=NOW)
    assert (case.itt.method_version, prepared_changes(case.itt.id)) == (1, [])


def test_a_question_that_was_changed_meanwhile_is_compared_anew(case: QuestionCase) -> None:
    """What was prepared from words that do not stand any more is not proposed."""
    case.prepare(prompt="First words?")
    addendum = case.propose_questions()
    case.prepare(prompt="Second words?")
    case.publish(addendum)
    with pytest.raises(InvalidInput) as refused:
        case.propose_questions()
    assert refused.value.field == "prepared"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE question SET prompt = 'x' WHERE itt_id = :itt",
        "UPDATE question SET required = NOT required WHERE itt_id = :itt",
        "DELETE FROM question WHERE itt_id = :itt",
        'UPDATE method_change SET after = after || \'{"prompt": "x"}\' WHERE itt_id = :itt',
        "UPDATE itt SET method_version = method_version + 1 WHERE id = :itt",
        "UPDATE itt SET method_hash = 'x', method_version = method_version + 1 WHERE id = :itt",
        "UPDATE method_version SET hash = 'x' WHERE itt_id = :itt",
        "UPDATE award_criterion SET title = 'x' WHERE itt_id = :itt",
        "UPDATE lot SET title = 'x' WHERE itt_id = :itt",
    ],
)
def test_the_database_lets_nothing_change_but_what_the_addendum_says(case: QuestionCase, statement: str) -> None:
    """After a published change as before it, whatever the application does."""
    case.change()
    with pytest.raises(DBAPIError), db.session.begin_nested():
        db.session.execute(text(statement), {"itt": case.itt.id})


def test_nothing_is_prepared_once_the_bids_are_opened(case: QuestionCase) -> None:
    """Nor before the publication: the draft itself is changed then."""
    db.session.execute(
        text("UPDATE itt SET status = 'opened', opened_at = :at WHERE id = :id"),
        {"id": case.itt.id, "at": clock.now()},
    )
    db.session.expire(case.itt)
    with pytest.raises(WrongState):
        case.prepare(prompt="Too late?")


def test_what_was_taken_back_is_prepared_again(case: QuestionCase) -> None:
    """To be put right and proposed anew; what was prepared of the same question meanwhile stands instead."""
    keys = {case.prepare(guidance="Half a page.").key, case.add().key}
    proposed = case.propose_questions()
    assert list(prepared_changes(case.itt.id)) == []
    withdraw_addendum(addendum=proposed, actor=case.officer, files=current_app.extensions["files"], now=clock.now())
    assert {change.key for change in prepared_changes(case.itt.id)} == keys
    assert [event.kind for event in events_of(str(case.itt.id))][-1] == EventKind.ADDENDUM_WITHDRAWN
    again = case.propose_questions()
    newer = case.prepare(guidance="A page at most.")
    withdraw_addendum(addendum=again, actor=case.officer, files=current_app.extensions["files"], now=clock.now())
    assert {change.after["guidance"] for change in prepared_changes(case.itt.id) if change.key == newer.key} == {
        "A page at most."
    }
