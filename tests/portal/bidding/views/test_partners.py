"""Members of a consortium and subcontractors over HTTP: named, declared, sealed with what officers check."""

from __future__ import annotations

from typing import Any

import pytest
from flask import current_app

from portal.accounts.models import User
from portal.bidding.drafting import read_draft
from portal.bidding.models import Bid, OpenedBid, OpenedPrice
from portal.bidding.partners import STATEMENT
from portal.core.permissions import Actor, Role
from portal.extensions import db
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.bidding import close_now, complete_draft, open_itt, submitter_of
from tests.factories.tendering import published_itt
from tests.pages import read
from tests.portal.tendering.views.browsing import errors_of, filled, post

ARTS = {
    "name": "Demo Youth Arts",
    "number": "1098765",
    "kind": "subcontractor",
    "part": "Art sessions on two evenings a week.",
    "confirmed_by": "Demo Trustee, chair",
    "declares": "y",
}


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


def _partners(bid: Bid, submitter: Actor) -> list[str]:
    db.session.refresh(bid)
    content = read_draft(bid=bid, actor=submitter, keys=current_app.extensions["keys"])
    return [held["name"] for held in content.partners]


def test_everything_that_is_missing_is_said_at_once(client: CheckedClient, bid: Bid, submitter: Actor) -> None:
    """Each beside its box; nothing is named, and what was typed stays."""
    page = f"/provider/bids/{bid.reference}/partners"
    refused = post(client, page, part="Art sessions.")
    assert errors_of(refused) == {
        "#name": "Give their name.",
        "#kind": "Choose what they are to you.",
        "#confirmed_by": "Say who confirmed it.",
        "#declares": "Name only organisations that have confirmed this to you.",
    }
    assert "Art sessions." in refused.text
    assert _partners(bid, submitter) == []


def test_one_is_named_once_and_can_be_taken_out(client: CheckedClient, bid: Bid, submitter: Actor) -> None:
    """The same name a second time is refused, in whatever case it is typed."""
    page = f"/provider/bids/{bid.reference}/partners"
    assert post(client, page, **ARTS).location == page
    twice = post(client, page, **ARTS | {"name": "DEMO youth arts"})
    assert "They are named already." in errors_of(twice)["#name"]
    form = read(client.get(page).text).find("form", action=lambda to: bool(to) and to.endswith("/remove"))
    assert form is not None
    token = form.find("input", attrs={"name": "csrf_token"})
    assert client.post(str(form["action"]), data={"csrf_token": str(token["value"])}).location == page  # type: ignore[index]
    assert _partners(bid, submitter) == []


def test_officers_check_them_and_panels_do_not_see_them(client: CheckedClient, bid: Bid) -> None:
    """They are sealed with what officers check, and stand in what the bidder reads back and takes away."""
    home = f"/provider/bids/{bid.reference}"
    post(client, f"{home}/partners", **ARTS)
    action, sent = filled(client, f"{home}/check")
    client.post(action, data=sent)
    assert "Demo Youth Arts (1098765)" in _words(client.get(f"{home}/submitted"))
    assert client.get(f"{home}/submitted/1.pdf").status_code == 200
    close_now(bid.itt)
    open_itt(bid.itt)
    found = db.session.execute(
        db.select(OpenedBid.compliance, OpenedBid.quality, OpenedPrice.said)
        .join(OpenedBid.opened_price)
        .where(OpenedBid.bid_id == bid.id)
    ).one()
    assert [[each["name"] for each in part.get("partners", [])] for part in found] == [["Demo Youth Arts"], [], []]
    sign_in(client, make_person(Role.COMMISSIONER, authority=bid.itt.authority))
    page = client.get(f"/commissioning/itts/{bid.itt.reference}/compliance/{bid.id}")
    assert STATEMENT in _words(page)
