"""What is declared by submitting, and what is marked as confidential, over HTTP: sealed, and read after the opening."""

from __future__ import annotations

from typing import Any

import pytest
from flask import current_app

from portal.accounts.models import User
from portal.bidding.drafting import read_draft
from portal.bidding.form_of_tender import statements_for
from portal.bidding.models import Bid, OpenedBid, OpenedPrice
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.tendering.timetable import USUAL_VALIDITY
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.bidding import close_now, complete_draft, open_itt, questions_of, submitter_of
from tests.factories.tendering import published_itt
from tests.pages import read
from tests.portal.tendering.views.browsing import errors_of, filled, post

WHY = "Our way of training foster carers is our own work and nobody else has it."
STATEMENTS = statements_for(USUAL_VALIDITY)


@pytest.fixture
def submitter(db_session: object) -> Actor:
    return submitter_of()


@pytest.fixture
def bid(client: CheckedClient, submitter: Actor) -> Bid:
    """A draft that lacks nothing but submission, of the person who is signed in."""
    made = complete_draft(published_itt(), actor=submitter)
    sign_in(client, db.session.get_one(User, submitter.user_id))
    return made


def _words(answer: Any) -> str:
    return " ".join(read(answer.text).get_text(" ").split())


def test_nothing_is_sealed_without_what_is_declared(client: CheckedClient, bid: Bid) -> None:
    """The page says it above the button; a page that does not carry it submits nothing and is told why."""
    home = f"/provider/bids/{bid.reference}"
    action, sent = filled(client, f"{home}/check")
    said = _words(client.get(f"{home}/check"))
    assert [statement for statement in STATEMENTS if statement not in said] == []
    for other in ("", "0" * 16):
        refused = client.post(action, data=sent | {"declared": other})
        assert refused.status_code == 409
        assert "Read what you declare by submitting" in errors_of(refused)[""]
    db.session.refresh(bid)
    assert bid.version == 0
    assert client.post(action, data=sent).location == f"{home}/receipt/1"
    assert STATEMENTS[1] in _words(client.get(f"{home}/submitted"))


def test_officers_read_it_after_the_opening(client: CheckedClient, bid: Bid, submitter: Actor) -> None:
    """It is in the envelope of what officers check, and each mark in the envelope of what it is about."""
    home, key = f"/provider/bids/{bid.reference}", questions_of(bid.itt)[0].key
    assert post(client, f"{home}/confidential", **{f"why-{key}": WHY, "why-": WHY}).location == f"{home}/check"
    action, sent = filled(client, f"{home}/check")
    client.post(action, data=sent)
    assert WHY in _words(client.get(f"{home}/submitted"))
    close_now(bid.itt)
    open_itt(bid.itt)
    held = db.session.execute(
        db.select(OpenedBid.compliance, OpenedBid.quality, OpenedPrice.said)
        .join(OpenedBid.opened_price)
        .where(OpenedBid.bid_id == bid.id)
    ).one()
    assert held.compliance["declared"] == list(STATEMENTS)
    assert [part.get("confidential") for part in held] == [None, {key: WHY}, {"": WHY}]
    sign_in(client, make_person(Role.COMMISSIONER, authority=bid.itt.authority))
    page = client.get(f"/commissioning/itts/{bid.itt.reference}/compliance/{bid.id}")
    assert STATEMENTS[3] in _words(page)


def test_a_mark_needs_a_reason(client: CheckedClient, bid: Bid, submitter: Actor) -> None:
    """One that is none is refused beside its box and stays there; an emptied box takes the mark away."""
    home, key = f"/provider/bids/{bid.reference}", questions_of(bid.itt)[0].key
    refused = post(client, f"{home}/confidential", **{f"why-{key}": "because"})
    assert "Say why it is confidential" in errors_of(refused)[f"#why-{key}"]
    assert "because" in refused.text
    post(client, f"{home}/confidential", **{f"why-{key}": WHY})
    post(client, f"{home}/confidential", **{f"why-{key}": " "})
    db.session.refresh(bid)
    assert read_draft(bid=bid, actor=submitter, keys=current_app.extensions["keys"]).confidential == {}
