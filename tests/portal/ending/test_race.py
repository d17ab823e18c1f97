"""Ending or setting aside while something else happens to the same procurement: before it or after it, never half."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from portal.accounts.models import User
from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.awarding.models import AwardDecision, SettingAside
from portal.bidding.models import Bid, BidVersion
from portal.contracts.models import Contract
from portal.contracts.signing import conclude_contract
from portal.core import clock
from portal.core.errors import PortalError
from portal.core.permissions import Actor
from portal.ending.deciding import decide_ending
from portal.ending.setting_aside import withdraw_from_award
from portal.extensions import db
from portal.tendering.ending_models import Ending
from tests.factories.accounts import sign_in
from tests.factories.awarding import approver_of, standing_award
from tests.factories.bidding import EDITION, complete_draft, submitter_of
from tests.factories.contracts import manager_of
from tests.factories.ending import CHECKED, propose_to_cancel
from tests.factories.setting_aside import WHY
from tests.factories.tendering import published_itt
from tests.portal.bidding.test_race import plain_clients

BIDDERS = 24
AWARDS = 6


def test_a_bid_is_received_before_a_cancellation_or_refused_after_it(fresh_app: Flask) -> None:
    """Whoever sends gets the receipt, or the page that says so with the draft kept; two deciders cancel once."""
    plain_clients(fresh_app)
    with fresh_app.app_context():
        itt = published_itt()
        approvers = [approver_of(itt.authority) for _ in range(2)]
        senders = [_ready(fresh_app, complete_draft(itt, actor=actor), actor) for actor in _bidders()]
        ending_id = propose_to_cancel(itt).id
        db.session.commit()
    third = BIDDERS // 3
    with ThreadPoolExecutor(BIDDERS + 2) as pool:
        # A third is there before it, a third is on its way, a third comes after it: however busy the machine is.
        answers = dict(pool.map(lambda sender: _send(*sender), senders[:third]))
        sent = [pool.submit(_send, *sender) for sender in senders[third:-third]]
        deciding = [pool.submit(_decide, fresh_app, ending_id, approver) for approver in approvers]
        decided = [one.result() for one in deciding]
        sent += [pool.submit(_send, *sender) for sender in senders[-third:]]
        answers |= dict(one.result() for one in sent)
    assert sorted(decided) == ["cancelled", "wrong_state"]
    received = {reference for reference, (status, _) in answers.items() if status == 302}
    refused = {reference: page for reference, (status, page) in answers.items() if status == 409}
    assert received | set(refused) == set(answers)
    assert (len(received) >= third, len(refused) >= third) == (True, True)
    for page in refused.values():
        assert "This procurement was cancelled" in page
        assert "Your draft is kept as it was before." in page
    with fresh_app.app_context():
        _check_records(ending_id, received)


def test_a_winner_withdraws_before_the_signing_or_the_contract_stands(fresh_app: Flask) -> None:
    """Of the winner's asking and the manager's signing one happens, the other is refused; never both, never neither."""
    with fresh_app.app_context():
        awards = [standing_award() for _ in range(AWARDS)]
        racing = [
            (award.decision.id, submitter_of(award.decision.places[0].bid.provider), manager_of(award.itt.authority))
            for award in awards
        ]
        db.session.commit()
    with ThreadPoolExecutor(2) as pool:
        outcomes = [_withdraw_and_sign(pool, fresh_app, *one) for one in racing]
    assert {frozenset(outcome) for outcome in outcomes} <= {
        frozenset({"signed", "wrong_state"}),
        frozenset({"asked", "conflict"}),
    }
    with fresh_app.app_context():
        for (decision_id, _, _), outcome in zip(racing, outcomes, strict=True):
            place = db.session.get_one(AwardDecision, decision_id).places[0]
            signed = db.session.scalar(select(func.count()).where(Contract.place_id == place.id))
            asked = db.session.scalar(select(func.count()).where(SettingAside.place_id == place.id))
            assert (signed, asked) == ((1, 0) if "signed" in outcome else (0, 1))


def _withdraw_and_sign(
    pool: ThreadPoolExecutor, app: Flask, decision_id: uuid.UUID, winner: Actor, manager: Actor
) -> list[str]:
    both = Barrier(2)

    def asks() -> None:
        both.wait(timeout=60)
        _ask_to_withdraw(decision_id, winner)

    def signs() -> None:
        both.wait(timeout=60)
        _sign(decision_id, manager)

    racing = [pool.submit(_do, app, asks, "asked"), pool.submit(_do, app, signs, "signed")]
    return [one.result() for one in racing]


def _ask_to_withdraw(decision_id: uuid.UUID, winner: Actor) -> None:
    bid = db.session.get_one(AwardDecision, decision_id).places[0].bid
    withdraw_from_award(bid=bid, actor=winner, reason=WHY, now=clock.now())


def _sign(decision_id: uuid.UUID, manager: Actor) -> None:
    decision, today = db.session.get_one(AwardDecision, decision_id), clock.today()
    starts = today + timedelta(days=60)
    conclude_contract(place=decision.places[0], actor=manager, signed_date=today, start_date=starts)


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


def _send(client: Any, reference: str, revision: int) -> tuple[str, tuple[int, str]]:
    form = {"idempotency_key": str(uuid.uuid4()), "revision": str(revision), "declared": EDITION}
    answer = client.post(f"/provider/bids/{reference}/submit", data=form)
    return reference, (answer.status_code, answer.get_data(as_text=True))


def _decide(app: Flask, ending_id: uuid.UUID, actor: Actor) -> str:
    def decide() -> None:
        decide_ending(ending=db.session.get_one(Ending, ending_id), actor=actor, note=CHECKED, now=clock.now())

    return _do(app, decide, "cancelled")


def _do(app: Flask, act: Callable[[], None], done: str) -> str:
    """Act in a transaction of its own: `done`, or what it was refused for."""
    with app.app_context():
        try:
            act()
            db.session.commit()
        except PortalError as refusal:
            db.session.rollback()
            return refusal.code
        return done
