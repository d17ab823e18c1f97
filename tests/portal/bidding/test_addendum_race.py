"""An addendum in the second of the closing, while bidders submit: each is before it or after it, never half."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from sqlalchemy import select

from portal.bidding.models import Bid, BidVersion, OpenedBid
from portal.core import clock
from portal.core.errors import InvalidInput
from portal.core.permissions import Actor, Role
from portal.extensions import db
from portal.tendering.amending.amending import NewDates, propose_addendum, publish_addendum
from portal.tendering.amending.documents import NewDocuments
from portal.tendering.amending.models import Addendum
from portal.tendering.amending.question_changes import prepare_question
from portal.tendering.amending.states import EarlierAnswers
from portal.tendering.models import InvitationToTender
from portal.tendering.states import QuestionKind
from tests.factories.accounts import actor_of, make_person
from tests.portal.bidding.test_race import AT_ONCE, CLIENTS, Race

REASON = "A parent asked us to ask this of everybody."


class AddendumRace(Race):
    """The race, with an addendum proposed that asks one thing more of everybody."""

    def __init__(self, app: Flask) -> None:
        super().__init__(app)
        with app.app_context():
            itt = db.session.get_one(InvitationToTender, self.itt_id)
            officer = actor_of(make_person(Role.COMMISSIONER, authority=itt.authority))
            self.second: Actor = actor_of(make_person(Role.APPROVER, authority=itt.authority))
            more: dict[str, Any] = {
                "key": None,
                "prompt": "Who leads?",
                "guidance": "",
                "settings": {"word_limit": "50"},
            }
            criterion = next(each.criterion for each in itt.questions if each.criterion is not None)
            prepare_question(itt=itt, kind=QuestionKind.TEXT, criterion=criterion, required=True, actor=officer, **more)
            self.addendum_id = propose_addendum(
                itt=itt,
                words="One question more.",
                reason=REASON,
                dates=NewDates(),
                documents=NewDocuments(),
                earlier_answers=EarlierAnswers.STAND,
                time_reason="It is one sentence, and asked of everybody.",
                actor=officer,
                files=app.extensions["files"],
                now=clock.now(),
            ).id
            db.session.commit()

    def publish(self, at: float) -> bool:
        """Publish the addendum at an instant; whether it was in time."""
        time.sleep(max(0.0, at - time.monotonic()))
        with self.app.app_context():
            addendum = db.session.get_one(Addendum, self.addendum_id)
            try:
                publish_addendum(addendum=addendum, actor=self.second, note="I read the question and its reason.")
            except InvalidInput:
                db.session.rollback()
                return False
            db.session.commit()
            return True


def test_every_bid_is_before_the_addendum_or_after_it(fresh_app: Flask) -> None:
    """Who was received before it answers the old questions and is marked; afterwards the new one must be answered."""
    race = AddendumRace(fresh_app)
    chance = random.Random(20261126)
    closing = race.set_closing(2.0)
    moments = [closing + chance.uniform(-1.0, 0.2) for _ in range(CLIENTS)]
    published: list[bool] = []
    publishing = threading.Thread(target=lambda: published.append(race.publish(closing - 0.5)), daemon=True)
    publishing.start()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        sent = sorted(enumerate(moments), key=lambda pair: pair[1])
        answers = list(pool.map(lambda pair: race.send(*pair), sent))
    publishing.join(timeout=60)
    opened = race.open()
    acknowledged = {reference for reference, status in answers if status == 302}
    assert set(opened) == acknowledged
    with fresh_app.app_context():
        addendum = db.session.get_one(Addendum, race.addendum_id)
        rows = db.session.execute(
            select(Bid.reference, BidVersion.method_version, BidVersion.received_at, OpenedBid.answered_before)
            .join(BidVersion, BidVersion.bid_id == Bid.id)
            .join(OpenedBid, OpenedBid.bid_id == Bid.id)
        ).all()
        assert {row.reference for row in rows} == acknowledged
        assert {row.method_version for row in rows} <= {1}
        if published == [True]:
            assert addendum.decided_at is not None
            assert all(row.received_at < addendum.decided_at for row in rows)
            assert all(row.answered_before == [1] for row in rows)
        else:
            assert all(row.answered_before == [] for row in rows)
    assert min(len(acknowledged), len(answers) - len(acknowledged)) >= 10, "the race was not close enough"
