"""A draft that was never submitted can be deleted, and nothing else can."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.accounts.models import User
from portal.audit.queries import events_of
from portal.bidding.abandoning import abandon_bid
from portal.bidding.closing import TooLate, record_late_attempt
from portal.bidding.drafting import save_answers, start_bid
from portal.bidding.models import Bid, BidFile
from portal.core import clock
from portal.core.errors import NotAllowed, NotFound, WrongState
from portal.core.permissions import Actor, Role
from portal.editing.models import EarlierText
from portal.extensions import db
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.bidding import close_now, complete_draft, submit, submitter_of
from tests.factories.tendering import published_itt
from tests.filling import press


@pytest.fixture
def actor(db_session: object) -> Actor:
    return submitter_of()


@pytest.fixture
def bid(actor: Actor) -> Bid:
    return complete_draft(published_itt(), actor=actor)


def abandon(app: Flask, bid: Bid, actor: Actor) -> None:
    abandon_bid(bid=bid, actor=actor, files=app.extensions["files"])


def test_a_draft_is_deleted_with_everything_in_it(app: Flask, bid: Bid, actor: Actor) -> None:
    """Row, files and earlier texts go; the ledger keeps that it happened, without content, and one can start again."""
    save_answers(bid=bid, actor=actor, keys=app.extensions["keys"], answers={"welcome": "Something else"})
    assert db.session.scalar(select(func.count()).select_from(EarlierText))
    identifier, itt, lot = bid.id, bid.itt, bid.lot
    abandon(app, bid, actor)
    for table in (Bid, BidFile, EarlierText):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0
    last = events_of(identifier)[-1]
    assert (last.kind, last.data) == ("bid_abandoned", {"itt": str(itt.id), "lot": 1})
    db.session.expunge_all()
    assert start_bid(itt=itt, lot=lot, actor=actor).id != identifier


def test_what_was_submitted_stays(app: Flask, bid: Bid, actor: Actor) -> None:
    """It is withdrawn, never deleted."""
    submit(bid, actor)
    with pytest.raises(WrongState):
        abandon(app, bid, actor)


def test_a_late_attempt_keeps_its_draft(app: Flask, bid: Bid, actor: Actor) -> None:
    """That somebody tried is evidence; a draft that nobody tried to submit can go after closing, too."""
    close_now(bid.itt)
    late = TooLate(clock.now(), clock.now())
    record_late_attempt(bid=bid, actor=actor, act="submit", late=late)
    db.session.flush()
    with pytest.raises(WrongState, match="stays on record"):
        abandon(app, bid, actor)


def test_only_who_may_submit_deletes(app: Flask, bid: Bid) -> None:
    """A contributor's press would take the work of everybody; for other organisations there is nothing."""
    contributor = actor_of(make_person(Role.CONTRIBUTOR, provider=bid.provider))
    with pytest.raises(NotAllowed):
        abandon(app, bid, contributor)
    with pytest.raises(NotFound):
        abandon(app, bid, submitter_of())


def test_the_page_asks_once(client: CheckedClient, bid: Bid, actor: Actor) -> None:
    """From the bid's page, in two presses."""
    sign_in(client, db.session.get_one(User, actor.user_id))
    home = f"/provider/bids/{bid.reference}"
    assert f"{home}/abandon" in client.get(home).get_data(as_text=True)
    assert press(client, f"{home}/abandon", f"{home}/abandon").location == "/provider/bids"
    assert client.get(home).status_code == 404
