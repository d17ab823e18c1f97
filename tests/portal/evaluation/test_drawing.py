"""A lot between tied bids: committed, revealed, drawn by a rule that anybody repeats, and steered by nobody."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from portal.audit.kinds import EventKind
from portal.audit.models import Event
from portal.awarding.deciding import decide_award, propose_award
from portal.awarding.queries import summaries_of
from portal.core import clock
from portal.core.errors import Conflict, InvalidInput, NotAllowed, WrongState
from portal.core.permissions import Role
from portal.ending.proposing import propose_no_award
from portal.evaluation.draw_queries import abandoned_draws, tied_bids
from portal.evaluation.drawing import (
    abandon_draw,
    commit_value,
    faults_of,
    hash_of_value,
    order_from,
    reveal_value,
    seed_from,
)
from portal.evaluation.queries import current_result
from portal.extensions import db
from portal.scenarios.looking import look_where_it_decides
from tests.factories.accounts import actor_of, make_person
from tests.factories.awarding import NOTE, REASON, approver_of, awarded, ready_for_award
from tests.factories.drawing import VALUES, commit, drawn, tied_itt, two_people
from tests.factories.tendering import make_commissioner, settle_interests

pytestmark = pytest.mark.usefixtures("db_session")
LATER = clock.now() + timedelta(days=10)


def test_two_people_draw_and_the_result_follows() -> None:
    """The order stands in the draw, the result ranks by it and says so, and the award goes to the first."""
    itt = tied_itt()
    tied = tied_bids(itt.lots[0].id)
    draw = drawn(itt)
    assert (draw.bids, sorted(draw.drawn or []), faults_of(draw)) == (tied, tied, [])
    result = current_result(itt.lots[0].id)
    assert result is not None
    assert [entry["bid"] for entry in result.outcome["ranking"]] == draw.drawn
    assert result.outcome["tie_broken_by"] == [{"bids": tied, "by": "drawn_lot"}]
    award = awarded(itt, 1, make_commissioner(itt.authority))
    assert draw.drawn is not None
    assert award.places[0].bid.reference == draw.drawn[0]
    told = [" ".join(summary.document["why"]) for summary in summaries_of(award.id)]
    assert all("the published tie-break, a drawn lot, decided" in why for why in told)


def test_the_ledger_has_every_step() -> None:
    """Commitments, values, seed and order: whoever has the ledger alone can work the draw out again."""
    itt = tied_itt()
    draw = drawn(itt)
    events = db.session.scalars(select(Event).where(Event.object_id == draw.id).order_by(Event.seq)).all()
    kinds = [event.kind for event in events]
    assert kinds == ["lot_committed", "lot_committed", "lot_revealed", "lot_revealed", "lot_drawn"]
    assert [event.data["commitment"] for event in events[:2]] == [hash_of_value(value) for value in VALUES]
    assert [event.data["value"] for event in events[2:4]] == list(VALUES)
    opened = select(Event).where(Event.chain == str(itt.id), Event.kind == EventKind.BIDS_OPENED)
    opening = db.session.scalars(opened).one().hash.hex()
    assert (events[4].data["opening"], events[4].data["seed"]) == (opening, seed_from(VALUES, opening))


def test_the_rule_is_the_one_that_is_written_down() -> None:
    """Seed and order as docs/drawn-lots.md has them, by other means."""
    seed = hashlib.sha256(b"one\ntwo\nabc").hexdigest()
    assert seed_from(["one", "two"], "abc") == seed
    first = min(["BID-A", "BID-B", "BID-C"], key=lambda bid: hashlib.sha256(f"{seed}:{bid}".encode()).hexdigest())
    assert order_from(seed, ["BID-C", "BID-A", "BID-B"])[0] == first


@given(st.text(), st.text(), st.lists(st.text(min_size=1), unique=True, min_size=2, max_size=6), st.randoms())
def test_no_order_of_the_bids_matters(first: str, second: str, bids: list[str], chance: object) -> None:
    """However the bids are listed, the same values draw the same order, of all of them."""
    seed = seed_from([first, second], "0" * 64)
    shuffled = list(bids)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert order_from(seed, shuffled) == order_from(seed, bids)
    assert sorted(order_from(seed, bids)) == sorted(bids)


def test_nobody_reveals_before_both_have_committed() -> None:
    """Who reveals first would be at the mercy of the second; and the value has to be the one."""
    itt = tied_itt()
    first, second = two_people(itt)
    draw = commit(itt, first, VALUES[0])
    with pytest.raises(WrongState, match="second person has committed"):
        reveal_value(draw=draw, actor=first, value=VALUES[0], now=clock.now())
    draw = commit(itt, second, VALUES[1])
    with pytest.raises(InvalidInput, match="SHA-256 is another"):
        reveal_value(draw=draw, actor=second, value=VALUES[0], now=clock.now())
    with pytest.raises(NotAllowed, match="Only the two people"):
        reveal_value(draw=draw, actor=make_commissioner(itt.authority), value=VALUES[0], now=clock.now())
    reveal_value(draw=draw, actor=first, value=VALUES[0], now=clock.now())
    with pytest.raises(Conflict, match="revealed your value already"):
        reveal_value(draw=draw, actor=first, value=VALUES[0], now=clock.now())
    assert draw.seed is None


def test_one_person_is_not_two() -> None:
    """Nobody commits twice, a third finds it full, a copy of the other's commitment and what is no hash are refused."""
    itt = tied_itt()
    first, second = two_people(itt)
    commit(itt, first, VALUES[0])
    with pytest.raises(Conflict, match="committed already"):
        commit(itt, first, VALUES[1])
    with pytest.raises(InvalidInput, match="value of your own"):
        commit(itt, second, VALUES[0])
    for wrong in ("", "my secret", "g" * 64, hash_of_value("x")[:-1]):
        with pytest.raises(InvalidInput) as refused:
            commit_value(itt=itt, lot=itt.lots[0], actor=second, commitment=wrong, now=clock.now())
        assert refused.value.field == "commitment"
    commit(itt, second, VALUES[1])
    with pytest.raises(Conflict, match="Two people have committed"):
        commit(itt, make_commissioner(itt.authority), "a third one’s value")


def test_who_keeps_silent_is_recorded_and_two_others_begin_anew() -> None:
    """After three working days somebody else gives it up; the two of before cannot draw again."""
    itt = tied_itt()
    first, second = two_people(itt)
    commit(itt, first, VALUES[0])
    draw = commit(itt, second, VALUES[1])
    reveal_value(draw=draw, actor=first, value=VALUES[0], now=clock.now())
    other = make_commissioner(itt.authority)
    with pytest.raises(WrongState, match="3 working days"):
        abandon_draw(draw=draw, actor=other, now=clock.now())
    with pytest.raises(NotAllowed, match="takes no part"):
        abandon_draw(draw=draw, actor=second, now=LATER)
    abandon_draw(draw=draw, actor=other, now=LATER)
    event = db.session.scalars(select(Event).where(Event.kind == EventKind.LOT_ABANDONED)).one()
    assert event.data == {"did_not_reveal": [str(second.user_id)]}
    with pytest.raises(WrongState, match="over"):
        reveal_value(draw=draw, actor=second, value=VALUES[1], now=LATER)
    for silent in (first, second):
        with pytest.raises(NotAllowed, match="Two others"):
            commit(itt, silent, "yet another value")
    drawn(itt)
    assert len(abandoned_draws(itt.lots[0].id)) == 1


def test_there_is_nothing_to_draw_without_a_tie_or_without_the_rule() -> None:
    """One winner, or a method that was frozen before: no lot; nor for whoever only reads."""
    won, old = ready_for_award(1), tied_itt(draws_lots=False)
    for itt, words in ((won, "nothing to draw"), (old, "draws no lot")):
        with pytest.raises(WrongState, match=words):
            commit(itt, make_commissioner(itt.authority), VALUES[0])
    auditor = actor_of(make_person(Role.AUDITOR, authority=old.authority))
    with pytest.raises(NotAllowed):
        commit(old, auditor, VALUES[0])


def test_a_method_without_the_rule_ends_by_a_reasoned_decision() -> None:
    """Two people choose one of the tied bids, with a reason that bidders read; or end it without an award."""
    itt = tied_itt(draws_lots=False)
    tied, actor = tied_bids(itt.lots[0].id), make_commissioner(itt.authority)
    approver = approver_of(itt.authority)
    settle_interests(itt, actor, approver)
    why = "It starts two months earlier, which the families asked for."
    proposal = {"itt": itt, "lot": itt.lots[0], "actor": actor, "reason": REASON, "offers_standstill": False}
    for chosen, said, field in (("BID-NONE", why, "tied"), (tied[1], "", "tie_reason")):
        with pytest.raises(InvalidInput) as refused:
            propose_award(**proposal, now=clock.now(), tied=chosen, tie_reason=said)  # type: ignore[arg-type]
        assert refused.value.field == field
    award = propose_award(**proposal, now=clock.now(), tied=tied[1], tie_reason=why)  # type: ignore[arg-type]
    decide_award(decision=award, actor=approver, note=NOTE, now=clock.now())
    assert award.places[0].bid.reference == tied[1]
    assert all(why in " ".join(summary.document["why"]) for summary in summaries_of(award.id))
    other = tied_itt(draws_lots=False)
    assert propose_no_award(
        itt=other, lot=other.lots[0], actor=make_commissioner(other.authority), reason=why, now=clock.now()
    ).status.is_proposed


def test_a_method_that_draws_lots_is_not_decided_by_hand() -> None:
    """While the lot is not drawn nobody is proposed, whoever somebody would choose."""
    itt = tied_itt()
    actor = make_commissioner(itt.authority)
    settle_interests(itt, actor)
    look_where_it_decides(itt, itt.lots[0], actor)
    with pytest.raises(WrongState, match="Draw a lot"):
        propose_award(
            itt=itt,
            lot=itt.lots[0],
            actor=actor,
            reason=REASON,
            offers_standstill=False,
            now=clock.now(),
            tied=tied_bids(itt.lots[0].id)[0],
            tie_reason="We know them well and they are very good.",
        )


def test_what_was_tampered_with_does_not_hold() -> None:
    """A changed value, an order turned round and another opening are found, and that the seed does not follow."""
    draw = drawn(tied_itt())
    assert draw.drawn is not None
    draw.parts[0].value = "another one"
    draw.drawn = list(reversed(draw.drawn))
    draw.opening_hash = "0" * 64
    assert len(faults_of(draw)) == 4
