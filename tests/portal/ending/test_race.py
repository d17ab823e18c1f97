"""Cancelling while something else happens to the same procurement: either before or after, never half."""

from __future__ import annotations

import random
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from portal.accounts.models import User
from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.bidding.form_of_tender import EDITION
from portal.bidding.models import Bid, BidVersion
from portal.core import clock
from portal.core.errors import PortalError
from portal.core.permissions import Actor
from portal.ending.deciding import decide_ending
from portal.extensions import db
from portal.tendering.ending_models import Ending
from tests.factories.accounts import sign_in
from tests.factories.awarding import approver_of
from tests.factories.bidding import complete_draft, submitter_of
from tests.factories.ending import CHECKED, propose_to_cancel
from tests.factories.tendering import published_itt
from tests.portal.bidding.test_race import plain_clients

BIDDERS = 24
AT_ONCE = 12


def test_a_bid_is_received_before_a_cancellation_or_refused_after_it(fresh_app: Flask) -> None:
    """Whoever sends gets the receipt, or the page that says so with the draft kept; two deciders cancel once."""
    plain_clients(fresh_app)
    with fresh_app.app_context():
        itt = published_itt()
        approvers = [approver_of(itt.authority) for _ in range(2)]
        senders = [_ready(fresh_app, complete_draft(itt, actor=actor), actor) for actor in _bidders()]
        ending_id = propose_to_cancel(itt).id
        db.session.commit()
    chance = random.Random(20261126)
    moment = time.monotonic() + 1.0
    with ThreadPoolExecutor(AT_ONCE + 2) as pool:
        deciding = [pool.submit(_decide, fresh_app, ending_id, approver, moment) for approver in approvers]
        sent = [pool.submit(_send, *sender, moment + chance.uniform(-0.7, 0.5)) for sender in senders]
        answers = dict(one.result() for one in sent)
        decided = [one.result() for one in deciding]
    assert sorted(decided) == ["cancelled", "wrong_state"]
    received = {reference for reference, (status, _) in answers.items() if status == 302}
    refused = {reference: page for reference, (status, page) in answers.items() if status == 409}
    assert received | set(refused) == set(answers)
    assert min(len(received), len(refused)) > 0, "the race was not close enough to mean anything"
    for page in refused.values():
        assert "This procurement was cancelled" in page
        assert "Your draft is kept as it was before." in page
    with fresh_app.app_context():
        _check_records(ending_id, received)


def _check_records(ending_id: uuid.UUID, received: set[str]) -> None:
    """The receipts there are belong to those who were told so, all of them from before; every draft is there."""
    versions = db.session.execute(select(Bid.reference, BidVersion.received_at).join(BidVersion.bid)).all()
    assert {row.reference for row in versions} == received
    kind = EventKind.PROCUREMENT_CANCELLED
    cancelled = db.session.scalars(select(Event).where(Event.object_id == ending_id, Event.kind == kind)).one()
    assert all(row.received_at < cancelled.at for row in versions)
    assert db.session.scalar(select(func.count()).where(Bid.draft_sealed.is_not(None))) == BIDDERS


def _bidders() -> list[Actor]:
    return [submitter_of() for _ in range(BIDDERS)]


def _ready(app: Flask, bid: Bid, actor: Actor) -> tuple[Any, str, int]:
    client = app.test_client()
    sign_in(client, db.session.get_one(User, actor.user_id))
    return client, bid.reference, bid.draft_revision


def _send(client: Any, reference: str, revision: int, at: float) -> tuple[str, tuple[int, str]]:
    time.sleep(max(0.0, at - time.monotonic()))
    form = {"idempotency_key": str(uuid.uuid4()), "revision": str(revision), "declared": EDITION}
    answer = client.post(f"/provider/bids/{reference}/submit", data=form)
    return reference, (answer.status_code, answer.get_data(as_text=True))


def _decide(app: Flask, ending_id: uuid.UUID, actor: Actor, at: float) -> str:
    time.sleep(max(0.0, at - time.monotonic()))
    with app.app_context():
        try:
            ending = db.session.get_one(Ending, ending_id)
            decide_ending(ending=ending, actor=actor, note=CHECKED, now=clock.now())
            db.session.commit()
        except PortalError as refusal:
            db.session.rollback()
            return refusal.code
        return "cancelled"
