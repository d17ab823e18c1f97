"""Everybody who influences a procurement declares, two people answer an interest, conflicts are assessed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import ProgrammingError

from portal.core import clock
from portal.core.approval import may_decide
from portal.core.errors import Conflict, InvalidInput, NotAllowed, WrongState
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.tendering.changing import begin_change
from portal.tendering.checking import Task, problems_of
from portal.tendering.clarifying.answering import answer_question, publish_answers
from portal.tendering.clarifying.asking import ask_question
from portal.tendering.interests.assessing import assess_conflicts
from portal.tendering.interests.declaring import declare_own_interest, name_person, unname_person
from portal.tendering.interests.mitigating import decide_mitigation, propose_mitigation
from portal.tendering.interests.models import Interest, Mitigation
from portal.tendering.interests.queries import interest_faults, interest_of, register_of
from portal.tendering.interests.states import MitigationOutcome
from portal.tendering.models import InvitationToTender
from tests.factories.accounts import actor_of, make_person
from tests.factories.bidding import submitter_of
from tests.factories.tendering import declare_all, make_commissioner, published_itt, ready_itt

pytestmark = pytest.mark.usefixtures("db_session")
WORDS = "My sister works for one of the likely bidders."


def approver_of(itt: InvitationToTender) -> Actor:
    """An approver of the buyer."""
    return actor_of(make_person(Role.APPROVER, authority=itt.authority))


def declared(itt: InvitationToTender, actor: Actor, *, interest: bool = True) -> Interest:
    """The actor's place in the register, with a declaration of now."""
    return declare_own_interest(
        itt=itt, has_interest=interest, detail=WORDS if interest else "", actor=actor, now=clock.now()
    )


def answered(
    interest: Interest, actor: Actor, *, outcome: MitigationOutcome = MitigationOutcome.CONDITIONS
) -> Mitigation:
    """A proposed answer to an interest."""
    return propose_mitigation(interest=interest, outcome=outcome, words=WORDS, actor=actor, now=clock.now())


def decide(mitigation: Mitigation, actor: Actor, *, agreed: bool = True) -> None:
    """A decision about it."""
    decide_mitigation(mitigation=mitigation, agreed=agreed, note=WORDS, actor=actor, now=clock.now())


def test_whoever_changes_a_draft_is_in_the_register_once() -> None:
    """Beginning the draft is enough, a second person comes in with their first change."""
    first = make_commissioner()
    itt = ready_itt(actor=first)
    second = make_commissioner(itt.authority)
    for _ in range(2):
        begin_change(itt, second)
    people = [one.user_id for one in register_of(itt.id).entries]
    assert (people[0], people[-1], people.count(second.user_id)) == (first.user_id, second.user_id, 1)


def test_an_undeclared_person_keeps_a_draft_back() -> None:
    """Everybody in the register has to declare; the page names who is missing."""
    itt = ready_itt()
    second = make_commissioner(itt.authority)
    begin_change(itt, second)
    problem, approval = problems_of(itt, clock.now())
    assert (problem.task, approval.task) == (Task.INTERESTS, Task.APPROVAL)
    assert problem.message.endswith("has not declared their interests yet.")
    declare_all(itt)
    assert [left.task for left in problems_of(itt, clock.now())] == [Task.APPROVAL]


def test_an_interest_is_answered_by_two_people_and_assessed_again() -> None:
    """Declared, answered and decided, it still asks for a new version of the assessment."""
    itt = ready_itt()
    officer = make_commissioner(itt.authority)
    own = declared(itt, officer)
    assert "Say what is done about it" in next(interest_faults(itt))
    decide(answered(own, officer), approver_of(itt))
    assert list(interest_faults(itt)) == [
        "An interest was declared or answered after the conflicts assessment was made. Revise it."
    ]
    made = assess_conflicts(itt=itt, known=WORDS, perceived="Nothing.", actor=officer, now=clock.now())
    assert (made.number, list(interest_faults(itt))) == (2, [])


def test_a_refused_answer_leaves_the_interest_open() -> None:
    """Another answer is needed; two at once are refused."""
    itt = ready_itt()
    officer, approver = make_commissioner(itt.authority), approver_of(itt)
    own = declared(itt, officer)
    first = answered(own, officer)
    with pytest.raises(Conflict):
        answered(own, officer)
    decide(first, approver, agreed=False)
    assert not own.is_settled
    with pytest.raises(WrongState):
        decide(first, approver)
    decide(answered(own, officer), approver)
    assert own.is_settled


def test_a_later_declaration_asks_for_a_new_answer() -> None:
    """What was agreed holds for what had been declared then."""
    itt = ready_itt()
    officer = make_commissioner(itt.authority)
    own = declared(itt, officer)
    decide(answered(own, officer), approver_of(itt))
    declared(itt, officer)
    assert (own.is_settled, own.may_take_part) == (False, True)
    declared(itt, officer, interest=False)
    assert own.is_settled


def test_nobody_decides_about_their_own_interest_or_their_own_proposal() -> None:
    """The person concerned and the proposer are both first people, whatever roles they hold."""
    itt = ready_itt()
    both = actor_of(make_person(Role.COMMISSIONER, Role.APPROVER, authority=itt.authority))
    concerned = actor_of(make_person(Role.APPROVER, authority=itt.authority))
    answer = answered(declared(itt, concerned), both)
    for actor in (both, concerned):
        assert not may_decide(answer, actor)
        with pytest.raises(NotAllowed):
            decide(answer, actor)
        with pytest.raises(NotAllowed):
            answer.decide(actor, now=clock.now())
    assert may_decide(answer, approver_of(itt))


def test_whoever_takes_no_further_part_changes_nothing_any_more() -> None:
    """Once two people have decided it, a change of the draft is refused; a colleague goes on."""
    itt = ready_itt()
    officer, colleague = make_commissioner(itt.authority), make_commissioner(itt.authority)
    decide(answered(declared(itt, officer), colleague, outcome=MitigationOutcome.WHOLE), approver_of(itt))
    with pytest.raises(NotAllowed) as refused:
        begin_change(itt, officer)
    assert refused.value.code == "stepped_back"
    begin_change(itt, colleague)


def test_whoever_stepped_back_answers_nobody() -> None:
    """Neither a question nor its publication."""
    itt = published_itt()
    officer = make_commissioner(itt.authority)
    asked = ask_question(itt=itt, words="Is there a building?", is_named=False, actor=submitter_of())
    decide(
        answered(declared(itt, officer), make_commissioner(itt.authority), outcome=MitigationOutcome.WHOLE),
        approver_of(itt),
    )
    words = {"published_words": asked.words, "answer": "There is none.", "private_reason": ""}
    with pytest.raises(NotAllowed):
        answer_question(clarification=asked, actor=officer, now=clock.now(), **words)
    with pytest.raises(NotAllowed):
        publish_answers(itt=itt, actor=officer, now=clock.now())


def test_a_colleague_is_named_asked_and_taken_out_again() -> None:
    """Only somebody who was named and has declared nothing can be taken out; strangers cannot be named."""
    itt = ready_itt()
    officer = make_commissioner(itt.authority)
    person = make_person(Role.OPENER, authority=itt.authority)
    named = name_person(itt=itt, user_id=person.id, part="Holds the budget.", actor=officer)
    with pytest.raises(InvalidInput) as twice:
        name_person(itt=itt, user_id=person.id, part="Holds the budget.", actor=officer)
    assert twice.value.field == "person"
    unname_person(interest=named, actor=officer)
    assert interest_of(itt.id, person.id) is None
    own = declared(itt, actor_of(person), interest=False)
    with pytest.raises(InvalidInput):
        unname_person(interest=own, actor=officer)


@pytest.mark.parametrize(("detail", "field"), [("", "detail"), ("xxxxxxxxxxxxxxxxxxxxxxxxx", "detail")])
def test_an_interest_is_described_in_words(detail: str, field: str) -> None:
    """An interest without words tells nobody what to do about it."""
    itt = ready_itt()
    with pytest.raises(InvalidInput) as refused:
        declare_own_interest(
            itt=itt, has_interest=True, detail=detail, actor=make_commissioner(itt.authority), now=clock.now()
        )
    assert refused.value.field == field


def test_an_assessment_stays_as_it_was_made() -> None:
    """The portal's account can add versions, and change none."""
    itt = ready_itt()
    officer = make_commissioner(itt.authority)
    made = assess_conflicts(itt=itt, known="None.", perceived="Nothing.", actor=officer, now=clock.now())
    made.made_at += timedelta(days=1)
    with pytest.raises(ProgrammingError, match="permission denied"), db.session.begin_nested():
        db.session.flush()
