"""The race at the deadline: every acknowledged bid is in the opened list, and no other (D-01).

Real transactions on a database of its own: a hundred clients submit over HTTP around the closing instant, and
two openers open as soon as they may.
"""

from __future__ import annotations

import random
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from portal.accounts.models import User
from portal.bidding.models import Bid, BidVersion, LateAttempt, OpenedBid
from portal.bidding.openers import OpeningRefused
from portal.bidding.opening import open_bids
from portal.core import clock
from portal.core.permissions import Actor
from portal.extensions import db
from portal.tendering.models import InvitationToTender
from tests.factories.accounts import sign_in
from tests.factories.bidding import EDITION, complete_draft, opener_of, submitter_of
from tests.factories.organisations import make_provider
from tests.factories.tendering import published_itt

CLIENTS = 100
PROVIDERS = 100
AT_ONCE = 24
SPREAD = (-0.7, 0.5)
"""Seconds around the closing instant in which the clients send."""


def plain_clients(app: Flask) -> Flask:
    """Clients for threads without an application context of their own; the token of forms is not the subject."""
    app.test_client_class = FlaskClient
    app.config["WTF_CSRF_ENABLED"] = False
    return app


class Race:
    """An invitation that closes soon, with a signed-in client and a complete draft for each bidder."""

    def __init__(self, app: Flask) -> None:
        self.app = plain_clients(app)
        with app.app_context():
            itt = published_itt(closes_in=timedelta(hours=1))
            actors = [submitter_of(make_provider()) for _ in range(PROVIDERS)]
            self.drafts: list[tuple[str, int, Any]] = []
            for actor in actors:
                bid = complete_draft(itt, actor=actor)
                client = app.test_client()
                sign_in(client, db.session.get_one(User, actor.user_id))
                self.drafts.append((bid.reference, bid.draft_revision, client))
            self.openers = (opener_of(itt.authority), opener_of(itt.authority))
            self.itt_id = itt.id
            db.session.commit()

    def set_closing(self, seconds: float) -> float:
        """Let the invitation close so many seconds from now; return the instant on this process's clock."""
        with self.app.app_context():
            closes = clock.now() + timedelta(seconds=seconds)
            db.session.execute(text("UPDATE itt SET closes_at = :at WHERE id = :id"), {"at": closes, "id": self.itt_id})
            db.session.commit()
        return time.monotonic() + seconds

    def send(self, place: int, at: float) -> tuple[str, int]:
        """Submit one bid at an instant; return its reference and the answer's status."""
        reference, revision, client = self.drafts[place]
        time.sleep(max(0.0, at - time.monotonic()))
        form = {"idempotency_key": str(uuid.uuid4()), "revision": str(revision), "declared": EDITION}
        answer = client.post(f"/provider/bids/{reference}/submit", data=form)
        return reference, answer.status_code

    def open(self) -> list[str]:
        """Two people open as soon as the portal lets them; return the references that the opening revealed."""
        for opener in self.openers:
            while not self._agree(opener):
                time.sleep(0.002)
        with self.app.app_context():
            return list(db.session.scalars(select(Bid.reference).join(OpenedBid, OpenedBid.bid_id == Bid.id)))

    def _agree(self, opener: Actor) -> bool:
        with self.app.app_context():
            itt = db.session.get_one(InvitationToTender, self.itt_id)
            try:
                open_bids(itt=itt, actor=opener, keys=self.app.extensions["keys"], factor_at=clock.now())
            except OpeningRefused:
                db.session.rollback()
                return False
            db.session.commit()
            return True


def test_every_acknowledged_bid_is_opened_and_no_other(fresh_app: Flask) -> None:
    """Of a hundred that arrive around the deadline, the acknowledged ones are exactly the opened ones."""
    race = Race(fresh_app)
    chance = random.Random(20261204)
    closing = race.set_closing(2.0)
    moments = [closing + chance.uniform(*SPREAD) for _ in range(CLIENTS)]
    opened: list[str] = []
    opening = threading.Thread(target=lambda: opened.extend(race.open()), daemon=True)
    opening.start()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        sent = sorted(enumerate(moments), key=lambda pair: pair[1])
        answers = list(pool.map(lambda pair: race.send(*pair), sent))
    opening.join(timeout=60)
    acknowledged = {reference for reference, status in answers if status == 302}
    refused = {reference for reference, status in answers if status == 409}
    assert acknowledged | refused == {reference for reference, _, _ in race.drafts}
    assert min(len(acknowledged), len(refused)) >= 10, "the race was not close enough to mean anything"
    assert set(opened) == acknowledged
    _check_records(fresh_app, race, acknowledged, refused)


def _check_records(app: Flask, race: Race, acknowledged: set[str], refused: set[str]) -> None:
    """What the database says agrees with what the clients were told."""
    with app.app_context():
        itt = db.session.get_one(InvitationToTender, race.itt_id)
        rows = db.session.execute(select(Bid.reference, BidVersion.received_at).join(BidVersion.bid)).all()
        received = {row.reference: row.received_at for row in rows}
        assert set(received) == acknowledged
        assert itt.closes_at is not None
        assert max(received.values()) < itt.closes_at
        late = db.session.execute(select(Bid.reference, LateAttempt.at).join(Bid, Bid.id == LateAttempt.bid_id)).all()
        assert {attempt.reference for attempt in late} == refused
        assert min(attempt.at for attempt in late) >= itt.closes_at
        receipts = db.session.execute(
            text(
                "SELECT count(*) FROM bid_version v JOIN event e ON e.chain = v.receipt #>> '{body,ledger,chain}'"
                " AND e.seq = (v.receipt #>> '{body,ledger,position}')::int"
                " AND encode(e.hash, 'hex') = v.receipt #>> '{body,ledger,hash}'"
            )
        ).scalar_one()
        assert receipts == len(acknowledged)


def test_the_same_submission_twenty_times_at_once_is_one_version(fresh_app: Flask) -> None:
    """One idempotency key, twenty parallel requests, one version, twenty answers with its receipt (D-10)."""
    plain_clients(fresh_app)
    with fresh_app.app_context():
        actor = submitter_of()
        bid = complete_draft(published_itt(), actor=actor)
        reference, revision = bid.reference, bid.draft_revision
        user = db.session.get_one(User, actor.user_id)
        clients = []
        for _ in range(20):
            client = fresh_app.test_client()
            sign_in(client, user)
            clients.append(client)
        db.session.commit()
    form = {"idempotency_key": str(uuid.uuid4()), "revision": str(revision), "declared": EDITION}

    def press(client: Any) -> str:
        return str(client.post(f"/provider/bids/{reference}/submit", data=form).location)

    with ThreadPoolExecutor(20) as pool:
        places = set(pool.map(press, clients))
    assert places == {f"/provider/bids/{reference}/receipt/1"}
    with fresh_app.app_context():
        assert list(db.session.scalars(select(BidVersion.number))) == [1]
