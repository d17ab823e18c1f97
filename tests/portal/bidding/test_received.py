"""A bid that the ledger knows and the rows do not, or the other way round, stops the opening and is named."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, text

from portal.audit.queries import events_of
from portal.bidding.models import Bid, OpenedBid
from portal.bidding.openers import OpeningRefused
from portal.bidding.received import differences
from portal.bidding.reconciling import reconcile_files
from portal.bidding.sealing import withdraw_bid
from portal.core.permissions import Role
from portal.extensions import db
from portal.tendering.models import InvitationToTender
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.bidding import (
    close_now,
    complete_draft,
    fill_draft,
    open_itt,
    submit,
    submitted_bid,
    submitter_of,
)
from tests.factories.tendering import published_itt
from tests.filling import errors_of, fill

TAMPERINGS = {
    "back to a draft": ("UPDATE bid SET status = 'draft', version = 0 WHERE id = :bid", 2, None),
    "withdrawn": ("UPDATE bid SET status = 'withdrawn' WHERE id = :bid", 2, None),
    "an older version": ("UPDATE bid SET version = 1 WHERE id = :bid", 2, 1),
    "a version that is not there": ("UPDATE bid SET version = 7 WHERE id = :bid", 2, None),
    "another invitation": ("UPDATE bid SET itt_id = :other, lot_id = :lot WHERE id = :bid", 2, None),
}


@pytest.fixture
def itt(db_session: object) -> InvitationToTender:
    """A published invitation with a bid besides."""
    itt = published_itt()
    submitted_bid(itt)
    return itt


def twice_submitted(itt: InvitationToTender) -> Bid:
    """A bid with two versions."""
    actor = submitter_of()
    bid = submitted_bid(itt, actor=actor)
    fill_draft(bid, actor, answer="Better.")
    submit(bid, actor)
    return bid


@pytest.mark.parametrize("what", sorted(TAMPERINGS))
def test_a_bid_that_vanished_stops_the_opening(app: Flask, itt: InvitationToTender, what: str) -> None:
    """Whatever was done to its row, the refusal names it, the record keeps the attempt, and nothing is open."""
    statement, told, listed = TAMPERINGS[what]
    bid, other = twice_submitted(itt), published_itt()
    close_now(itt)
    names = {"bid": bid.id, "other": other.id, "lot": other.lots[0].id}
    db.session.execute(text(statement), {name: value for name, value in names.items() if f":{name}" in statement})
    [found] = differences(itt.id)
    assert (found.bid_id, found.told, found.listed) == (bid.id, told, listed)
    with pytest.raises(OpeningRefused, match=bid.reference) as refused:
        open_itt(itt)
    assert refused.value.reason == "list_differs"
    assert db.session.scalars(select(OpenedBid.bid_id)).all() == []
    findings = reconcile_files(files=app.extensions["files"]).findings
    assert (bid.id, found.finding) in {(one.identifier, one.finding) for one in findings}


def test_a_bid_that_nobody_submitted_stops_the_opening(itt: InvitationToTender) -> None:
    """A draft, or a withdrawn bid, that a row calls submitted is not opened either."""
    actor = submitter_of()
    gone = submitted_bid(itt, actor=actor)
    withdraw_bid(bid=gone, actor=actor)
    close_now(itt)
    db.session.execute(text("UPDATE bid SET status = 'submitted' WHERE id = :bid"), {"bid": gone.id})
    assert [(found.told, found.listed) for found in differences(itt.id)] == [(None, 1)]
    with pytest.raises(OpeningRefused, match="none submitted, the database has version 1 submitted"):
        open_itt(itt)


def test_what_happens_in_bidding_is_no_difference(itt: InvitationToTender) -> None:
    """Drafts, changed versions, withdrawals and submissions after them are the same on both sides."""
    twice_submitted(itt)
    complete_draft(itt)
    actor = submitter_of()
    again = submitted_bid(itt, actor=actor)
    withdraw_bid(bid=again, actor=actor)
    assert differences() == []
    submit(again, actor)
    assert differences(itt.id) == differences() == []


def test_the_page_of_the_opening_says_what_is_missing(client: CheckedClient, itt: InvitationToTender) -> None:
    """The opener reads the bid's reference and what to do, nothing of its content; the refusal is on record."""
    bid = submitted_bid(itt)
    close_now(itt)
    db.session.execute(text("UPDATE bid SET status = 'draft' WHERE id = :bid"), {"bid": bid.id})
    sign_in(client, make_person(Role.OPENER, authority=itt.authority))
    answer = fill(client, f"/commissioning/itts/{itt.reference}/opening")
    assert answer.status_code == 409
    [message] = errors_of(answer)
    assert f"{bid.reference}: the ledger has version 1 submitted, the database has none submitted" in message
    assert bid.provider.name not in answer.get_data(as_text=True)
    event = events_of(itt.id)[-1]
    assert (event.kind, event.data["reason"]) == ("opening_refused", "list_differs")
