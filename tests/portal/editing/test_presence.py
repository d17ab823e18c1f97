"""Who else is here: two minutes, the same thing, and nobody who may not read it."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from flask import Flask

from portal.accounts.models import User
from portal.core import clock
from portal.editing.presence import Presence, Visit
from portal.extensions import db
from tests.factories.accounts import sign_in
from tests.factories.bidding import draft_bid, submitter_of
from tests.factories.tendering import published_itt
from tests.filling import text_of


def test_two_minutes_and_no_longer(app: Flask) -> None:
    """A visit is told to others for two minutes; oneself is nobody else."""
    presence, thing = Presence(app.config["SETTINGS"].redis_url), f"thing {uuid.uuid4()}"
    first, second, now = uuid.uuid4(), uuid.uuid4(), clock.now()
    assert presence.visit(thing, first, "/a", now) == []
    assert presence.visit(thing, second, "/b", now + timedelta(minutes=1)) == [Visit(first, "/a")]
    assert presence.visit(thing, second, "/b", now + timedelta(minutes=3)) == []
    assert presence.visit(f"{thing} other", second, "/b", now) == []


def test_without_redis_nobody_is_shown() -> None:
    """The page is the same."""
    assert Presence("redis://127.0.0.1:1/0").visit("thing", uuid.uuid4(), "/a", clock.now()) == []


def test_colleagues_see_each_other_on_a_draft(new_client: Any, db_session: object) -> None:
    """By name, on the same page or another of the same bid; another organisation's people are never named."""
    actor = submitter_of()
    bid = draft_bid(published_itt(), actor=actor)
    colleague, stranger = submitter_of(bid.provider), submitter_of()
    clients = [new_client() for _ in range(3)]
    for client, person in zip(clients, (actor, colleague, stranger), strict=True):
        sign_in(client, db.session.get_one(User, person.user_id))
    name = db.session.get_one(User, colleague.user_id).display_name
    db.session.flush()
    address = f"/provider/bids/{bid.reference}"
    assert clients[2].get(f"{address}/answers").status_code == 404
    assert "Also here" not in text_of(clients[1].get(f"{address}/answers"))
    assert f"Also here in the last two minutes: {name} (this page)" in text_of(clients[0].get(f"{address}/answers"))
    assert f"{name} (another page of this)" in text_of(clients[0].get(f"{address}/price"))
    assert f"{name} (another page of this)" in text_of(clients[0].get(address))
