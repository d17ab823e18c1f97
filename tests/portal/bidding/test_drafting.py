"""Drafting: one bid for each provider and lot, one sealed blob, and no silent overwriting."""

from __future__ import annotations

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.audit.queries import events_of
from portal.bidding.closing import TooLate
from portal.bidding.contents import context_of, key_of_drafts
from portal.bidding.drafting import Saved, read_draft, save_answers, save_price, start_bid
from portal.bidding.models import Bid
from portal.core.canonical import bytes_of
from portal.core.errors import DeadlinePassed, InvalidInput, NotFound, SealBroken, WrongState
from portal.core.permissions import Actor, Role
from portal.core.seals import encrypt, pad
from portal.editing.comparing import digest_of
from portal.extensions import db
from tests.factories.accounts import actor_of, make_person
from tests.factories.bidding import close_now, draft_bid, submitter_of
from tests.factories.organisations import make_provider
from tests.factories.tendering import make_commissioner, published_itt, ready_itt


@pytest.fixture
def actor(db_session: object) -> Actor:
    return submitter_of()


@pytest.fixture
def bid(actor: Actor) -> Bid:
    return draft_bid(published_itt(), actor=actor)


def save(app: Flask, bid: Bid, actor: Actor, loaded: dict[str, str] | None = None, **answers: str) -> Saved:
    return save_answers(
        bid=bid,
        actor=actor,
        keys=app.extensions["keys"],
        answers={key.replace("_", "-"): text for key, text in answers.items()},
        loaded={key: digest_of(text) for key, text in (loaded or {}).items()},
    )


def test_starting_twice_gives_the_same_bid(bid: Bid, actor: Actor) -> None:
    """A provider has one bid for a lot, whoever of its people starts it."""
    again = start_bid(itt=bid.itt, lot=bid.lot, actor=actor)
    assert again.id == bid.id
    assert db.session.scalar(select(func.count()).select_from(Bid)) == 1
    assert [event.kind for event in events_of(bid.id)] == ["bid_started"]


def test_only_people_of_a_provider_start_bids(db_session: object) -> None:
    """For a commissioner there is nothing to start."""
    itt = published_itt()
    with pytest.raises(NotFound):
        start_bid(itt=itt, lot=itt.lots[0], actor=make_commissioner())


def test_no_bid_starts_after_the_closing_time(actor: Actor) -> None:
    """The database's clock ends starting, too."""
    itt = published_itt()
    close_now(itt)
    with pytest.raises(DeadlinePassed):
        start_bid(itt=itt, lot=itt.lots[0], actor=actor)


def test_no_bid_starts_before_publication(actor: Actor) -> None:
    """A draft invitation takes no bids."""
    itt = ready_itt()
    with pytest.raises(WrongState):
        start_bid(itt=itt, lot=itt.lots[0], actor=actor)


def test_what_was_saved_is_read_back(app: Flask, bid: Bid, actor: Actor) -> None:
    """Answers and price come back as they were written, line breaks tidied, the NUL that no database keeps removed."""
    keys = app.extensions["keys"]
    assert save(app, bid, actor, our_voice="One\r\ntwo\x00", welcome="  ") == Saved(1)
    assert save_price(bid=bid, actor=actor, keys=keys, price=Decimal("118000.5")) == 2
    content = read_draft(bid=bid, actor=actor, keys=keys)
    assert (content.answers, content.price) == ({"our-voice": "One\ntwo"}, "118000.50")


def test_saving_the_same_again_changes_nothing(app: Flask, bid: Bid, actor: Actor) -> None:
    """Pressing save twice makes no unsubmitted change and no second event."""
    save(app, bid, actor, welcome="Hello")
    assert save(app, bid, actor, welcome="Hello") == Saved(1)
    assert [event.kind for event in events_of(bid.id)] == ["bid_started", "bid_draft_saved"]


def test_an_answer_over_its_word_limit_is_saved(app: Flask, bid: Bid, actor: Actor) -> None:
    """Saving keeps everything; only submitting refuses."""
    assert save(app, bid, actor, welcome="word " * 2000) == Saved(1)


def test_the_same_answer_from_two_pages_is_a_conflict_and_the_rest_is_saved(app: Flask, bid: Bid, actor: Actor) -> None:
    """The first one's answer stands, the second person's other answer is saved, and the outcome names the first."""
    colleague = submitter_of(bid.provider)
    empty = {"welcome": "", "our-voice": ""}
    save(app, bid, colleague, loaded=empty, welcome="Hers")
    assert save(app, bid, actor, loaded=empty, welcome="His", our_voice="New") == Saved(2, ("welcome",))
    answers = read_draft(bid=bid, actor=actor, keys=app.extensions["keys"]).answers
    assert answers == {"welcome": "Hers", "our-voice": "New"}


def test_an_answer_that_came_back_as_it_was_loaded_is_no_edit(app: Flask, bid: Bid, actor: Actor) -> None:
    """Whoever touched another question leaves a colleague's new answer alone, and an empty box erases nothing."""
    save(app, bid, submitter_of(bid.provider), welcome="Three hundred words")
    saved = save(app, bid, actor, loaded={"welcome": "", "our-voice": ""}, welcome="", our_voice="New")
    assert saved == Saved(2)
    answers = read_draft(bid=bid, actor=actor, keys=app.extensions["keys"]).answers
    assert answers == {"welcome": "Three hundred words", "our-voice": "New"}


def test_a_draft_of_the_release_before_opens(app: Flask, bid: Bid, actor: Actor) -> None:
    """What it says besides, the revision of each change, is left behind."""
    keys = app.extensions["keys"]
    document = {"answers": {"welcome": "Old"}, "files": [], "price": "5.00", "changed_in": {"welcome": 1, "": 1}}
    place = context_of(bid, "draft 1")
    bid.draft_sealed, bid.draft_revision = encrypt(pad(bytes_of(document)), key_of_drafts(bid, keys), place), 1
    content = read_draft(bid=bid, actor=actor, keys=keys)
    assert (content.answers, content.price) == ({"welcome": "Old"}, "5.00")


def test_different_answers_from_two_pages_are_both_kept(app: Flask, bid: Bid, actor: Actor) -> None:
    """People who work on different questions do not disturb each other."""
    empty = {"welcome": "", "our-voice": ""}
    save(app, bid, actor, loaded=empty, welcome="One", our_voice="")
    save(app, bid, actor, loaded=empty, welcome="", our_voice="Two")
    assert read_draft(bid=bid, actor=actor, keys=app.extensions["keys"]).answers == {
        "welcome": "One",
        "our-voice": "Two",
    }


@pytest.mark.parametrize("price", ["0", "-1", "0.001", "12.345", "1000000000000"])
def test_an_impossible_price_is_refused(app: Flask, bid: Bid, actor: Actor, price: str) -> None:
    """A price is above zero, in whole pence, and below a thousand billion."""
    with pytest.raises(InvalidInput) as refused:
        save_price(bid=bid, actor=actor, keys=app.extensions["keys"], price=Decimal(price))
    assert refused.value.field == "price"


def test_an_answer_to_no_question_is_refused(app: Flask, bid: Bid, actor: Actor) -> None:
    """Hidden fields cannot add questions."""
    with pytest.raises(InvalidInput):
        save(app, bid, actor, smuggled="text")


def test_a_draft_cannot_be_changed_after_the_closing_time(app: Flask, bid: Bid, actor: Actor) -> None:
    """Saving answers or the price is too late from the closing instant on (D-19)."""
    save(app, bid, actor, welcome="In time")
    close_now(bid.itt)
    with pytest.raises(TooLate):
        save(app, bid, actor, welcome="Late")
    with pytest.raises(TooLate):
        save_price(bid=bid, actor=actor, keys=app.extensions["keys"], price=Decimal(1))
    assert read_draft(bid=bid, actor=actor, keys=app.extensions["keys"]).answers == {"welcome": "In time"}


def test_a_sealed_draft_opens_only_in_its_own_place(app: Flask, bid: Bid, actor: Actor) -> None:
    """A draft of another bid, or an older one of the same bid, does not pass for this one."""
    keys = app.extensions["keys"]
    other_actor = submitter_of()
    other = draft_bid(bid.itt, actor=other_actor)
    save(app, other, other_actor, welcome="Theirs")
    save(app, bid, actor, welcome="Ours")
    older = bid.draft_sealed
    save(app, bid, actor, welcome="Ours, second thoughts")
    for swapped in (older, other.draft_sealed):
        bid.draft_sealed = swapped
        with pytest.raises(SealBroken):
            read_draft(bid=bid, actor=actor, keys=keys)


def test_nobody_else_reads_a_draft(app: Flask, bid: Bid) -> None:
    """Another provider and the buyer's commissioner get "not found", as if there were no bid."""
    rival = actor_of(make_person(Role.SUBMITTER, provider=make_provider()))
    for stranger in (rival, make_commissioner(bid.itt.authority)):
        with pytest.raises(NotFound):
            read_draft(bid=bid, actor=stranger, keys=app.extensions["keys"])
