"""What two people decide between the opening and the contract, in every state: judgements, and awards set aside."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from portal.awarding.deciding import decide_award
from portal.bidding.models import Bid
from portal.core import clock
from portal.core.columns import db
from portal.core.storage import FileStore
from portal.ending.setting_aside import (
    decide_setting_aside,
    propose_reopening,
    propose_withdrawal,
    refuse_setting_aside,
)
from portal.judging.answering import answer_enquiry
from portal.judging.asking import raise_ground
from portal.judging.deciding import refuse_judgement
from portal.judging.judging import judge as judge_bid
from portal.judging.states import Concern, Matter, Verdict
from portal.regulation.local_time import local_date
from portal.scenarios import building, people
from portal.tendering.models import InvitationToTender

REASON = "A demonstration: we read the answer, or the letter, once more and compared it with what is published."


def judge(itt: InvitationToTender) -> None:
    """Of its one bid: a pass that a second one replaced, a failure that was refused, and one that waits."""
    cast = building.cast_of(itt)
    officer, approver = people.actor_of(cast.commissioner), people.actor_of(cast.approver)
    bid = db.session.scalars(select(Bid).where(Bid.itt_id == itt.id)).one()
    again, refused, waiting = [question.key for question in itt.questions if question.asked.is_judged]
    judged = [
        judge_bid(
            itt=itt,
            bid_id=bid.id,
            matter=Matter.REQUIREMENT,
            about=key,
            verdict=verdict,
            reason=REASON,
            actor=officer,
            now=clock.now(),
        )
        for key, verdict in (
            (again, Verdict.PASSES),
            (again, Verdict.PASSES),
            (refused, Verdict.FAILS),
            (waiting, Verdict.FAILS),
        )
    ]
    refuse_judgement(judgement=judged[2], actor=approver, note=REASON, now=clock.now())
    db.session.commit()


def ask(itt: InvitationToTender, bidder: people.Part, files: FileStore) -> None:
    """About its one bid: a ground that its bidder has answered, and one that waits for an answer."""
    officer = people.actor_of(building.cast_of(itt).commissioner)
    bid = db.session.scalars(select(Bid).where(Bid.itt_id == itt.id)).one()
    answered, _waiting = [
        raise_ground(
            itt=itt,
            bid_id=bid.id,
            ground=ground,
            concern=Concern.BIDDER,
            whom="",
            words=REASON,
            due_date=local_date(clock.now()) + timedelta(days=14),
            actor=officer,
            now=clock.now(),
        )
        for ground in ("ceased", "insolvency")
    ]
    answer_enquiry(enquiry=answered, answers={"": REASON}, uploads=(), actor=people.actor_of(bidder), files=files)
    db.session.commit()


def set_aside(itt: InvitationToTender) -> None:
    """An award whose winner withdrew at the second proposal; a third, to agree the scores again, waits."""
    cast = building.cast_of(itt)
    officer, approver = people.actor_of(cast.commissioner), people.actor_of(cast.approver)
    award = building.propose(itt, offers_standstill=False)
    decide_award(decision=award, actor=approver, note=building.APPROVAL, now=clock.now())
    db.session.commit()
    for act in (refuse_setting_aside, decide_setting_aside):
        proposal = propose_withdrawal(place=award.places[0], actor=officer, reason=REASON, now=clock.now())
        act(proposal=proposal, actor=approver, note=REASON, now=clock.now())
        db.session.commit()
    propose_reopening(itt=itt, panel=None, actor=officer, reason=REASON, now=clock.now())
    db.session.commit()
