"""What follows from a panel member's link with a bidder: decided by two people, or stepping back at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.audit.queries import events_of
from portal.bidding.models import OpenedBid
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, NotFound, NotYet, WrongState
from portal.core.permissions import Role
from portal.evaluation.consenting import asked_for
from portal.evaluation.coverage import is_covered
from portal.evaluation.leaves import boards_of, leaves_for
from portal.evaluation.moderation import agree_score, close_moderation, start_moderation
from portal.evaluation.progress import progress_of
from portal.evaluation.queries import agreed_scores, has_declared, opinions_of, seat_of, spreads_of
from portal.evaluation.reading import read_bid
from portal.evaluation.recusing import step_back
from portal.evaluation.scoring import Entry, save_scores, submit_scorecards
from portal.evaluation.scoring_input import case_for
from portal.evaluation.sittings import sitting_of
from portal.evaluation.standing import standing_of
from portal.evaluation.taking_part.chairing import finish_as_chair, name_young_chair
from portal.evaluation.taking_part.pairing import mates_of, pair_up
from portal.tendering.interests.mitigating import decide_mitigation
from portal.tendering.interests.queries import interest_faults, register_of
from portal.tendering.interests.states import Extent, MitigationOutcome
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.bidding import close_now, open_itt, submitted_bid
from tests.factories.evaluation import (
    AGREED_REASON,
    LOCAL,
    MEETING,
    REASON,
    STEPS,
    WHY_NOT,
    YOUNG,
    Evaluation,
    Seat,
    agree_all,
    decide_about,
    declare,
    link_of,
    propose_about,
    recuse,
    score_all,
    scoring_itt,
    start,
)
from tests.factories.tendering import published_in_lots
from tests.portal.evaluation.views.posting import post

pytestmark = pytest.mark.usefixtures("db_session")


def in_two_lots(professionals: int = 3, young_people: int = 2) -> Evaluation:
    """Two lots with a bid each, before anybody has declared."""
    itt = published_in_lots(2)
    for lot in itt.lots:
        submitted_bid(itt, lot=lot)
    close_now(itt)
    open_itt(itt)
    return scoring_itt(itt=itt, declared=False, professionals=professionals, young_people=young_people, parents=2)


def reads(seat: Seat, bid: OpenedBid) -> Callable[[], object]:
    """Read the bid as that member."""
    return lambda: read_bid(work=seat.work, bid_id=bid.bid_id, actor=seat.actor)


def closing(seat: Seat) -> Callable[[], object]:
    """Close the moderation as that chair."""
    return lambda: close_moderation(
        work=seat.work, meeting_record=MEETING, met_first_date=clock.today(), actor=seat.actor, now=clock.now()
    )


def test_until_it_is_decided_a_linked_bidder_is_closed_and_the_others_are_open() -> None:
    """The bid is neither read nor scored, another is, and nothing is submitted; the register has it by itself."""
    evaluation = scoring_itt(2, declared=False)
    seat, (linked, other) = evaluation.seats[LOCAL][0], evaluation.bids()
    declare(seat, interest_in=linked)
    assert has_declared(seat.member)
    with pytest.raises(NotYet) as refused:
        reads(seat, linked)()
    assert refused.value.code == "interest_waits"
    assert reads(seat, other)()
    with pytest.raises(NotYet):
        submit_scorecards(work=seat.work, actor=seat.actor, now=clock.now())
    entry = link_of(seat, linked)
    assert (entry.is_settled, entry.may_take_part) == (False, True)
    shown = [one for one in register_of(evaluation.itt.id).entries if one.user_id == seat.user.id]
    assert shown == [entry]
    assert any("Say what is done about it" in fault for fault in interest_faults(evaluation.itt))


@pytest.mark.parametrize("outcome", [MitigationOutcome.NOTHING, MitigationOutcome.CONDITIONS])
def test_whoever_goes_on_scores_every_bid(outcome: MitigationOutcome) -> None:
    """The conditions are shown to them, and declared again in the same words they need no second decision."""
    evaluation = scoring_itt(2, declared=False)
    seat, (linked, _) = evaluation.seats[LOCAL][0], evaluation.bids()
    declare(seat, interest_in=linked)
    decide_about(evaluation, seat, linked, outcome)
    expected = {linked.bid_id: STEPS} if outcome.is_conditions else {}
    assert standing_of(seat.work, seat.member).conditions == expected
    declare(seat, interest_in=linked)
    score_all(evaluation, seat)
    assert link_of(seat, linked).is_settled


def test_withdrawn_from_the_whole_they_leave_at_once() -> None:
    """As whoever steps back by themselves: the seat ends, and they decide nothing else of the procurement."""
    evaluation = scoring_itt(2, declared=False)
    seat, (linked, _) = evaluation.seats[LOCAL][1], evaluation.bids()
    declare(seat, interest_in=linked)
    decide_about(evaluation, seat, linked, MitigationOutcome.WHOLE)
    with pytest.raises(NotFound):
        seat_of(seat.panel.id, seat.user.id)
    assert actor_of(seat.user).panels == {}
    assert not link_of(seat, linked).may_take_part
    assert events_of(evaluation.itt.id)[-2].kind == "member_recused"


def test_the_member_and_whoever_proposed_do_not_decide() -> None:
    """Not even as approvers of the authority."""
    evaluation = scoring_itt(1, declared=False)
    seat, (linked,) = evaluation.seats[LOCAL][1], evaluation.bids()
    declare(seat, interest_in=linked)
    proposed = propose_about(evaluation, seat, linked, MitigationOutcome.NOTHING)
    for actor in (seat.actor, evaluation.commissioner):
        with pytest.raises((NotAllowed, NotFound)):
            decide_mitigation(mitigation=proposed, agreed=True, note=STEPS, actor=actor, now=clock.now())
    halves = {half.person_id for half in proposed.first_people}
    assert halves == {seat.user.id, evaluation.commissioner.user_id}


def test_a_refused_answer_decides_nothing() -> None:
    """The member goes on waiting, and another answer can be proposed."""
    evaluation = scoring_itt(1, declared=False)
    seat, (linked,) = evaluation.seats[LOCAL][1], evaluation.bids()
    declare(seat, interest_in=linked)
    proposed = propose_about(evaluation, seat, linked, MitigationOutcome.WHOLE)
    approver = actor_of(make_person(Role.APPROVER, authority=evaluation.itt.authority))
    decide_mitigation(mitigation=proposed, agreed=False, note=STEPS, actor=approver, now=clock.now())
    assert seat_of(seat.panel.id, seat.user.id).recused_at is None
    with pytest.raises(NotYet):
        reads(seat, linked)()
    decide_about(evaluation, seat, linked, MitigationOutcome.NOTHING)
    assert reads(seat, linked)()


@pytest.mark.parametrize("decided", [True, False])
def test_out_of_one_lot_a_member_judges_the_others(decided: bool) -> None:
    """Decided by two people or by oneself: the lot is closed, the rest is scored, submitted and counted."""
    evaluation = in_two_lots()
    chair, member, _ = evaluation.seats[LOCAL]
    linked, other = evaluation.bids()
    for seat in evaluation.everybody():
        if seat is not member:
            declare(seat)
    if decided:
        declare(member, interest_in=linked)
        decide_about(evaluation, member, linked, MitigationOutcome.LOT)
    else:
        recuse(member, linked, lot_id=linked.bid.lot_id)
        assert link_of(member, linked).stepped_back_from is Extent.LOT
    with pytest.raises(NotAllowed) as refused:
        reads(member, linked)()
    assert refused.value.code == "stepped_back"
    assert reads(member, other)()
    for seat in evaluation.scorers(LOCAL):
        if seat is not member:
            score_all(evaluation, seat)
    score_only(member, other)
    submit_scorecards(work=member.work, actor=member.actor, now=clock.now(), same_words=True)
    start(evaluation, LOCAL)
    counts = {bid_id: spread.count for (bid_id, _), spread in spreads_of(member.panel.id).items()}
    assert counts == {linked.bid_id: 2, other.bid_id: 3}
    assert [board.bids for board in boards_of(member.work, standing_of(member.work, member.member))] == [[other]]
    first, second = evaluation.itt.lots
    recused = {"panel": LOCAL, "member": str(member.member.id)}
    assert recused in case_for(evaluation.itt, first)["recused"]
    assert recused not in case_for(evaluation.itt, second)["recused"]
    progress = {one.member.id: one for one in progress_of([chair.panel.id])[chair.panel.id]}
    mine = progress[member.member.id]
    assert (mine.asked, mine.left_bids, mine.has_submitted, mine.interests) == (1, 1, True, "Stepped back from a lot")


def score_only(seat: Seat, bid: OpenedBid) -> None:
    """Score one bid alone."""

    entries = {leaf.key: Entry("3", REASON) for leaf in leaves_for(seat.work, bid)}
    save_scores(work=seat.work, bid_id=bid.bid_id, entries=entries, actor=seat.actor, now=clock.now())


def test_leaving_a_lot_in_moderation_opens_what_was_agreed_there_and_nothing_else() -> None:
    """The others agree it again; whoever left neither consents nor comes round, and what they gave is kept."""
    evaluation = in_two_lots()
    for seat in evaluation.everybody():
        declare(seat)
    chair, member, _ = evaluation.seats[LOCAL]
    linked, other = evaluation.bids()
    for seat in evaluation.scorers(LOCAL):
        score_all(evaluation, seat)
    start(evaluation, LOCAL)
    agree_all(evaluation, LOCAL)
    before = len(agreed_scores(chair.panel.id))
    declare(member, interest_in=linked)
    with pytest.raises(NotYet):
        closing(chair)()
    step_back(work=member.work, lot_id=linked.bid.lot_id, actor=member.actor, now=clock.now())
    left = agreed_scores(chair.panel.id)
    assert {bid_id for bid_id, _ in left} == {other.bid_id}
    assert len(left) == before / 2
    assert {one.alias for many in opinions_of(chair.panel.id, linked.bid_id).values() for one in many} == {
        seat.member.alias for seat in evaluation.seats[LOCAL] if seat is not member
    }
    again = agree_score(
        work=chair.work,
        bid_id=linked.bid_id,
        criterion="safeguarding",
        score="4",
        reason=AGREED_REASON,
        actor=chair.actor,
        now=clock.now(),
        **WHY_NOT,
    )
    assert not asked_for(chair.work, again)[0].may_answer(member.member)


def test_a_lot_that_too_few_can_judge_keeps_the_panel_waiting() -> None:
    """Coverage is asked for each lot again: the refusal names it, and whoever is told hears it."""
    evaluation = in_two_lots(professionals=2)
    chair, member = evaluation.seats[LOCAL]
    linked = evaluation.bids()[0]
    declare(chair)
    assert is_covered(chair.work)
    recuse(member, linked, lot_id=linked.bid.lot_id)
    assert not is_covered(chair.work)
    assert events_of(evaluation.itt.id)[-1].data["is_covered"] is False
    with pytest.raises(WrongState, match="for lot 1"):
        start_moderation(work=chair.work, actor=chair.actor, now=clock.now())


def test_whoever_leads_the_moderation_leaves_all_of_it() -> None:
    """A chair leads every lot; and where there is one lot, it is the whole procurement for anybody."""
    evaluation = in_two_lots()
    chair, linked = evaluation.seats[LOCAL][0], evaluation.bids()[0]
    with pytest.raises(InvalidInput) as refused:
        recuse(chair, linked, lot_id=linked.bid.lot_id)
    assert refused.value.field == "extent"
    single = scoring_itt(2, declared=False)
    member, bid = single.seats[LOCAL][1], single.bids()[0]
    assert recuse(member, bid, lot_id=bid.bid.lot_id).recused_at is not None
    assert link_of(member, bid).stepped_back_from is Extent.WHOLE


def test_nobody_steps_back_from_a_lot_without_a_link_there() -> None:
    """Leaving for another reason is a removal by two people, with its reason."""
    evaluation = in_two_lots()
    member, (linked, other) = evaluation.seats[LOCAL][1], evaluation.bids()
    declare(member, interest_in=linked)
    with pytest.raises(WrongState):
        step_back(work=member.work, lot_id=other.bid.lot_id, actor=member.actor, now=clock.now())


def test_a_young_person_goes_on_with_the_others_meanwhile() -> None:
    """One group is left out until it is decided; their card still opens their sitting."""
    evaluation = scoring_itt(2, declared=False)
    young, (linked, other) = evaluation.scorers(YOUNG)[0], evaluation.bids()
    declare(young, interest_in=linked)
    sitting = sitting_of(young.work, young.member)
    assert (sitting.standing.waits, {screen.bid_id for screen in sitting.screens}) == (True, {other.bid_id})
    decide_about(evaluation, young, linked, MitigationOutcome.NOTHING)
    sitting = sitting_of(young.work, young.member)
    assert (sitting.standing.waits, {screen.bid_id for screen in sitting.screens}) == (
        False,
        {linked.bid_id, other.bid_id},
    )


def paired_in_two_lots() -> tuple[Evaluation, Seat, Seat, Seat]:
    """Three young people who have declared, the first two of whom score together."""
    evaluation = in_two_lots(young_people=3)
    by, (first, second, third) = evaluation.moderator(YOUNG), evaluation.scorers(YOUNG)
    groups = {seat.member.id: "Group 1" for seat in (first, second)}
    pair_up(work=by.work, groups=groups, actor=by.actor, now=clock.now())
    for seat in (first, second, third):
        declare(seat)
    return evaluation, first, second, third


def test_a_link_of_one_of_a_pair_closes_the_bid_for_both_until_it_is_decided() -> None:
    """They read side by side, so what one may not read yet the other leaves out too; neither is submitted for."""
    evaluation, first, second, _ = paired_in_two_lots()
    linked, other = evaluation.bids()
    declare(second, interest_in=linked)
    assert {screen.bid_id for screen in sitting_of(first.work, first.member).screens} == {other.bid_id}
    with pytest.raises(NotYet, match="who scores with you"):
        reads(first, linked)()
    score_only(first, other)
    with pytest.raises(NotYet):
        submit_scorecards(work=first.work, actor=first.actor, now=clock.now())
    decide_about(evaluation, second, linked, MitigationOutcome.LOT)
    sitting = sitting_of(first.work, first.member)
    assert {screen.bid_id for screen in sitting.screens} == {linked.bid_id, other.bid_id}
    assert sitting.standing.resting == {linked.bid.lot_id: [second.member.alias]}
    score_all(evaluation, first)


def test_whoever_has_the_scorecards_of_a_pair_leaves_a_lot_and_the_other_goes_on_with_them() -> None:
    """Drafts go over, the one who left sits with them for the other lot, and what they give counts once."""
    evaluation, first, second, third = paired_in_two_lots()
    linked, other = evaluation.bids()
    score_only(first, other)
    recuse(first, linked, lot_id=linked.bid.lot_id)
    assert (list(mates_of(second.member)), list(mates_of(first.member))) == ([first.member], [])
    assert sitting_of(second.work, second.member).answered == len(leaves_for(second.work, other))
    for seat in (second, third):
        score_all(evaluation, seat)
    assert {spread.count for spread in spreads_of(first.panel.id).values()} == {2}
    recuse(second, linked)
    assert {spread.count for spread in spreads_of(first.panel.id).values()} == {1, 2}


def test_what_a_pair_submitted_stays_with_whoever_has_not_left_the_lot() -> None:
    """The marks of that lot are theirs from then on; of the others they stay where they are, and all count once."""
    evaluation, first, second, third = paired_in_two_lots()
    linked = evaluation.bids()[0]
    for seat in (first, third):
        score_all(evaluation, seat)
    recuse(first, linked, lot_id=linked.bid.lot_id)
    assert list(mates_of(first.member)) == [second.member]
    assert {spread.count for spread in spreads_of(first.panel.id).values()} == {2}
    given = {
        one["member"] for one in case_for(evaluation.itt, evaluation.itt.lots[0])["scores"] if one["panel"] == YOUNG
    }
    recused = {one["member"] for one in case_for(evaluation.itt, evaluation.itt.lots[0])["recused"]}
    assert given - recused == {str(second.member.id), str(third.member.id)}


def test_nobody_waits_for_a_young_chair_in_a_lot_that_they_left() -> None:
    """The others say yes there without them; in the other lot the chair says it last, and closes as before."""
    evaluation = in_two_lots(young_people=3)
    for seat in evaluation.everybody():
        declare(seat)
    chair, linked = evaluation.scorers(YOUNG)[0], evaluation.bids()[0]
    by = evaluation.moderator(YOUNG)
    name_young_chair(work=by.work, member_id=chair.member.id, actor=by.actor, now=clock.now())
    for seat in evaluation.scorers(YOUNG):
        score_all(evaluation, seat)
    start(evaluation, YOUNG)
    agree_all(evaluation, YOUNG)
    recuse(chair, linked, lot_id=linked.bid.lot_id)
    agree_all(evaluation, YOUNG)
    asked = asked_for(by.work, *agreed_scores(by.panel.id).values())
    assert {(one.agreed.bid_id == linked.bid_id, one.may_answer(chair.member)) for one in asked} == {
        (True, False),
        (False, True),
    }
    assert all(one.agreed.stands_at is not None for one in asked)
    finish_as_chair(work=chair.work, actor=chair.actor, now=clock.now())
    closing(by)()


def test_a_young_chair_who_leaves_everything_holds_nobody_up() -> None:
    """What was agreed is agreed again by those who stay, without a chair until they choose another."""
    evaluation = in_two_lots(young_people=3)
    for seat in evaluation.everybody():
        declare(seat)
    chair, by = evaluation.scorers(YOUNG)[0], evaluation.moderator(YOUNG)
    name_young_chair(work=by.work, member_id=chair.member.id, actor=by.actor, now=clock.now())
    for seat in evaluation.scorers(YOUNG):
        score_all(evaluation, seat)
    start(evaluation, YOUNG)
    agree_all(evaluation, YOUNG)
    recuse(chair, evaluation.bids()[0])
    assert not agreed_scores(by.panel.id)
    agree_all(evaluation, YOUNG)
    closing(by)()


def test_a_question_that_was_open_is_never_saved_as_another(client: CheckedClient) -> None:
    """The group falls out while its question is on the screen: the numbers move, and the answer goes nowhere."""
    evaluation = scoring_itt(2)
    young, (linked, other) = evaluation.scorers(YOUNG)[0], evaluation.bids()
    sign_in(client, young.user)
    screens = sitting_of(young.work, young.member).screens
    shown = next(screen for screen in screens if screen.bid_id == linked.bid_id)
    kept = next(screen for screen in screens if screen.bid_id == other.bid_id)
    declare(young, interest_in=linked)
    given = {"score": "3", "reason": "They listen."}
    gone = post(client, f"/panel/sitting/questions/{shown.number}?about={shown.about}", data=given)
    assert gone.location == "/panel/sitting"
    assert sitting_of(young.work, young.member).answered == 0
    post(client, f"/panel/sitting/questions/{kept.number}?about={kept.about}", data=given)
    assert [screen.about for screen in sitting_of(young.work, young.member).screens if screen.is_answered] == [
        kept.about
    ]
    page = client.get("/panel/sitting/questions/1").get_data(as_text=True)
    assert f"about={sitting_of(young.work, young.member).screens[0].about}" in page
    assert other.label in page
