"""Submitting: what counts, when, once, and bound to its place."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError

from portal.audit.models import Event
from portal.audit.queries import events_of
from portal.bidding.closing import TooLate, record_late_attempt, require_open
from portal.bidding.closing import lock_bid as lock
from portal.bidding.drafting import read_draft, save_answers
from portal.bidding.envelopes import content_of
from portal.bidding.models import Bid, BidVersion, LateAttempt
from portal.bidding.queries import version_of
from portal.bidding.sealing import Submitted, read_version, submit_bid, withdraw_bid
from portal.bidding.states import BidStatus
from portal.core.drafts import Incomplete
from portal.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from portal.core.permissions import Actor, Role
from portal.core.seals import KeyFolder
from portal.extensions import db
from tests.factories.accounts import actor_of, make_person
from tests.factories.bidding import (
    EDITION,
    close_now,
    complete_draft,
    draft_bid,
    fill_draft,
    submit,
    submitted_bid,
    submitter_of,
)
from tests.factories.tendering import make_commissioner, published_in_lots, published_itt


@pytest.fixture
def actor(db_session: object) -> Actor:
    return submitter_of()


@pytest.fixture
def bid(actor: Actor) -> Bid:
    return complete_draft(published_itt(), actor=actor)


@pytest.fixture
def send(app: Flask, bid: Bid, actor: Actor) -> Callable[..., Submitted]:
    """Submit the bid with whatever differs from the ordinary."""

    def sending(**different: Any) -> Submitted:
        ordinary = {
            "bid": bid,
            "actor": actor,
            "keys": app.extensions["keys"],
            "idempotency_key": uuid.uuid4(),
            "expected_revision": bid.draft_revision,
            "declared": EDITION,
        }
        done = submit_bid(**(ordinary | different))
        db.session.refresh(bid)
        return done

    return sending


def versions() -> list[int]:
    return list(db.session.scalars(select(BidVersion.number).order_by(BidVersion.number)))


def test_a_submission_writes_a_version_an_entry_and_a_receipt(bid: Bid, send: Callable[..., Submitted]) -> None:
    """Version 1 counts, received before the closing instant, and the ledger has it."""
    done = send()
    version = db.session.scalars(select(BidVersion)).one()
    assert (bid.status, bid.version, bid.has_unsubmitted_change) == (BidStatus.SUBMITTED, 1, False)
    assert done.received_at == version.received_at < bid.itt.closes_at
    event = events_of(bid.id)[-1]
    assert (event.kind, event.data["commitment"]) == ("bid_submitted", version.commitment)


def test_the_closing_instant_itself_is_late(bid: Bid) -> None:
    """One microsecond before is in time (D-09)."""
    closes = bid.itt.closes_at
    assert bid.itt.has_closed(closes)
    assert not bid.itt.has_closed(closes - timedelta(microseconds=1))
    entered = lock(bid)
    object.__setattr__(entered, "at", entered.closes_at - timedelta(microseconds=1))
    require_open(entered)
    object.__setattr__(entered, "at", entered.closes_at)
    with pytest.raises(TooLate):
        require_open(entered)


def test_a_late_submission_is_refused_and_recorded_and_the_draft_stays(
    app: Flask, bid: Bid, actor: Actor, send: Callable[..., Submitted]
) -> None:
    """The attempt and both instants are evidence; nothing of the draft changes."""
    before = read_draft(bid=bid, actor=actor, keys=app.extensions["keys"])
    close_now(bid.itt)
    db.session.commit()
    with pytest.raises(TooLate) as late:
        send(answers={"welcome": "Too late"})
    db.session.rollback()
    record_late_attempt(bid=bid, actor=actor, act="submit", late=late.value)
    attempt = db.session.scalars(select(LateAttempt)).one()
    assert (attempt.bid_id, attempt.at, attempt.attempted_by_id) == (bid.id, late.value.at, actor.user_id)
    assert attempt.at >= attempt.closes_at == bid.itt.closes_at
    assert read_draft(bid=bid, actor=actor, keys=app.extensions["keys"]) == before
    assert (bid.status, versions()) == (BidStatus.DRAFT, [])
    assert events_of(bid.id)[-1].kind == "bid_refused_late"


def test_the_same_key_gives_the_same_version_even_after_the_deadline(bid: Bid, send: Callable[..., Submitted]) -> None:
    """A retry after a lost answer finds its receipt (D-10)."""
    key = uuid.uuid4()
    first = send(idempotency_key=key)
    close_now(bid.itt)
    again = send(idempotency_key=key)
    assert (again.version, again.received_at, again.repeated) == (1, first.received_at, True)
    assert versions() == [1]


def test_an_unchanged_bid_is_not_submitted_twice(send: Callable[..., Submitted]) -> None:
    """A second page with another key and nothing new gives the version that is there."""
    first = send()
    assert send() == Submitted(1, first.received_at, repeated=True)
    assert versions() == [1]


def test_a_change_is_not_submitted_until_it_is_submitted(
    app: Flask, bid: Bid, actor: Actor, send: Callable[..., Submitted]
) -> None:
    """The old version stays what counts, and the bid says that it has changes (D-12)."""
    keys = app.extensions["keys"]
    send()
    save_answers(bid=bid, actor=actor, keys=keys, answers={"welcome": "Changed"})
    db.session.refresh(bid)
    assert (bid.status, bid.version, bid.has_unsubmitted_change) == (BidStatus.SUBMITTED, 1, True)
    assert said_in(bid, actor, keys, 1) != "Changed"
    send()
    assert said_in(bid, actor, keys, 2) == "Changed"
    assert not bid.has_unsubmitted_change


def said_in(bid: Bid, actor: Actor, keys: KeyFolder, number: int) -> str:
    """What a submitted version says about welcome."""
    parts = read_version(bid=bid, version=version_of(bid, number), actor=actor, keys=keys)
    return content_of(parts).answers["welcome"]


def test_two_pages_that_submit_different_things_do_not_merge(
    bid: Bid, actor: Actor, send: Callable[..., Submitted]
) -> None:
    """One wins, the other is told who was first (D-11)."""
    revision = bid.draft_revision
    send(answers={"welcome": "First"})
    with pytest.raises(Conflict, match=r"^Demo Person \d+ changed or submitted this bid at \d\d:\d\d:\d\d"):
        send(answers={"welcome": "Second"}, expected_revision=revision)
    assert versions() == [1]


def test_everything_that_is_missing_is_listed(bid: Bid, send: Callable[..., Submitted]) -> None:
    """White space is no answer, and nothing is sealed while something is missing (D-17, Hoole v LSC)."""
    with pytest.raises(Incomplete) as refused:
        send(answers={"welcome": "  \n ", "our-voice": "word " * 400})
    assert [gap.key for gap in refused.value.gaps] == ["our-voice", "welcome"]
    assert versions() == []


def test_a_bid_can_be_withdrawn_and_submitted_again(bid: Bid, actor: Actor, send: Callable[..., Submitted]) -> None:
    """Every version stays on record; the last act counts (D-13)."""
    send()
    withdraw_bid(bid=bid, actor=actor)
    assert bid.status is BidStatus.WITHDRAWN
    assert send().version == 2
    withdraw_bid(bid=bid, actor=actor)
    assert (bid.status, versions()) == (BidStatus.WITHDRAWN, [1, 2])
    kinds = [event.kind for event in events_of(bid.id) if event.kind in {"bid_submitted", "bid_withdrawn"}]
    assert kinds == ["bid_submitted", "bid_withdrawn", "bid_submitted", "bid_withdrawn"]
    with pytest.raises(WrongState):
        withdraw_bid(bid=bid, actor=actor)


def test_a_submitted_bid_stays_submitted_when_withdrawing_comes_too_late(
    bid: Bid, actor: Actor, send: Callable[..., Submitted]
) -> None:
    """The closing time ends withdrawing, too."""
    send()
    close_now(bid.itt)
    with pytest.raises(TooLate):
        withdraw_bid(bid=bid, actor=actor)
    assert bid.status is BidStatus.SUBMITTED


def test_lots_are_submitted_one_by_one(actor: Actor) -> None:
    """A gap in lot 2 blocks lot 2 alone (D-14, InHealth v NHS England)."""
    itt = published_in_lots(3)
    bids = [draft_bid(itt, actor=actor, lot=lot) for lot in itt.lots]
    for bid in (bids[0], bids[2]):
        fill_draft(bid, actor)
        assert submit(bid, actor).version == 1
    with pytest.raises(Incomplete):
        submit(bids[1], actor)


def test_contributors_draft_and_submitters_submit(bid: Bid, actor: Actor, send: Callable[..., Submitted]) -> None:
    """A contributor is refused with 403, a stranger with 404."""
    contributor = actor_of(make_person(Role.CONTRIBUTOR, provider=bid.provider))
    with pytest.raises(NotAllowed):
        send(actor=contributor)
    with pytest.raises(NotFound):
        send(actor=submitter_of())
    with pytest.raises(NotFound):
        send(actor=make_commissioner(bid.itt.authority))
    administrator = actor_of(make_person(Role.PROVIDER_ADMINISTRATOR, provider=bid.provider))
    assert send(actor=administrator).version == 1


def test_a_cancelled_invitation_takes_no_bids(bid: Bid, send: Callable[..., Submitted]) -> None:
    """The draft stays, and the message says why."""
    db.session.execute(text("UPDATE itt SET status = 'cancelled', ended_at = now(), ended_from = 'published'"))
    with pytest.raises(WrongState, match="cancelled"):
        send()


def test_the_size_of_what_is_sealed_tells_nothing_about_the_price(app: Flask, actor: Actor) -> None:
    """One pound and almost the ceiling make envelopes of the same length."""
    lengths = set()
    for price in ("1", "239999.99"):
        sent = submitted_bid(published_itt(), actor=actor, price=price)
        lengths.add(tuple(len(each.sealed) for each in version_of(sent).envelopes))
    assert len(lengths) == 1


def test_the_application_cannot_change_or_remove_a_version(send: Callable[..., Submitted]) -> None:
    """The database refuses it to the application's own role."""
    send()
    for statement in (
        "UPDATE bid_version SET number = 7",
        "DELETE FROM bid_version",
        "UPDATE sealed_envelope SET kind = 'price'",
        "DELETE FROM sealed_envelope",
        "DELETE FROM late_attempt",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), db.session.begin_nested():
            db.session.execute(text(statement))
    assert versions() == [1]


def test_no_event_of_the_invitations_chain_tells_of_a_bid(bid: Bid, send: Callable[..., Submitted]) -> None:
    """Bids have chains of their own, so that positions and gaps give nothing away."""
    send()
    told = {event.kind for event in events_of(bid.itt_id)}
    assert not {kind for kind in told if kind.startswith("bid")}
    assert (
        db.session.scalar(select(func.count()).select_from(Event).where(Event.chain == str(bid.id)))
        == len(events_of(bid.id))
        > 3
    )


def test_a_page_without_a_valid_revision_is_refused(send: Callable[..., Submitted]) -> None:
    """What was not seen cannot be submitted."""
    with pytest.raises(Conflict):
        send(expected_revision=-1)
    with pytest.raises(InvalidInput):
        send(answers={"no-question": "x"})
