"""A submission that is held open across the closing time: late, recorded, and its draft as it was (D-04)."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlencode

from flask import Flask, current_app
from sqlalchemy import func, select

from portal.accounts.models import User
from portal.bidding.drafting import read_draft
from portal.bidding.models import Bid, BidVersion, LateAttempt
from portal.config import Settings
from portal.core import clock
from portal.core.permissions import Actor
from portal.extensions import db
from portal.tendering.models import InvitationToTender
from tests.factories.accounts import sign_in
from tests.factories.bidding import complete_draft, submitter_of
from tests.factories.tendering import published_itt
from tests.filling import fields_of
from tests.portal.running.test_web_worker import answer, started
from tests.services import Database


def test_what_is_still_on_its_way_at_the_closing_time_is_late(
    fresh_app: Flask, settings_for: Callable[[Database], Settings], fresh_database: Database
) -> None:
    """Begun before it and whole after it: no receipt, a late attempt on record, and every word still in the draft."""
    with fresh_app.app_context():
        actor = submitter_of()
        bid = complete_draft(published_itt(), actor=actor)
        db.session.commit()
        request, reference = _pressing(fresh_app, bid, actor), bid.reference
    with started(settings_for(fresh_database)) as server:
        closes_at = _closes_in(fresh_app, seconds=2)
        with server.connect() as connection:
            connection.sendall(request[:-5])
            while clock.now() <= closes_at:
                time.sleep(0.05)
            connection.sendall(request[-5:])
            told = answer(connection)
    assert told.startswith("HTTP/1.1 409 ")
    assert "Your draft is kept as it was before." in told
    with fresh_app.app_context():
        kept = db.session.scalars(select(Bid).where(Bid.reference == reference)).one()
        assert db.session.scalar(select(func.count()).select_from(BidVersion)) == 0
        assert db.session.scalars(select(LateAttempt.at)).one() >= closes_at
        assert read_draft(bid=kept, actor=actor, keys=current_app.extensions["keys"]).price


def _pressing(app: Flask, bid: Bid, actor: Actor) -> bytes:
    """What a browser sends for “Submit” on the page of the check."""
    client = app.test_client()
    sign_in(client, db.session.get_one(User, actor.user_id))
    db.session.commit()
    action = f"/provider/bids/{bid.reference}/submit"
    body = urlencode(fields_of(client.get(f"/provider/bids/{bid.reference}/check"), action=action))
    cookie = client.get_cookie("fairlot")
    assert cookie is not None
    head = (
        f"POST {action} HTTP/1.1",
        "Host: localhost",
        f"Cookie: fairlot={cookie.value}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
        "Connection: close",
    )
    return ("\r\n".join(head) + "\r\n\r\n" + body).encode()


def _closes_in(app: Flask, *, seconds: float) -> datetime:
    with app.app_context():
        itt = db.session.scalars(select(InvitationToTender)).one()
        itt.closes_at = clock.now() + timedelta(seconds=seconds)
        db.session.commit()
        at: datetime = itt.closes_at
        return at
