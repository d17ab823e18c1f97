"""What happens when nobody reads a disclosure, and with what was written before anything was looked through."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts.models import HeldRole
from portal.audit.models import Event
from portal.core import clock
from portal.core.permissions import Role
from portal.dashboards.situation import situations_of
from portal.evaluation.models import HeldWords
from portal.evaluation.safeguarding.escalating import escalate, screen_earlier
from portal.evaluation.safeguarding.looking import read_held_words
from portal.evaluation.safeguarding.naming import name_safeguarding_lead
from portal.extensions import db
from portal.notifications import letters_of_safeguarding
from portal.notifications.models import Message
from tests.factories.accounts import make_person
from tests.factories.evaluation import YOUNG, Evaluation, name_lead, scoring_itt
from tests.factories.tendering import panel_named
from tests.portal.evaluation.safeguarding.held import HARM, NAMING, ORDINARY, held, write

pytestmark = pytest.mark.usefixtures("db_session")
LATER = timedelta(minutes=31)


LETTERS = {"words_held": letters_of_safeguarding.words_held, "words_unread": letters_of_safeguarding.words_unread}


def told(evaluation: Evaluation) -> list[tuple[str, object]]:
    """Every letter about held words with whom it went to, in the order of the ledger."""
    db.session.flush()
    for event in db.session.scalars(
        select(Event).where(Event.chain == str(evaluation.itt.id), Event.kind.in_(LETTERS)).order_by(Event.seq)
    ):
        LETTERS[event.kind](event)
    rows = db.session.execute(
        select(Message.kind, Message.user_id)
        .join(Event, Event.id == Message.event_id)
        .where(Event.kind.in_(LETTERS))
        .order_by(Event.seq)
    )
    return [(kind.removeprefix("evaluation/"), person) for kind, person in rows]


def named(evaluation: Evaluation, *, deputy: bool = True) -> list[object]:
    """Name a lead and a deputy, and return their identifiers with the facilitator's."""
    people = [make_person(Role.SAFEGUARDING_LEAD, authority=evaluation.itt.authority) for _ in range(2)]
    name_safeguarding_lead(
        itt=evaluation.itt,
        panel=panel_named(evaluation.itt, YOUNG),
        lead_id=people[0].id,
        deputy_id=people[1].id if deputy else None,
        actor=evaluation.commissioner,
    )
    return [*(person.id for person in people), evaluation.moderator(YOUNG).user.id]


def test_lead_deputy_and_facilitator_are_told_one_after_the_other() -> None:
    """The lead at once, the deputy after half an hour unread, the facilitator after another; each once, no words."""
    evaluation = scoring_itt(1)
    lead, deputy, facilitator = named(evaluation)
    evaluation.itt.authority.emergency_line = "0300 000 0000, the duty team"
    write(evaluation, HARM)
    assert told(evaluation) == [("words_held", lead)]
    now = clock.now()
    assert [escalate(now=now), escalate(now=now + LATER), escalate(now=now + LATER)] == [0, 1, 0]
    assert told(evaluation) == [("words_held", lead), ("words_unread", deputy)]
    assert [escalate(now=now + 2 * LATER), escalate(now=now + 9 * LATER)] == [1, 0]
    assert told(evaluation)[2:] == [("call_the_line", facilitator)]
    bodies = db.session.scalars(select(Message)).all()
    assert not any("stepdad" in f"{one.subject} {one.body}" for one in bodies)
    assert any("0300 000 0000" in one.body for one in bodies)


def test_what_was_read_calls_nobody() -> None:
    """From the lead's reading on neither the deputy nor the facilitator is told."""
    evaluation = scoring_itt(1)
    lead = name_lead(evaluation)
    write(evaluation, HARM)
    read_held_words(held=held(evaluation)[0], actor=lead, now=clock.now())
    assert escalate(now=clock.now() + 9 * LATER) == 0


def test_without_a_deputy_the_facilitator_is_told_after_half_an_hour() -> None:
    """Nobody waits for somebody who is not named."""
    evaluation = scoring_itt(1)
    _, _, facilitator = named(evaluation, deputy=False)
    write(evaluation, HARM)
    assert escalate(now=clock.now() + LATER) == 1
    assert told(evaluation)[-1] == ("call_the_line", facilitator)


def test_a_mere_name_calls_nobody() -> None:
    """It waits on the facilitator's page, without a letter and without a clock."""
    evaluation = scoring_itt(1)
    named(evaluation)
    write(evaluation, NAMING)
    assert escalate(now=clock.now() + 9 * LATER) == 0
    assert told(evaluation) == []


def test_words_from_before_are_held_until_they_are_looked_through() -> None:
    """Harmless ones are then read by everybody, the others wait like new ones, and the lead is told."""
    evaluation = scoring_itt(1)
    lead, _, _ = named(evaluation)
    seats = evaluation.scorers(YOUNG)
    scores = [write(evaluation, words, seat) for words, seat in zip((ORDINARY, HARM), seats, strict=True)]
    for score, words in zip(scores, (ORDINARY, HARM), strict=True):
        if score.held is None:
            earlier = HeldWords(
                panel_id=seats[0].panel.id,
                author_id=score.scorecard.member.user_id,
                place="score",
                bid_id=score.scorecard.bid_id,
                criterion_id=score.criterion_id,
                words=words,
                status="unscreened",
            )
            db.session.add(earlier)
            db.session.flush()
            score.held_id = earlier.id
        else:
            score.held.status = "unscreened"
    db.session.commit()
    assert not any(words in score.reason for score, words in zip(scores, (ORDINARY, HARM), strict=True))
    assert [screen_earlier(now=clock.now()), screen_earlier(now=clock.now())] == [2, 0]
    db.session.commit()
    assert scores[0].reason == ORDINARY
    assert HARM not in scores[1].reason
    assert ("words_held", lead) in told(evaluation)


def test_a_lead_who_left_is_not_written_to_and_the_desk_asks_for_another() -> None:
    """The deputy is written to at once instead, and whoever opens the desk is led to naming somebody."""
    evaluation = scoring_itt(1)
    lead, deputy, _ = named(evaluation)
    assert not situations_of([evaluation.itt.id], clock.now())[evaluation.itt.id].lacks_lead
    for row in db.session.scalars(select(HeldRole).where(HeldRole.user_id == lead)):
        row.ended_at = clock.now()
    db.session.flush()
    write(evaluation, HARM)
    assert told(evaluation) == [("words_held", deputy)]
    assert situations_of([evaluation.itt.id], clock.now())[evaluation.itt.id].lacks_lead
