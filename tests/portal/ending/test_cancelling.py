"""Cancelling a procurement: by two people, at every stage before its contract, and what ends with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.awarding.deciding import decide_award
from portal.awarding.standstill import due_standstills
from portal.bidding.closing import Cancelled
from portal.bidding.drafting import read_draft, save_answers
from portal.bidding.models import Bid
from portal.bidding.opening import open_bids
from portal.contracts.signing import conclude_contract
from portal.core import clock
from portal.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from portal.core.permissions import SYSTEM, Actor, Role
from portal.ending.deciding import decide_ending, refuse_ending
from portal.ending.proposing import propose_cancellation
from portal.evaluation.reading import read_prices
from portal.extensions import db
from portal.notices.queries import waiting_notices
from portal.tendering.states import AFTER_MODERATION, IttStatus
from tests.factories.accounts import actor_of, make_person
from tests.factories.awarding import approver_of, decided_award, proposed_award, standing_award
from tests.factories.bidding import (
    close_now,
    complete_draft,
    opened_itt,
    opener_of,
    submit,
    submitted_bid,
    submitter_of,
)
from tests.factories.contracts import conclude
from tests.factories.ending import CHECKED, STAGES, WHY, cancelled, propose_to_cancel
from tests.factories.setting_aside import agree, propose_to_withdraw
from tests.factories.tendering import draft_itt, make_commissioner, published_itt

pytestmark = pytest.mark.usefixtures("db_session")


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_before_the_contract_can_be_cancelled(stage: str) -> None:
    """Two people end it with a reason; how far it had come is kept, and nobody can propose to end it again."""
    itt = STAGES[stage]()
    reached = itt.status
    ending = cancelled(itt)
    assert (itt.status, itt.reached, itt.ended_at) == (IttStatus.CANCELLED, reached, ending.decided_at)
    assert [one.reason for one in itt.outcomes] == [WHY]
    last = db.session.scalars(select(Event).where(Event.chain == str(itt.id)).order_by(Event.seq.desc()).limit(1)).one()
    assert (last.kind, last.data) == (EventKind.PROCUREMENT_CANCELLED, {"was": reached.value})
    with pytest.raises(WrongState, match="while it is cancelled"):
        propose_to_cancel(itt)


@pytest.mark.parametrize("stage", STAGES)
def test_prices_stay_hidden_unless_the_panels_had_closed(stage: str) -> None:
    """An officer reads the prices of a cancelled procurement exactly where they were to be read before."""
    itt = STAGES[stage]()
    reached = itt.status
    cancelled(itt)
    officer = make_commissioner(itt.authority)
    if reached in AFTER_MODERATION:
        assert len(read_prices(itt=itt, lot_id=itt.lots[0].id, reader=officer)) == 1
    else:
        with pytest.raises(WrongState, match="nobody sees the prices"):
            read_prices(itt=itt, lot_id=itt.lots[0].id, reader=officer)


def test_nothing_changes_until_the_second_person_decides() -> None:
    """While it is proposed bids are taken as before; once decided they are not, and the draft is as it was."""
    itt, actor = published_itt(), submitter_of()
    bid = complete_draft(itt, actor=actor)
    ending = propose_to_cancel(itt)
    submit(bid, actor)
    decide_ending(ending=ending, actor=approver_of(itt.authority), note=CHECKED, now=clock.now())
    keys = current_app.extensions["keys"]
    with pytest.raises(Cancelled, match="Your draft is kept as it was"):
        submit(bid, actor)
    with pytest.raises(Cancelled):
        save_answers(bid=bid, actor=actor, keys=keys, answers={})
    assert read_draft(bid=bid, actor=actor, keys=keys).price == "118000.00"
    with pytest.raises(Cancelled, match="no bid can be started"):
        complete_draft(itt)


def test_sealed_bids_are_never_opened() -> None:
    """After the closing time of a cancelled procurement nobody can open, the two who had begun to neither."""
    itt = published_itt()
    submitted_bid(itt)
    close_now(itt)
    keys = current_app.extensions["keys"]
    first, second = opener_of(itt.authority), opener_of(itt.authority)
    open_bids(itt=itt, actor=first, keys=keys, factor_at=clock.now())
    cancelled(itt)
    with pytest.raises(WrongState, match="while it is cancelled"):
        open_bids(itt=itt, actor=second, keys=keys, factor_at=clock.now())


def test_an_award_that_waits_falls_away() -> None:
    """A proposed award cannot be decided any more, and reads as lapsed."""
    award = proposed_award(n_bids=1)
    cancelled(award.itt)
    with pytest.raises(WrongState, match="while it is lapsed"):
        decide_award(decision=award.decision, actor=award.approver, note=CHECKED, now=clock.now())


def test_a_withdrawal_that_waits_falls_away() -> None:
    """What was proposed to set aside cannot be decided any more, and reads as lapsed."""
    award = standing_award(n_bids=1)
    proposal = propose_to_withdraw(award.decision)
    cancelled(award.itt)
    with pytest.raises(WrongState, match="while it is lapsed"):
        agree(proposal)


def test_an_award_that_was_decided_comes_to_nothing() -> None:
    """No contract is signed, no standstill ends by itself, and its award notice is announced no more."""
    award = standing_award(n_bids=1)
    waiting = decided_award(n_bids=1)
    for itt in (award.itt, waiting.itt):
        cancelled(itt)
    today = clock.today()
    with pytest.raises(WrongState, match="while it is cancelled"):
        conclude_contract(place=award.decision.places[0], actor=award.commissioner, signed_date=today, start_date=today)
    assert db.session.scalars(due_standstills(clock.now())).all() == []
    assert waiting_notices(waiting.itt.id) == []


def test_a_contract_is_not_undone() -> None:
    """From the contract on a procurement is not cancelled: what was signed is ended as a contract."""
    contract = conclude(standing_award(n_bids=1))
    with pytest.raises(WrongState, match="while it is contracted"):
        propose_to_cancel(contract.itt)
    with pytest.raises(WrongState, match="once it is published"):
        propose_to_cancel(draft_itt())


def _refused(itt: Any) -> dict[str, tuple[Callable[[], object], type[Exception]]]:
    ending = propose_to_cancel(itt)
    proposer = actor_of(db.session.get_one(type(make_person(Role.APPROVER)), ending.proposed_by_id))
    approver, now = approver_of(itt.authority), clock.now()
    return {
        "proposed twice": (lambda: propose_to_cancel(itt), Conflict),
        "no reason": (lambda: decide_ending(ending=ending, actor=approver, note="ok", now=now), InvalidInput),
        "the proposer decides": (
            lambda: decide_ending(ending=ending, actor=proposer, note=CHECKED, now=now),
            NotAllowed,
        ),
        "another authority": (
            lambda: decide_ending(ending=ending, actor=approver_of(published_itt().authority), note=CHECKED, now=now),
            NotFound,
        ),
        "an opener": (
            lambda: decide_ending(ending=ending, actor=opener_of(itt.authority), note=CHECKED, now=now),
            NotAllowed,
        ),
        "the portal": (lambda: decide_ending(ending=ending, actor=SYSTEM, note=CHECKED, now=now), NotFound),
    }


CASES = ("proposed twice", "no reason", "the proposer decides", "another authority", "an opener", "the portal")


@pytest.mark.parametrize("case", CASES)
def test_only_a_second_person_with_a_reason_decides(case: str) -> None:
    """Whatever is missing is refused, and it goes on."""
    itt = published_itt()
    act, refusal = _refused(itt)[case]
    with pytest.raises(refusal):
        act()
    assert itt.status is IttStatus.PUBLISHED


def test_one_person_with_both_roles_is_one_person() -> None:
    """Whoever is commissioner and approver cannot do both halves."""
    itt = published_itt()
    both = actor_of(make_person(Role.COMMISSIONER, Role.APPROVER, authority=itt.authority))
    ending = propose_cancellation(itt=itt, actor=both, reason=WHY, now=clock.now())
    with pytest.raises(NotAllowed, match="two people"):
        decide_ending(ending=ending, actor=both, note=CHECKED, now=clock.now())


def test_what_is_refused_goes_on_and_stays_on_record() -> None:
    """The refusal has its reason; another proposal can follow; the first cannot be decided any more."""
    itt = published_itt()
    first = propose_to_cancel(itt)
    approver = approver_of(itt.authority)
    refuse_ending(ending=first, actor=approver, note="The grant was not withdrawn.", now=clock.now())
    assert (itt.status, first.policy_state, itt.outcomes) == (IttStatus.PUBLISHED, "refused", [])
    with pytest.raises(WrongState, match="while it is refused"):
        decide_ending(ending=first, actor=approver, note=CHECKED, now=clock.now())
    cancelled(itt)
    assert [one.status.value for one in itt.endings] == ["refused", "decided"]


def test_only_the_bidder_learns_that_it_had_bid() -> None:
    """In the invitation's chain a cancellation with a sealed bid reads as one without (S-07)."""
    told = []
    for with_a_bid in (True, False):
        itt = published_itt()
        if with_a_bid:
            submitted_bid(itt)
        cancelled(itt)
        rows = db.session.scalars(select(Event).where(Event.chain == str(itt.id)).order_by(Event.seq))
        told.append([(event.kind, sorted(event.data)) for event in rows])
    assert told[0] == told[1]


def test_an_opened_bid_is_still_its_bidders_to_read() -> None:
    """Cancelled after the opening: the bidder reads what it sent, as before."""
    itt = opened_itt(1)
    cancelled(itt)
    bid = db.session.scalars(select(Bid).where(Bid.itt_id == itt.id)).one()
    own = Actor(user_id=itt.created_by_id, provider_id=bid.provider_id, provider_roles=frozenset({Role.CONTRIBUTOR}))
    assert read_draft(bid=bid, actor=own, keys=current_app.extensions["keys"]).price == "100000.00"
