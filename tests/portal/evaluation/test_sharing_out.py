"""A panel whose bids are shared out: members score what is theirs, and the panel goes on when they all have."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy.orm.attributes import set_committed_value

from portal.accounts.models import User
from portal.audit.kinds import EventKind
from portal.audit.queries import events_of
from portal.bidding.models import OpenedBid
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, NotFound, WrongState
from portal.core.permissions import Actor, Role
from portal.evaluation.dealing import short_of
from portal.evaluation.leaves import leaves_to_judge
from portal.evaluation.models import PanelWork
from portal.evaluation.moderation import start_moderation, waiting_for
from portal.evaluation.progress import progress_of
from portal.evaluation.queries import scorecards_of, spreads_of
from portal.evaluation.reading import read_bid
from portal.evaluation.removing import decide_panel_removal, propose_panel_removal, remove_panel_member
from portal.evaluation.results import calculate_result, diagnose_result
from portal.evaluation.scoring import Entry, save_scores, submit_scorecards
from portal.evaluation.sharing_models import Sharing
from portal.evaluation.sharing_out import can_be_shared, share_out
from portal.evaluation.sittings import sitting_of
from portal.evaluation.standing import standing_of
from portal.evaluation.states import MemberRole
from portal.evaluation.taking_part.pairing import pair_up
from portal.extensions import db
from portal.reporting.gathering import gather
from portal.tendering.interests.states import MitigationOutcome
from portal.tendering.states import Combination
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.bidding import close_now, open_itt, submitted_bid
from tests.factories.evaluation import (
    KEYS,
    LOCAL,
    REASON,
    YOUNG,
    Evaluation,
    Seat,
    agree_all,
    appoint,
    close,
    decide_about,
    declare,
    recuse,
    scoring_itt,
    start,
)
from tests.factories.tendering import make_commissioner, published_in_lots
from tests.portal.evaluation.views.posting import post

pytestmark = pytest.mark.usefixtures("db_session")


def share(
    evaluation: Evaluation, key: str = LOCAL, *, least: int = 2, most: int = 4, by: Actor | None = None
) -> Sharing:
    """Share the panel's bids out as the commissioner, or as somebody else."""
    return share_out(
        itt=evaluation.itt,
        work=work(evaluation, key),
        least=least,
        most=most,
        actor=by or evaluation.commissioner,
        now=clock.now(),
    )


def work(evaluation: Evaluation, key: str) -> PanelWork:
    """The panel's work."""
    return evaluation.seats[key][0].work


def own(seat: Seat) -> list[OpenedBid]:
    """The bids that are somebody's to score."""
    return list(leaves_to_judge(seat.work, standing_of(seat.work, seat.member), seat.member))


def spread(evaluation: Evaluation, key: str) -> Counter[str]:
    """How many members each bid has, by its label."""
    return Counter(bid.label for seat in evaluation.scorers(key) for bid in own(seat))


def score_own(seat: Seat, *, submit: bool = True) -> None:
    """Score every bid that is somebody's."""
    cards = scorecards_of(seat.member.id)
    for bid, leaves in leaves_to_judge(seat.work, standing_of(seat.work, seat.member), seat.member).items():
        if bid.bid_id in cards and cards[bid.bid_id].submitted_at:
            continue
        entries = {leaf.key: Entry("4", REASON) for leaf in leaves}
        save_scores(work=seat.work, bid_id=bid.bid_id, entries=entries, actor=seat.actor, now=clock.now())
    if submit:
        submit_scorecards(work=seat.work, actor=seat.actor, now=clock.now(), same_words=True)


def shared_itt() -> Evaluation:
    """Four bids, three people on the local panel, two of them for each bid."""
    evaluation = scoring_itt(4, professionals=3)
    share(evaluation)
    return evaluation


def test_each_bid_has_two_members_and_it_is_on_record() -> None:
    """Nobody has more than their share, and the ledger has the numbers, the seed and a digest."""
    evaluation = shared_itt()
    assert set(spread(evaluation, LOCAL).values()) == {2}
    assert sorted(len(own(seat)) for seat in evaluation.scorers(LOCAL)) == [2, 3, 3]
    (event,) = [each for each in events_of(evaluation.itt.id) if each.kind == EventKind.BIDS_SHARED_OUT.value]
    assert (event.data["least"], event.data["most"], event.data["bids"], event.data["kept"]) == (2, 4, 4, 0)
    assert len(event.data["seed"]) == len(event.data["assignments_sha256"]) == 64


def test_it_is_offered_where_it_can_be_done() -> None:
    """Not for a panel that scores every bid already, and again for one that is shared out, whoever has scored."""
    evaluation = shared_itt()
    local, young = work(evaluation, LOCAL), work(evaluation, YOUNG)
    both = {local.panel_id, young.panel_id}
    assert can_be_shared(evaluation.itt, [local, young]) == both
    for key in (LOCAL, YOUNG):
        score_own(evaluation.scorers(key)[0], submit=False)
    assert can_be_shared(evaluation.itt, [local, young]) == {local.panel_id}


def test_a_member_reads_and_scores_only_what_is_theirs() -> None:
    """Another's bid is not there for them, to read or to score."""
    evaluation = shared_itt()
    seat = next(one for one in evaluation.scorers(LOCAL) if len(own(one)) < 4)
    labels = {bid.label for bid in own(seat)}
    (other, *_) = [bid for bid in evaluation.bids() if bid.label not in labels]
    with pytest.raises(NotFound):
        read_bid(work=seat.work, bid_id=other.bid_id, actor=seat.actor)
    entries = {"quality": Entry("4", REASON)}
    with pytest.raises(NotFound):
        save_scores(work=seat.work, bid_id=other.bid_id, entries=entries, actor=seat.actor, now=clock.now())
    assert read_bid(work=seat.work, bid_id=own(seat)[0].bid_id, actor=seat.actor).answers


def test_the_panel_moderates_once_everybody_has_submitted_theirs() -> None:
    """Each submits their own bids alone; the meeting then reads every bid and agrees all of them."""
    evaluation = shared_itt()
    first, *others = evaluation.scorers(LOCAL)
    for seat in others:
        score_own(seat)
    assert waiting_for(first.work) == [first.member.alias]
    score_own(first)
    chair = evaluation.moderator(LOCAL)
    start_moderation(work=chair.work, actor=chair.actor, now=clock.now())
    for bid in evaluation.bids():
        assert read_bid(work=first.work, bid_id=bid.bid_id, actor=first.actor).answers
    agree_all(evaluation, LOCAL)
    close(evaluation, LOCAL)
    assert chair.work.status.is_closed


def test_a_young_person_has_a_screen_for_each_of_theirs() -> None:
    """The sitting ends after their bids, and is submitted with them."""
    evaluation = scoring_itt(4, young_people=3)
    share(evaluation, YOUNG)
    for seat in evaluation.scorers(YOUNG):
        sitting = sitting_of(seat.work, seat.member)
        assert {screen.bid_id for screen in sitting.screens} == {bid.bid_id for bid in own(seat)}
        assert 0 < sitting.bids < 4
        score_own(seat)
        assert sitting_of(seat.work, seat.member).is_submitted
    assert waiting_for(work(evaluation, YOUNG)) == []


def test_a_pair_counts_as_one_and_whoever_goes_on_has_what_it_had() -> None:
    """Bids are given to whoever has the scorecards; the other owes none, and goes on with them once the first left."""
    evaluation = scoring_itt(4, young_people=4)
    first, second, third, fourth = evaluation.scorers(YOUNG)
    share(evaluation, YOUNG, most=4)
    panel = work(evaluation, YOUNG)
    groups = {first.member.id: "Group 1", second.member.id: "Group 1"}
    pair_up(work=panel, groups=groups, actor=evaluation.moderator(YOUNG).actor, now=clock.now())
    owed = {found.member.id: found.asked for found in progress_of([panel.panel_id])[panel.panel_id]}
    assert sorted(owed[seat.member.id] for seat in (first, third, fourth)) == [2, 3, 3]
    assert owed[second.member.id] == 0
    theirs = {bid.label for bid in own(first)}
    assert {bid.label for bid in own(second)} == theirs, "they read what they score together"
    for seat in (first, third, fourth):
        score_own(seat)
    assert waiting_for(panel) == []
    left = {"itt": evaluation.itt, "member": first.member, "now": clock.now()}
    propose_panel_removal(reason="They have moved away, and will not come back.", actor=evaluation.commissioner, **left)
    decide_panel_removal(agreed=True, actor=make_commissioner(evaluation.itt.authority), **left)
    assert {bid.label for bid in own(second)} == theirs
    assert set(scorecards_of(second.member.id)) == {bid.bid_id for bid in own(second)}
    assert waiting_for(panel) == []


def test_the_result_follows_the_agreed_scores() -> None:
    """With two of three members' scores for each bid the engine ranks every bid, and says how firm that is."""
    evaluation = shared_itt()
    for key in KEYS:
        for seat in evaluation.scorers(key):
            score_own(seat)
        start(evaluation, key)
        agree_all(evaluation, key)
        close(evaluation, key)
    (result,) = calculate_result(itt_id=evaluation.itt.id, now=clock.now())
    assert len(result.outcome["ranking"]) == 4
    diagnose_result(result_id=result.id)
    assert result.diagnostics
    found = gather(evaluation.itt, evaluation.commissioner)
    assert found.shared[evaluation.seats[LOCAL][0].panel.id].least == 2
    assert {len(found.own_bids[seat.member.id]) for seat in evaluation.scorers(LOCAL)} == {2, 3}


def test_a_conflict_and_a_removal_pass_the_bids_on() -> None:
    """Before anybody scores all is dealt anew; afterwards everybody keeps theirs and takes what was left behind."""
    evaluation = shared_itt()
    added = appoint(evaluation, LOCAL, MemberRole.MEMBER)
    assert sorted(len(own(seat)) for seat in evaluation.scorers(LOCAL)) == [2, 2, 2, 2]
    recuse(added, evaluation.bids()[0])
    assert set(spread(evaluation, LOCAL).values()) == {2}
    first, second, third = evaluation.scorers(LOCAL)
    score_own(first)
    before = {bid.label for bid in own(first)}
    remove_panel_member(itt=evaluation.itt, member=third.member, actor=evaluation.commissioner, now=clock.now())
    assert before <= {bid.label for bid in own(first)}
    assert len(own(first)) == len(own(second)) == 4
    assert waiting_for(first.work) == [first.member.alias, second.member.alias]
    score_own(first)
    assert waiting_for(first.work) == [second.member.alias]


def test_a_link_bars_its_bid_until_it_is_decided() -> None:
    """Nobody is given a bid while a link with its bidder waits; what they have waits with them."""
    evaluation = scoring_itt(4, professionals=3)
    seat, linked = evaluation.scorers(LOCAL)[1], evaluation.bids()[0]
    declare(seat, interest_in=linked)
    share(evaluation)
    others = [one for one in evaluation.scorers(LOCAL) if one is not seat]
    assert all(linked in own(one) for one in others)
    decide_about(evaluation, seat, linked, MitigationOutcome.NOTHING)
    assert set(spread(evaluation, LOCAL).values()) == {2}
    seat = others[1]
    waiting = own(seat)[0]
    score_own(others[0], submit=False)
    declare(seat, interest_in=waiting)
    assert seat.member.alias in waiting_for(seat.work)
    assert short_of(seat.work) == [], "it is still theirs"
    decide_about(evaluation, seat, waiting, MitigationOutcome.CONDITIONS)
    assert waiting in own(seat)


def two_lots(young_people: int = 2) -> Evaluation:
    """Two lots with two bids each and three people on the local panel, who have all declared."""
    itt = published_in_lots(2)
    for lot in (*itt.lots, *itt.lots):
        submitted_bid(itt, lot=lot)
    close_now(itt)
    open_itt(itt)
    return scoring_itt(itt=itt, professionals=3, young_people=young_people)


@pytest.mark.parametrize("begun", [False, True])
def test_whoever_leaves_a_lot_passes_its_bids_on(begun: bool) -> None:
    """Its bids go to the others, they keep the bids of the other lot, and the panel moderates with all of them."""
    evaluation = two_lots()
    share(evaluation)
    chair, member, third = evaluation.scorers(LOCAL)
    linked = next(bid for bid in own(member) if bid.bid.lot_id == evaluation.itt.lots[0].id)
    if begun:
        score_own(third)
    recuse(member, linked, lot_id=linked.bid.lot_id)
    assert set(spread(evaluation, LOCAL).values()) == {2}
    assert {bid.bid.lot.number for bid in own(member)} == {2}
    assert {bid.label for bid in own(chair) if bid.bid.lot.number == 1} == {
        bid.label for bid in evaluation.bids() if bid.bid.lot.number == 1
    }
    for seat in (chair, member, third):
        score_own(seat)
    found = {one.member.id: one for one in progress_of([chair.panel.id])[chair.panel.id]}
    assert {found[seat.member.id].submitted for seat in (chair, member, third)} == {
        len(own(chair)),
        len(own(member)),
        len(own(third)),
    }
    start(evaluation, LOCAL)
    assert chair.work.status.value == "moderating"


@pytest.mark.parametrize("submitted", [False, True])
def test_of_a_pair_whoever_stays_in_a_lot_has_its_bids(submitted: bool) -> None:
    """Nothing of what a pair has is given to anybody else when one of them leaves a lot."""
    evaluation = two_lots(young_people=4)
    first, second, third, fourth = evaluation.scorers(YOUNG)
    panel, by = work(evaluation, YOUNG), evaluation.moderator(YOUNG).actor
    groups = {first.member.id: "Group 1", second.member.id: "Group 1"}
    pair_up(work=panel, groups=groups, actor=by, now=clock.now())
    share(evaluation, YOUNG)
    theirs, others = {bid.label for bid in own(first)}, [{bid.label for bid in own(seat)} for seat in (third, fourth)]
    for seat in (first, third, fourth):
        score_own(seat, submit=submitted)
    linked = own(first)[0]
    recuse(first, linked, lot_id=linked.bid.lot_id)
    assert {bid.label for bid in own(second)} == theirs
    assert [{bid.label for bid in own(seat)} for seat in (third, fourth)] == others
    assert short_of(panel) == []
    if not submitted:
        for seat in (second, third, fourth):
            score_own(seat)
    assert waiting_for(panel) == []
    assert {spread.count for spread in spreads_of(panel.panel_id).values()} == {2}


def test_what_nobody_can_take_stops_the_moderation_until_it_is_shared_out_again() -> None:
    """With a limit that no longer reaches, the panel says so; a higher one gives what is missing."""
    evaluation = scoring_itt(4, professionals=3)
    share(evaluation, most=3)
    first = evaluation.scorers(LOCAL)[0]
    score_own(first)
    gone = next(seat for seat in evaluation.scorers(LOCAL)[1:] if seat.member.role is not MemberRole.CHAIR)
    remove_panel_member(itt=evaluation.itt, member=gone.member, actor=evaluation.commissioner, now=clock.now())
    assert len(short_of(first.work)) == 2
    for seat in evaluation.scorers(LOCAL):
        score_own(seat)
    chair = evaluation.moderator(LOCAL)
    with pytest.raises(WrongState, match="2 bids have too few members who score"):
        start_moderation(work=chair.work, actor=chair.actor, now=clock.now())
    share(evaluation, most=4)
    for seat in evaluation.scorers(LOCAL):
        score_own(seat)
    start_moderation(work=chair.work, actor=chair.actor, now=clock.now())


def test_numbers_that_do_not_go_together_are_refused() -> None:
    """Each refusal names the field and what would do."""
    evaluation = shared_itt()
    for least, most, field, words in (
        (1, 4, "least", "2 members at the least"),
        (4, 4, "least", "3 members of this panel can score"),
        (2, 2, "most", "somebody has to score 3 at the least"),
    ):
        with pytest.raises(InvalidInput, match=words) as refused:
            share(evaluation, least=least, most=most)
        assert refused.value.field == field


def test_only_a_commissioner_shares_out_and_only_before_scoring() -> None:
    """A stranger and a member cannot; nor can anybody once a whole panel has begun, or an averaging one at all."""
    evaluation = scoring_itt(2)
    chair = evaluation.moderator(LOCAL)
    for stranger in (chair.actor, actor_of(make_person())):
        with pytest.raises(NotFound):
            share(evaluation, by=stranger, most=2)
    approver = actor_of(make_person(Role.APPROVER, authority=evaluation.itt.authority))
    with pytest.raises(NotAllowed):
        share(evaluation, by=approver, most=2)
    score_own(chair, submit=False)
    with pytest.raises(WrongState, match="has begun to score every bid"):
        share(evaluation, most=2)
    # The database keeps a published method; only what is in memory says otherwise here.
    set_committed_value(evaluation.seats[YOUNG][0].panel, "combine", Combination.MEAN)
    with pytest.raises(WrongState, match="averaged"):
        share(evaluation, YOUNG, most=2)


def test_a_panel_that_is_not_shared_out_scores_as_a_whole() -> None:
    """Everybody owes every bid, and it says so."""
    evaluation = scoring_itt(2)
    panel_id = evaluation.seats[LOCAL][0].panel.id
    for found in progress_of([panel_id])[panel_id]:
        assert found.asked == 2
    assert short_of(work(evaluation, LOCAL)) == []


def test_a_commissioner_shares_out_on_a_page(client: CheckedClient) -> None:
    """The page begins with numbers that are possible, says what is not beside its field, and then who has how many."""
    evaluation = scoring_itt(4, professionals=3)
    person, panel = make_commissioner(evaluation.itt.authority), evaluation.seats[LOCAL][0].panel
    sign_in(client, db.session.get_one(User, person.user_id))
    panels = f"/commissioning/itts/{evaluation.itt.reference}/panels"
    assert f"{panels}/{panel.id}/sharing" in client.get(panels).text
    page = client.get(f"{panels}/{panel.id}/sharing").text
    assert 'name="least"' in page
    assert 'value="3"' in page
    refused = post(client, f"{panels}/{panel.id}/sharing", {"least": "2", "most": "2"})
    assert refused.status_code == 422
    assert "somebody has to score 3 at the least" in refused.text
    assert post(client, f"{panels}/{panel.id}/sharing", {"least": "2", "most": "3"}).status_code == 302
    assert "Share out again" in client.get(f"{panels}/{panel.id}/sharing").text
    assert set(spread(evaluation, LOCAL).values()) == {2}
