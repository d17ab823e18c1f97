"""Bids stand for a stated time: asking all bidders for more, answering, and what is awarded to nobody without it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.awarding.deciding import decide_award
from portal.awarding.extending import NoLongerStands, answer_validity, ask_for_validity, bids_to_ask
from portal.awarding.models import AssessmentSummary
from portal.bidding.models import Bid
from portal.bidding.validity import validity_of
from portal.bidding.validity_models import ValidityRequest
from portal.core import clock
from portal.core.clock import LONDON
from portal.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, WrongState
from portal.core.permissions import Actor, Role
from portal.evaluation.scoring_input import bid_key
from portal.extensions import db
from portal.notifications import letters_of_validity as letters
from portal.notifications.models import Message
from portal.regulation.local_time import local_date
from portal.tendering.models import InvitationToTender
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.awarding import NOTE, decided_award, propose, proposed_award, ready_for_award
from tests.factories.bidding import close_now, open_itt, submitted_bid, submitter_of
from tests.factories.evaluation import result_of
from tests.factories.reminders import told_at
from tests.factories.tendering import make_commissioner, published_in_lots, published_itt
from tests.filling import errors_of, fill, text_of

pytestmark = pytest.mark.usefixtures("db_session")
REASON = "A panel met later than was planned."
DAY = timedelta(days=1)


def long_published(n_bids: int = 2) -> InvitationToTender:
    """A MODERATED invitation that was published a month ago: its bids can have run out."""
    itt = published_itt(published_ago=30 * DAY)
    for number in range(n_bids):
        submitted_bid(itt, price=str(100_000 + 1_000 * number))
    close_now(itt)
    open_itt(itt)
    db.session.refresh(itt)
    return ready_for_award(n_bids, itt=itt)


def run_out(itt: InvitationToTender, *, days: int = 3) -> None:
    """Let the bids' time have been over for some days."""
    db.session.flush()
    moved = "UPDATE itt SET validity_days = 1, closes_at = closes_at - :back WHERE id = :id"
    db.session.execute(text(moved), {"id": itt.id, "back": (days + 1) * DAY})
    db.session.refresh(itt)


def ask(
    itt: InvitationToTender, *, until: date | None = None, by: date | None = None, days_ago: int = 0
) -> ValidityRequest:
    """Ask everybody for another month, with an answer within a week."""
    now = clock.now() - days_ago * DAY
    today = local_date(now)
    return ask_for_validity(
        itt=itt,
        until=until or today + 30 * DAY,
        answer_by=by or today + 7 * DAY,
        reason=REASON,
        actor=make_commissioner(itt.authority),
        now=now,
    )


def bids_by_place(itt: InvitationToTender) -> list[Bid]:
    """The bids that are in, in the order of the ranking."""
    places = {entry["bid"]: entry["rank"] for entry in result_of(itt).outcome["ranking"]}
    return [opened.bid for opened in sorted(bids_to_ask(itt), key=lambda opened: places[bid_key(opened)])]


def answer(bid: Bid, *, agrees: bool, actor: Actor | None = None) -> None:
    """Let its bidder answer."""
    answer_validity(bid=bid, agrees=agrees, actor=actor or submitter_of(bid.provider), now=clock.now())


def test_all_that_are_in_are_asked_for_the_same_and_stand_as_each_agreed() -> None:
    """One request, one date; who agrees stands until then, who has not answered or declined as long as before."""
    itt = ready_for_award(3)
    stated, (agrees, declines, silent) = itt.bids_stand_until, bids_by_place(itt)
    until = stated + 40 * DAY  # type: ignore[operator]
    request = ask(itt, until=until)
    answer(agrees, agrees=True)
    answer(declines, agrees=False)
    assert [validity_of(bid).until for bid in (agrees, declines, silent)] == [until, stated, stated]
    recorded = select(Event.data).where(Event.chain == str(itt.id), Event.kind == EventKind.VALIDITY_ASKED)
    assert db.session.scalars(recorded).all() == [
        {"until": until.isoformat(), "answer_by": request.answer_by_date.isoformat(), "count": 3}
    ]
    answers = select(Event.data["agrees"]).where(Event.kind == EventKind.VALIDITY_ANSWERED).order_by(Event.seq)
    assert db.session.scalars(answers).all() == [True, False]


def test_who_declined_can_still_agree_and_who_agreed_is_bound() -> None:
    """Declining shuts no door; agreeing is an offer that others rely on."""
    itt = ready_for_award()
    ask(itt, until=itt.bids_stand_until + DAY)  # type: ignore[operator]
    first, _ = bids_by_place(itt)
    answer(first, agrees=False)
    answer(first, agrees=True)
    with pytest.raises(Conflict, match="agreed already"):
        answer(first, agrees=False)


def test_only_who_may_submit_answers_and_only_what_was_asked() -> None:
    """Not a contributor, not another bidder, and nobody before the buyer asks."""
    itt = ready_for_award()
    first, second = bids_by_place(itt)
    with pytest.raises(NotFound, match="has not asked"):
        answer(first, agrees=True)
    ask(itt, until=itt.bids_stand_until + DAY)  # type: ignore[operator]
    with pytest.raises(NotAllowed):
        answer(first, agrees=True, actor=actor_of(make_person(Role.CONTRIBUTOR, provider=first.provider)))
    with pytest.raises(NotFound):
        answer(first, agrees=True, actor=submitter_of(second.provider))


@pytest.mark.parametrize(
    ("until", "by", "field"),
    [(1, 7, "until"), (30, 0, "answer_by"), (90, 7, "until"), (400, 7, "until")],
)
def test_days_that_ask_for_nothing_or_cannot_be_are_refused(until: int, by: int, field: str) -> None:
    """Before the time to answer, today, what all bids stand for already, and more than a year."""
    itt, today = ready_for_award(), local_date(clock.now())
    with pytest.raises(InvalidInput) as refused:
        ask(itt, until=today + until * DAY, by=today + by * DAY)
    assert refused.value.field == field


def test_where_no_time_was_stated_none_is_enforced() -> None:
    """An invitation of before: nothing to ask for, and an award whenever it comes."""
    itt = long_published()
    run_out(itt)
    itt.validity_days = None
    with pytest.raises(WrongState, match="No time was stated"):
        ask(itt)
    propose(itt, make_commissioner(itt.authority))


def test_nothing_is_awarded_to_a_bid_whose_time_is_past_without_its_agreement() -> None:
    """Neither proposed before anybody has asked or while the bidder is waited for; with its agreement it is."""
    itt = long_published()
    run_out(itt)
    actor = make_commissioner(itt.authority)
    with pytest.raises(NoLongerStands, match="nobody has asked"):
        propose(itt, actor)
    ask(itt)
    with pytest.raises(NoLongerStands, match="has not answered yet"):
        propose(itt, actor)
    first, _ = bids_by_place(itt)
    answer(first, agrees=True)
    assert propose(itt, actor).places[0].bid_id == first.id


@pytest.mark.parametrize("declines", [True, False])
def test_who_declines_or_stays_silent_is_passed_over(declines: bool) -> None:
    """The lot goes to the next that agreed."""
    itt = long_published()
    run_out(itt)
    ask(itt, days_ago=0 if declines else 10)
    first, second = bids_by_place(itt)
    answer(second, agrees=True)
    if declines:
        answer(first, agrees=False)
    award = decided_award(itt)
    assert award.decision.places[0].bid_id == second.id
    summaries = db.session.scalars(select(AssessmentSummary)).all()
    why = {summary.bid_id: summary.document["why"] for summary in summaries}
    answered = "declined to let" if declines else "did not say in time whether to let"
    assert why[first.id][1].startswith("Your bid was passed over: its time of validity ran out on ")
    assert f", and you {answered} it stand until " in why[first.id][1]
    assert why[second.id][1:] == ["A bid that came before was passed over, because its time of validity had run out."]


def test_who_has_not_answered_is_reminded_before_the_day() -> None:
    """Three days and one day before it ends, the bidder's own people; who has answered is not."""
    itt = ready_for_award()
    request = ask(itt, until=itt.bids_stand_until + DAY)  # type: ignore[operator]
    silent, answered = bids_by_place(itt)
    answer(answered, agrees=False)
    person = make_person(Role.SUBMITTER, provider=silent.provider)
    ends = datetime.combine(request.answer_by_date, time(12), LONDON)
    for before in (2, 0):
        letters = [letter for letter in told_at(ends - before * DAY) if letter.kind == "reminders/unanswered_validity"]
        assert person.id in {letter.user_id for letter in letters}
        assert {letter.link for letter in letters} == {f"/provider/bids/{silent.reference}/validity"}


def test_an_award_that_was_proposed_in_time_is_not_decided_after_it() -> None:
    """The approver is told, and the award stays proposed."""
    award = proposed_award(long_published())
    run_out(award.itt)
    with pytest.raises(NoLongerStands):
        decide_award(decision=award.decision, actor=award.approver, note=NOTE, now=clock.now())


def test_every_bidder_is_written_to_and_each_answer_has_a_receipt() -> None:
    """The same words to all; the receipt names the entry of the ledger; commissioners hear the answer."""
    itt = ready_for_award()
    commissioner = make_person(Role.COMMISSIONER, authority=itt.authority)
    ask(itt, until=itt.bids_stand_until + DAY)  # type: ignore[operator]
    first, second = bids_by_place(itt)
    people = {bid.id: make_person(Role.SUBMITTER, provider=bid.provider) for bid in (first, second)}
    answer(first, agrees=False)
    asked, answered = (_event(kind) for kind in (EventKind.VALIDITY_ASKED, EventKind.VALIDITY_ANSWERED))
    letters.validity_asked(asked)
    letters.answer_received(answered)
    letters.validity_answered(answered)
    told = db.session.execute(select(Message.user_id, Message.kind, Message.body)).all()
    assert {row.user_id for row in told if row.kind == "awarding/validity_asked"} >= {one.id for one in people.values()}
    [receipt] = [r for r in told if (r.kind, r.user_id) == ("awarding/validity_receipt", people[first.id].id)]
    assert answered.hash.hex() in receipt.body
    assert people[second.id].id not in {row.user_id for row in told if row.kind == "awarding/validity_receipt"}
    assert commissioner.id in {row.user_id for row in told if row.kind == "awarding/validity_answered"}


def test_the_pages_say_how_long_bids_stand_and_take_request_and_answer(client: CheckedClient) -> None:
    """The officer asks, the award says that the first no longer stands, the bidder agrees, and the award says so."""
    itt = long_published()
    run_out(itt)
    first, _ = bids_by_place(itt)
    officer, bidder = (
        make_person(Role.COMMISSIONER, authority=itt.authority),
        make_person(Role.SUBMITTER, provider=first.provider),
    )
    sign_in(client, officer)
    assert "The bid in first place no longer stands" in client.get(f"/commissioning/itts/{itt.reference}/award").text
    address, today = f"/commissioning/itts/{itt.reference}/validity", local_date(clock.now())
    typed = {**_day("until", today + 30 * DAY), **_day("answer_by", today + 7 * DAY)}
    assert errors_of(fill(client, address, typed)) == ["Say why it takes longer."]
    assert fill(client, address, {**typed, "reason": REASON}).status_code == 302
    assert "Not answered yet" in text_of(client.get(address))
    sign_in(client, bidder)
    assert "may stand for longer" in text_of(client.get(f"/provider/bids/{first.reference}"))
    assert fill(client, f"/provider/bids/{first.reference}/validity", {"verdict": "agree"}).status_code == 302
    assert "Stands until" in text_of(client.get(f"/provider/bids/{first.reference}/validity"))
    sign_in(client, officer)
    assert "no longer stands" not in client.get(f"/commissioning/itts/{itt.reference}/award").text


def test_who_is_asked_is_read_at_once_however_many_lots(
    count_statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    """Three lots are read in as many statements as one."""
    taken = []
    for lots in (1, 3):
        itt, bidder = published_in_lots(lots), submitter_of()
        for lot in itt.lots:
            submitted_bid(itt, actor=bidder, lot=lot)
        close_now(itt)
        open_itt(itt)
        with count_statements() as statements:
            assert {opened.bid.lot_id for opened in bids_to_ask(itt)} == {lot.id for lot in itt.lots}
        taken.append(len(statements))
    assert taken[0] == taken[1]


def _event(kind: EventKind) -> Event:
    return db.session.scalars(select(Event).where(Event.kind == kind).order_by(Event.at.desc()).limit(1)).one()


def _day(name: str, day: date) -> dict[str, Any]:
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month), f"{name}-year": str(day.year)}
