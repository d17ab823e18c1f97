"""Proposing and deciding an award."""

from __future__ import annotations

import threading
import uuid
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.awarding.deciding import decide_award, propose_award, refuse_award
from portal.awarding.models import AssessmentSummary, AwardDecision
from portal.awarding.states import DecisionStatus
from portal.bidding.models import Bid
from portal.core import clock
from portal.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, PortalError, WrongState
from portal.core.permissions import Actor, Role, policy
from portal.evaluation.models import Result
from portal.evaluation.results import diagnose_result
from portal.extensions import db
from portal.regulation.procurement_law import StandstillDuty
from portal.tendering.models import InvitationToTender
from portal.tendering.states import IttStatus
from tests.factories.accounts import actor_of, make_person
from tests.factories.awarding import (
    NOTE,
    REASON,
    Award,
    decided_award,
    propose,
    proposed_award,
    ready_for_award,
)
from tests.factories.evaluation import moderated_evaluation, result_of
from tests.factories.tendering import make_commissioner, settle_interests


def kinds_of(itt: InvitationToTender) -> list[str]:
    """The kinds of the ITT's last three events, in order."""
    chain = select(Event.kind).where(Event.chain == str(itt.id)).order_by(Event.seq.desc()).limit(3)
    return list(reversed(db.session.scalars(chain).all()))


def test_no_award_is_proposed_before_it_is_known_how_firm_the_result_is(db_session: object) -> None:
    """Result and diagnostics are two tasks: a proposal between them is refused and says that it is a matter of time."""
    itt = moderated_evaluation(2, diagnosed=False).itt
    actor = make_commissioner(itt.authority)
    settle_interests(itt, actor)
    with pytest.raises(WrongState, match="still being worked out"):
        propose_award(itt=itt, lot=itt.lots[0], actor=actor, reason=REASON, offers_standstill=False, now=clock.now())
    diagnose_result(result_id=result_of(itt).id)
    propose_award(itt=itt, lot=itt.lots[0], actor=actor, reason=REASON, offers_standstill=False, now=clock.now())


def newer_result(itt: InvitationToTender) -> None:
    """Store a result that was calculated after the one there is."""
    old = result_of(itt)
    db.session.add(
        Result(
            itt_id=itt.id,
            lot_id=old.lot_id,
            inputs_hash=uuid.uuid4().hex,
            inputs={},
            outcome=old.outcome,
            calculated_at=clock.now(),
        )
    )
    db.session.flush()


def test_the_method_names_the_winner(itt: InvitationToTender) -> None:
    """A proposal awards the lot to the bid in first place, and waits for somebody else."""
    commissioner = make_commissioner(itt.authority)
    decision = propose(itt, commissioner)
    winner = db.session.get_one(Bid, decision.places[0].bid_id)
    assert winner.reference == result_of(itt).outcome["ranking"][0]["bid"]
    assert (decision.status, decision.decided_by_id) == (DecisionStatus.PROPOSED, None)
    assert decision.standstill_kind is StandstillDuty.VOLUNTARY
    assert itt.status is IttStatus.MODERATED
    assert kinds_of(itt)[-1] == EventKind.AWARD_PROPOSED


def test_a_voluntary_standstill_may_be_left_out(itt: InvitationToTender) -> None:
    """Where the law requires no standstill the authority may offer none."""
    assert proposed_award(itt, offers_standstill=False).decision.standstill_kind is StandstillDuty.NONE


def test_a_mandatory_standstill_cannot_be_left_out(itt: InvitationToTender) -> None:
    """Where the law requires a standstill it is set whatever was ticked."""
    itt.light_touch = False
    decision = propose(itt, make_commissioner(itt.authority), offers_standstill=False)
    assert decision.standstill_kind is StandstillDuty.MANDATORY


def test_a_reason_is_needed(itt: InvitationToTender) -> None:
    """A proposal without a sentence of reason is refused beside the field."""
    actor = make_commissioner(itt.authority)
    settle_interests(itt, actor)
    with pytest.raises(InvalidInput) as refused:
        propose_award(
            itt=itt,
            lot=itt.lots[0],
            actor=actor,
            reason="  It is best.  ",
            offers_standstill=True,
            now=clock.now(),
        )
    assert refused.value.field == "reason"


@pytest.mark.usefixtures("db_session")
def test_a_tie_is_not_awarded() -> None:
    """Two bids in first place are refused with the reason."""
    itt = ready_for_award(give=lambda number, key: 4, prices=("100000", "100000"))
    with pytest.raises(WrongState) as refused:
        propose(itt, make_commissioner(itt.authority))
    assert refused.value.message == "Bids are tied and the published tie-break does not part them. Draw a lot."


@pytest.mark.usefixtures("db_session")
def test_nobody_standing_is_not_awarded() -> None:
    """When every bid misses a published minimum there is nothing to award."""
    itt = ready_for_award(give=lambda number, key: 0)
    with pytest.raises(WrongState) as refused:
        propose(itt, make_commissioner(itt.authority))
    assert refused.value.message == "No bid is standing after the published minimums. End the lot without an award."


def test_one_proposal_at_a_time(itt: InvitationToTender) -> None:
    """A second proposal is a conflict while the first one waits."""
    award = proposed_award(itt)
    with pytest.raises(Conflict):
        propose(award.itt, award.commissioner)


def test_deciding_awards_the_itt_and_tells_every_bidder_at_once(itt: InvitationToTender) -> None:
    """The decision, the ITT's status and every bidder's summary carry one instant."""
    award = proposed_award(itt)
    now = clock.now()
    decide_award(decision=award.decision, actor=award.approver, note=NOTE, now=now)
    summaries = db.session.scalars(
        select(AssessmentSummary).where(AssessmentSummary.decision_id == award.decision.id)
    ).all()
    bidders = db.session.scalars(select(Bid.provider_id).where(Bid.itt_id == award.itt.id)).all()
    assert award.itt.status is IttStatus.AWARDED
    assert (award.decision.status, award.decision.decided_at) == (DecisionStatus.DECIDED, now)
    assert sorted(summary.provider_id for summary in summaries) == sorted(bidders)
    assert {summary.issued_at for summary in summaries} == {now}
    assert kinds_of(award.itt)[-2:] == [EventKind.AWARD_DECIDED, EventKind.SUMMARIES_ISSUED]


def test_whoever_proposed_cannot_decide(itt: InvitationToTender) -> None:
    """A person with both roles cannot be both people, neither approving nor refusing."""
    both = actor_of(make_person(Role.COMMISSIONER, Role.APPROVER, authority=itt.authority))
    decision = propose(itt, both)
    for act in (decide_award, refuse_award):
        with pytest.raises(NotAllowed):
            act(decision=decision, actor=both, note=NOTE, now=clock.now())
    assert decision.status is DecisionStatus.PROPOSED


def test_a_refused_award_returns(itt: InvitationToTender) -> None:
    """After a refusal the proposal is history with its reason, and another can be made."""
    award = proposed_award(itt)
    refuse_award(decision=award.decision, actor=award.approver, note=NOTE, now=clock.now())
    again = propose(award.itt, award.commissioner)
    kept = db.session.scalars(select(AwardDecision).order_by(AwardDecision.proposed_at)).all()
    assert [(found.id, found.status) for found in kept] == [
        (award.decision.id, DecisionStatus.REFUSED),
        (again.id, DecisionStatus.PROPOSED),
    ]
    assert kept[0].decision_note == NOTE
    assert award.itt.status is IttStatus.MODERATED


def test_a_newer_result_has_to_be_proposed_anew(itt: InvitationToTender) -> None:
    """An award whose result was replaced cannot be decided, only refused."""
    award = proposed_award(itt)
    newer_result(award.itt)
    with pytest.raises(Conflict):
        decide_award(decision=award.decision, actor=award.approver, note=NOTE, now=clock.now())
    refuse_award(decision=award.decision, actor=award.approver, note=NOTE, now=clock.now())
    assert award.decision.status is DecisionStatus.REFUSED


def test_deciding_twice_is_refused(itt: InvitationToTender) -> None:
    """A decision cannot be taken again or taken back."""
    award = decided_award(itt)
    for act in (decide_award, refuse_award):
        with pytest.raises(WrongState):
            act(decision=award.decision, actor=award.approver, note=NOTE, now=clock.now())


def test_another_authority_knows_nothing(itt: InvitationToTender) -> None:
    """For an approver of another authority the award does not exist."""
    award = proposed_award(itt)
    stranger = actor_of(make_person(Role.APPROVER))
    with pytest.raises(NotFound):
        decide_award(decision=award.decision, actor=stranger, note=NOTE, now=clock.now())


@pytest.mark.parametrize("role", [Role.OPENER, Role.CONTRACT_MANAGER, Role.AUDITOR, Role.AUTHORITY_ADMINISTRATOR])
def test_who_may_act(role: Role) -> None:
    """Only commissioners propose and only approvers decide; others of the authority do neither."""
    itt = InvitationToTender(authority_id=uuid.uuid4(), status=IttStatus.MODERATED)
    waiting = AwardDecision(itt=itt, status=DecisionStatus.PROPOSED)

    def allowed(held: Role) -> list[bool]:
        actor = Actor(uuid.uuid4(), authority_id=itt.authority_id, authority_roles=frozenset({held}))
        return [policy.allows(actor, "propose_award", itt), policy.allows(actor, "decide", waiting)]

    assert allowed(role) == [False, False]
    assert allowed(Role.COMMISSIONER) == [True, False]
    assert allowed(Role.APPROVER) == [False, True]


def test_two_people_at_once(fresh_app: Flask) -> None:
    """Of two approvers who decide in the same moment one wins; the bidders are told once."""
    with fresh_app.app_context():
        award = proposed_award()
        approvers = [award.approver, actor_of(make_person(Role.APPROVER, authority=award.itt.authority))]
        settle_interests(award.itt, *approvers)
        decision_id = award.decision.id
        db.session.commit()
    outcomes = _at_once(fresh_app, decision_id, approvers)
    with fresh_app.app_context():
        issued = db.session.scalars(select(AssessmentSummary.bid_id)).all()
    assert sorted(outcomes) == ["WrongState", "decided"]
    assert len(issued) == len(set(issued)) == 2


def _at_once(app: Flask, decision_id: uuid.UUID, approvers: list[Actor]) -> list[str]:
    barrier, outcomes = threading.Barrier(len(approvers)), []

    def decide(actor: Actor) -> None:
        with app.app_context():
            decision = db.session.get_one(AwardDecision, decision_id)
            barrier.wait()
            try:
                decide_award(decision=decision, actor=actor, note=NOTE, now=clock.now())
                db.session.commit()
                outcomes.append("decided")
            except PortalError as refused:
                db.session.rollback()
                outcomes.append(type(refused).__name__)

    threads = [threading.Thread(target=decide, args=[actor]) for actor in approvers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_the_proposal_keeps_its_result(itt: InvitationToTender) -> None:
    """The proposal keeps the result it was made from, so that its figures can be checked later."""
    award: Award = proposed_award(itt)
    assert award.decision.result_id == result_of(award.itt).id
    assert award.decision.reason == REASON
    assert Decimal(award.decision.result.outcome["ranking"][0]["total"]) > 0
