"""Questions of bidders: asked in private, answered for all at once, and nobody learns whose they are."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import DeadlinePassed, InvalidInput, NotAllowed, NotFound, WrongState
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.notifications.recipients import interested_people
from portal.tendering.clarifying.answering import answer_question, publish_answers
from portal.tendering.clarifying.asking import ask_question, take_back_question
from portal.tendering.clarifying.following import follow, unfollow
from portal.tendering.clarifying.models import Clarification, Follower
from portal.tendering.clarifying.queries import counts_waiting, own_questions, published_answers
from portal.tendering.clarifying.states import ClarificationStatus
from portal.tendering.explaining import NotEntitled
from portal.tendering.models import InvitationToTender
from portal.tendering.queries import read_counts
from tests.factories.accounts import actor_of, make_person
from tests.factories.bidding import draft_bid, submitter_of
from tests.factories.calling_off import published_call_off
from tests.factories.frameworks import admit, live_framework
from tests.factories.organisations import make_provider
from tests.factories.tendering import make_commissioner, published_itt

NOW = clock.now()
WORDS = "May two charities bid together?"


class Case:
    """A published invitation, its commissioner, and a provider's person."""

    def __init__(self) -> None:
        self.officer: Actor = make_commissioner()
        self.itt: InvitationToTender = published_itt(actor=self.officer)
        self.asker: Actor = submitter_of()

    def ask(self, words: str = WORDS, *, named: bool = False, actor: Actor | None = None) -> Clarification:
        return ask_question(itt=self.itt, words=words, is_named=named, actor=actor or self.asker)

    def answer(self, question: Clarification, **changed: Any) -> None:
        given = {"published_words": question.words, "answer": "Yes.", "private_reason": "", "actor": self.officer}
        answer_question(clarification=question, now=NOW, **(given | changed))

    def publish(self, at: datetime = NOW) -> None:
        publish_answers(itt=self.itt, actor=self.officer, now=at)

    def kinds(self, chain: Any) -> list[str]:
        return [event.kind for event in events_of(str(chain))]


@pytest.fixture
def case(db_session: object) -> Case:
    """Ready to ask."""
    return Case()


def test_a_question_leaves_nothing_in_the_invitation_s_own_chain(case: Case) -> None:
    """Its events stand in a chain of their own: in the invitation's they would say who asked, and when."""
    before = case.kinds(case.itt.id)
    question = case.ask()
    assert case.kinds(case.itt.id) == before
    assert case.kinds(question.id) == [EventKind.CLARIFICATION_ASKED]


def test_officers_learn_who_asks_only_from_whoever_agreed_to_it(case: Case) -> None:
    """Before the opening the asker has no name for them."""
    assert case.ask().asker is None
    named = case.ask("May we visit the building?", named=True)
    assert named.asker == named.provider.name


def test_answers_are_published_together_and_numbered_in_the_order_of_asking(case: Case) -> None:
    """Written answers go nowhere; publishing tells of all of them in one event."""
    first, second = case.ask(), case.ask("Is there a minimum price?", actor=submitter_of())
    case.answer(second)
    case.answer(first)
    assert published_answers(case.itt.id) == []
    assert read_counts(counts_waiting([case.itt.id])) == [{case.itt.id: 2}]
    case.publish()
    assert [(each.number, each.reference) for each in published_answers(case.itt.id)] == [
        (2, second.reference),
        (1, first.reference),
    ]
    last = events_of(str(case.itt.id))[-1]
    assert (last.kind, last.data["first"], last.data["last"]) == (EventKind.ANSWERS_PUBLISHED, 1, 2)
    assert read_counts(counts_waiting([case.itt.id])) == [{}]
    with pytest.raises(WrongState):
        case.publish()


def test_an_answer_for_one_alone_needs_a_reason_and_takes_no_number(case: Case) -> None:
    """The public list has no gap that would tell of it."""
    alone, other = case.ask(), case.ask("Is there a minimum price?")
    with pytest.raises(InvalidInput) as refused:
        case.answer(alone, private_reason="secret")
    assert refused.value.field == "private_reason"
    case.answer(alone, private_reason="It is about the asker's own trade secret.")
    case.answer(other)
    case.publish()
    assert (alone.status, alone.number, other.number) == (ClarificationStatus.PUBLISHED, None, 1)
    assert case.kinds(alone.id)[-1] == EventKind.CLARIFICATION_ANSWERED_ALONE


def test_what_tells_who_asks_is_taken_out_before_everybody_reads_it(case: Case) -> None:
    """The officer's wording is published; the asker's own stays between the two."""
    question = case.ask("We, Acorn, run the hall. May we use it?")
    case.answer(question, published_words="May a bidder use a hall that it runs?")
    case.publish()
    assert [each.published_words for each in published_answers(case.itt.id)] == [
        "May a bidder use a hall that it runs?"
    ]
    assert [each.words for each in own_questions(case.itt.id, case.asker.provider_id)] == [
        "We, Acorn, run the hall. May we use it?"
    ]


def test_a_question_that_was_taken_back_is_not_answered(case: Case) -> None:
    """Until it is published its bidder can take it back; afterwards not."""
    question = case.ask()
    take_back_question(clarification=question, actor=case.asker)
    with pytest.raises(WrongState):
        case.answer(question)
    kept = case.ask()
    case.answer(kept)
    case.publish()
    with pytest.raises(WrongState):
        take_back_question(clarification=kept, actor=case.asker)


def test_only_the_bidder_takes_a_question_back_and_only_officers_answer(case: Case) -> None:
    """To another provider it does not exist."""
    question = case.ask()
    with pytest.raises(NotFound):
        take_back_question(clarification=question, actor=submitter_of())
    with pytest.raises(NotAllowed):
        take_back_question(clarification=question, actor=case.officer)
    with pytest.raises(NotAllowed):
        case.answer(question, actor=case.asker)
    with pytest.raises(NotFound):
        case.answer(question, actor=make_commissioner())


@pytest.mark.parametrize("words", ["", " \u2800 ", "x" * 4001])
def test_a_question_has_words(case: Case, words: str) -> None:
    """Nothing to be seen, or a book, is refused beside the box."""
    with pytest.raises(InvalidInput) as refused:
        case.ask(words)
    assert refused.value.field == "words"


def test_the_time_for_questions_ends_when_it_says(case: Case) -> None:
    """At its very instant it is over, by the database's clock; without one it ends with the bidding."""
    case.itt.questions_until = clock.database_time()
    db.session.flush()
    with pytest.raises(DeadlinePassed) as refused:
        case.ask()
    assert refused.value.field == "words"
    closed = published_itt(closes_in=-timedelta(hours=1), published_ago=timedelta(days=30))
    with pytest.raises(DeadlinePassed):
        ask_question(itt=closed, words=WORDS, is_named=False, actor=case.asker)


def test_who_may_not_bid_cannot_ask(db_session: object) -> None:
    """A call-off is for members, and people without a provider ask nobody."""
    lot = live_framework().lots[0]
    admit(lot, make_provider())
    itt = published_call_off(lot)
    with pytest.raises(NotEntitled):
        ask_question(itt=itt, words=WORDS, is_named=False, actor=submitter_of())
    with pytest.raises(NotFound):
        ask_question(itt=published_itt(), words=WORDS, is_named=False, actor=make_commissioner())


def test_followers_bidders_and_nobody_else_hear_of_answers(case: Case) -> None:
    """Who follows or asked is told as whoever has a draft; following twice is following once."""
    follower, bidder, asker, other = (submitter_of() for _ in range(4))
    for _ in range(2):
        follow(itt=case.itt, actor=follower)
    draft_bid(case.itt, actor=bidder)
    ask_question(itt=case.itt, words=WORDS, is_named=False, actor=asker)
    told = set(db.session.scalars(interested_people(case.itt.id)))
    assert {follower.user_id, bidder.user_id, asker.user_id} <= told
    assert other.user_id not in told
    unfollow(itt=case.itt, actor=follower)
    assert db.session.scalars(select(Follower)).all() == []


def test_auditors_read_and_do_not_answer(case: Case) -> None:
    """The role that only reads."""
    question = case.ask()
    auditor = actor_of(make_person(Role.AUDITOR, authority=case.itt.authority))
    with pytest.raises(NotAllowed):
        case.answer(question, actor=auditor)
