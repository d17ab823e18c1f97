"""Those behind a bid are checked before an award, and again once a later debarment list is here."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import current_app
from sqlalchemy import select, text

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.awarding.deciding import decide_award
from portal.bidding.models import Bid
from portal.bidding.partners import SUBCONTRACTOR, Partner, add_partner
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, WrongState
from portal.dashboards.situation import situations_of
from portal.extensions import db
from portal.judging.checking import look_again
from portal.judging.queries import standing_of
from portal.judging.states import Concern
from portal.scenarios.checking import check_bidders
from tests.factories.awarding import NOTE, proposed_award, ready_for_award
from tests.factories.awarding import propose as propose_award
from tests.factories.bidding import close_now, complete_draft, open_itt, opened_itt, opener_of, submit, submitter_of
from tests.factories.debarment import brought_in
from tests.factories.judging import bids_of, checked, checked_itt, raised, taken_out
from tests.factories.tendering import make_commissioner, published_itt

pytestmark = pytest.mark.usefixtures("db_session")
SOMEBODY = "Demo Somebody Else Ltd,,Competition infringement,mandatory,2029-03-31,"
ROOFERS = "Demo Roofers Ltd"
ANOTHER = "It is another organisation: theirs is a roofer in Wales, as its number shows."


def entry(name: str) -> str:
    """A row of the list about an organisation of that name."""
    return f"{name},,Competition infringement,mandatory,,"


def test_an_award_waits_for_the_check_of_every_bid_that_stands() -> None:
    """Not of the winner's alone: whoever is excluded is none of those that are compared."""
    itt = ready_for_award(2)
    brought_in()
    officer = make_commissioner(itt.authority)
    first, second = bids_of(itt)
    checked(first)
    with pytest.raises(WrongState, match=f"1 bidder is not checked yet.* {second.provider.name}"):
        propose_award(itt, officer)
    checked(second)
    assert propose_award(itt, officer).places[0].bid_id == first.id


def test_a_later_list_asks_for_another_check_until_the_award_is_proposed() -> None:
    """What is proposed already goes on: its approver decides with what was checked."""
    itt, award = ready_for_award(1), proposed_award(n_bids=1)
    brought_in(SOMEBODY)
    with pytest.raises(WrongState, match="newest debarment list"):
        propose_award(itt, make_commissioner(itt.authority))
    decide_award(decision=award.decision, actor=award.approver, note=NOTE, now=clock.now())
    check_bidders(itt, make_commissioner(itt.authority))
    propose_award(itt, make_commissioner(itt.authority))


def test_a_list_that_an_officer_did_not_look_at_is_looked_at_for_all_in_one_press() -> None:
    """Whoever seems to be on it is left for the officer; who was never checked is, too; nobody is looked for twice."""
    first, second, third = bids_of(opened_itt(3))
    for bid in (first, second):
        checked(bid)
    itt, officer = first.itt, make_commissioner(first.itt.authority)
    brought_in(entry(second.provider.name))
    assert look_again(itt=itt, actor=officer, now=clock.now()) == 1
    assert situations_of([itt.id], clock.now())[itt.id].to_check == 2
    assert not standing_of(itt, first.id).needs_check
    assert look_again(itt=itt, actor=officer, now=clock.now()) == 0
    raised(second, "debarred")
    assert look_again(itt=itt, actor=officer, now=clock.now()) == 1
    assert standing_of(itt, third.id).needs_check


def test_an_old_list_renews_nothing() -> None:
    """It is not what is true today, so an officer looks at the one on GOV.UK."""
    [bid] = bids_of(opened_itt(1))
    checked(bid)
    brought_in(read_on=clock.today() - timedelta(days=8))
    assert look_again(itt=bid.itt, actor=make_commissioner(bid.itt.authority), now=clock.now()) == 0
    with pytest.raises(InvalidInput) as refused:
        checked(bid, looked_online=False)
    assert refused.value.field == "looked_online"
    checked(bid)
    assert not standing_of(bid.itt, bid.id).needs_check


def with_subcontractor() -> Bid:
    """An opened bid that names one."""
    itt, actor = published_itt(), submitter_of()
    bid = complete_draft(itt, actor=actor)
    named = Partner(ROOFERS, "", SUBCONTRACTOR, "The roof", "Their secretary")
    add_partner(bid=bid, actor=actor, keys=current_app.extensions["keys"], partner=named, is_declared=True)
    submit(bid, actor)
    close_now(itt)
    open_itt(itt)
    return bid


def test_everybody_whom_the_bid_names_is_looked_for() -> None:
    """Leaving out the subcontractor is refused by name; whoever else was looked for is kept as connected."""
    bid = with_subcontractor()
    with pytest.raises(InvalidInput, match=f"Not yet: {ROOFERS}") as refused:
        checked(bid)
    assert refused.value.field == "looked_at"
    made = checked(bid, looked_at=[bid.provider.name, ROOFERS], others="Demo Holding plc\n\n Demo  Holding plc ")
    assert [(one.name, one.concern) for one in made.behind] == [
        (bid.provider.name, Concern.BIDDER),
        (ROOFERS, Concern.SUBCONTRACTOR),
        ("Demo Holding plc", Concern.CONNECTED),
    ]
    noted = db.session.scalars(select(Event.data).where(Event.kind == EventKind.BIDDER_CHECKED)).one()
    assert (noted["bid"], noted["looked_at"], noted["read_on"]) == (str(bid.id), 3, None)


def test_whoever_seems_to_be_on_the_list_is_raised_or_explained() -> None:
    """The subcontractor whom the bid names and the owner whom the officer found are looked for alike."""
    bid = with_subcontractor()
    brought_in(entry(ROOFERS), entry("Demo Holding plc"))
    everybody = {"looked_at": [bid.provider.name, ROOFERS], "others": "Demo Holding plc"}
    with pytest.raises(InvalidInput, match=r"Demo Holding plc, Demo Roofers Ltd|Demo Roofers Ltd, Demo H") as refused:
        checked(bid, **everybody)
    assert refused.value.field == "note"
    raised(bid, "debarred", ROOFERS)
    with pytest.raises(InvalidInput, match=r"list has Demo Holding plc\. Raise"):
        checked(bid, **everybody)
    made = checked(bid, **everybody, note=ANOTHER)
    assert made.debarment is not None
    assert (made.note, made.debarment.read_on_date) == (ANOTHER, clock.today())


def test_information_that_was_not_seen_has_its_reason_and_where_the_law_has_none_nobody_asks() -> None:
    """PR24 reg 6 is of the Act of 2023: under the Regulations of 2015 neither it nor the list is asked for."""
    [bid] = bids_of(opened_itt(1))
    for seen, field in ((None, "information"), (False, "note")):
        with pytest.raises(InvalidInput) as refused:
            checked(bid, information_seen=seen)
        assert refused.value.field == field
    assert checked(bid, information_seen=False, note="Below the threshold: nobody has to share it.").note
    db.session.execute(text("UPDATE itt SET regime = 'pcr2015'"))
    db.session.expire_all()
    brought_in(entry(bid.provider.name))
    older = checked(bid, looked_online=False, information_seen=None)
    assert (older.list_id, older.information_seen) == (None, None)
    assert not standing_of(bid.itt, bid.id).needs_check


def test_only_commissioners_check_and_a_bid_that_is_out_needs_none() -> None:
    """As for whatever else is judged."""
    [bid] = bids_of(opened_itt(1))
    with pytest.raises(NotAllowed):
        check_bidders(bid.itt, opener_of(bid.itt.authority))
    assert situations_of([bid.itt_id], clock.now())[bid.itt_id].to_check == 1
    [out] = bids_of(checked_itt(1))
    taken_out(out)
    to_check = situations_of([out.itt_id], clock.now())[out.itt_id].to_check
    assert (standing_of(out.itt, out.id).needs_check, to_check) == (False, 0)
