"""A lot that goes to several bidders, each with a place by its rank."""

from __future__ import annotations

import json

import pytest
from flask import current_app

from portal.audit.kinds import EventKind
from portal.awarding.allocating import Tied
from portal.awarding.models import AwardDecision
from portal.awarding.queries import decision_in_force, summaries_of
from portal.awarding.states import DecisionStatus, PlaceStatus
from portal.contracts.queries import places_to_sign
from portal.core import clock
from portal.core.errors import Conflict, WrongState
from portal.core.permissions import Role
from portal.ending.setting_aside import propose_empty_place, propose_withdrawal
from portal.notices.publisher import publisher
from portal.tendering.method import method_for
from portal.tendering.states import IttStatus
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.awarding import (
    Award,
    announce,
    decided_award,
    let_standstill_pass,
    proposed_award,
    publish_of,
    ready_with_places,
)
from tests.factories.contracts import conclude
from tests.factories.evaluation import result_of
from tests.factories.notices import place
from tests.factories.setting_aside import WHY, agree
from tests.factories.tendering import make_commissioner, settle_interests

pytestmark = pytest.mark.usefixtures("db_session")


def ranking(award: Award) -> list[str]:
    """The references of the bids, the best first."""
    return [entry["bid"] for entry in result_of(award.itt).outcome["ranking"]]


def placed(decision: AwardDecision) -> dict[int, str]:
    """Which bid has which place."""
    return {place.place: place.bid.reference for place in decision.places}


def signable() -> Award:
    """An announced award of two places, its standstill over."""
    award = decided_award(ready_with_places())
    announce(award)
    let_standstill_pass(award)
    return award


def withdraw(award: Award, place: int) -> None:
    """Let the bidder of a place withdraw, by two people."""
    actor = make_commissioner(award.itt.authority)
    left = next(held for held in award.decision.places if held.place == place)
    agree(propose_withdrawal(place=left, actor=actor, reason=WHY, now=clock.now()))


def test_places_follow_the_ranking() -> None:
    """One decision of two people awards all places; the method says how many there are."""
    award = decided_award(ready_with_places())
    first, second, *_ = ranking(award)
    assert placed(award.decision) == {1: first, 2: second}
    assert method_for(award.itt.lots[0])["winners"] == 2
    assert award.itt.status is IttStatus.AWARDED


def test_fewer_bids_than_places_leave_nothing_open() -> None:
    """Two bids for three places: both are awarded, and the procurement goes on."""
    award = decided_award(ready_with_places(3, n_bids=2))
    assert (list(placed(award.decision)), award.itt.status) == ([1, 2], IttStatus.AWARDED)


def test_a_tie_for_a_place_is_drawn_first() -> None:
    """The second and the third bid are equal, and one of them gets place 2."""
    scores = {1: 5, 2: 4, 3: 4}
    itt = ready_with_places(n_bids=3, give=lambda number, _key: scores[number], step=0)
    with pytest.raises(Tied):
        proposed_award(itt)


def test_each_bidder_is_told_of_all_winners() -> None:
    """A loser reads the marks of both beside its own; a winner its own place and no marks of the other."""
    award = decided_award(ready_with_places())
    told = {summary.bid.reference: summary.document for summary in summaries_of(award.decision.id)}
    first, second, third, _ = ranking(award)
    assert [told[bid]["place"] for bid in (first, second, third)] == [1, 2, None]
    names = [place.bid.provider.name for place in award.decision.places]
    assert [one["name"] for one in told[third]["winners"]] == names
    assert {len(node["winning_marks"]) for node in told[third]["criteria"]} == {2}
    totals = [told[bid]["own"]["total"] for bid in (first, second)]
    assert told[third]["why"][0].endswith(f"the winning bids have {totals[0]} and {totals[1]}.")
    assert told[second]["why"][0].startswith("Your bid came second under the published method")


def test_the_summary_shows_each_place(client: CheckedClient) -> None:
    """A loser's page has a table of marks beside every winner; a winner's says which place it has."""
    award = decided_award(ready_with_places())
    for summary in summaries_of(award.decision.id):
        sign_in(client, make_person(Role.CONTRIBUTOR, provider=summary.provider))
        page = " ".join(client.get(f"/provider/summaries/{summary.reference}").text.split())
        place = summary.document["place"]
        assert (f"You have place {place}." in page) is (place is not None)
        assert [f"beside place {number}:" in page for number in (1, 2)] == [place is None] * 2


def test_the_notice_has_an_award_for_each() -> None:
    """Every supplier with its own value and identifier, both awaiting their contracts."""
    award = decided_award(ready_with_places())
    release = json.loads(announce(award).text)
    assert [one["id"] for one in release["awards"]] == [
        f"{award.itt.reference}-award-1",
        f"{award.itt.reference}-award-1-place-2",
    ]
    assert [one["suppliers"][0]["name"] for one in release["awards"]] == [
        place.bid.provider.name for place in award.decision.places
    ]
    assert [one["value"]["amount"] for one in release["awards"]] == [100_000, 101_000]
    assert [one["status"] for one in release["awards"]] == ["pending", "pending"]


def test_each_signs_a_contract_of_its_own() -> None:
    """In any order; with the last the procurement is under contract."""
    award = signable()
    second = conclude(award, place=2)
    assert award.itt.status is IttStatus.AWARDED
    with pytest.raises(Conflict):
        conclude(award, place=2)
    first = conclude(award, place=1)
    assert award.itt.status is IttStatus.CONTRACTED
    assert [first.provider_id, second.provider_id] == [place.bid.provider_id for place in award.decision.places]


def test_a_place_that_is_left_goes_to_the_next() -> None:
    """The others stand and can be signed meanwhile; whoever takes it has a summary, a notice and a standstill."""
    award = signable()
    first, second, third, fourth = ranking(award)
    withdraw(award, 1)
    assert (award.decision.status, award.itt.status) == (DecisionStatus.DECIDED, IttStatus.MODERATED)
    conclude(award, place=2)
    new = decided_award(award.itt)
    assert (placed(new.decision), new.decision.number) == ({1: third}, 2)
    assert {one.bid.reference for one in summaries_of(new.decision.id)} == {first, third, fourth}
    documents = {one.bid.reference: one.document for one in summaries_of(new.decision.id)}
    assert [one["place"] for one in documents[fourth]["winners"]] == [1, 2]
    assert "You withdrew from the award." in documents[first]["why"]
    release = json.loads(announce(new).text)
    statuses = {one["id"].removeprefix(award.itt.reference): one["status"] for one in release["awards"]}
    assert statuses == {"-award-1": "cancelled", "-award-1-2": "pending"}
    let_standstill_pass(new)
    conclude(new, place=1)
    assert (award.itt.status, second) == (IttStatus.CONTRACTED, placed(award.decision)[2])


def test_a_place_can_stay_empty() -> None:
    """By two people, with a reason; what is signed then is all there is."""
    award = signable()
    conclude(award, place=1)
    withdraw(award, 2)
    actor = make_commissioner(award.itt.authority)
    left = award.decision.places[1]
    with pytest.raises(WrongState, match="not vacant"):
        propose_empty_place(place=award.decision.places[0], actor=actor, reason=WHY, now=clock.now())
    agree(propose_empty_place(place=left, actor=actor, reason=WHY, now=clock.now()))
    assert (left.status, award.itt.status) == (PlaceStatus.LEFT_EMPTY, IttStatus.CONTRACTED)
    with pytest.raises(WrongState):
        propose_empty_place(place=left, actor=actor, reason=WHY, now=clock.now())


def test_the_open_data_say_that_nobody_has_the_empty_place() -> None:
    """With the next notice of the lot: no notice is due for the place itself."""
    award = signable()
    withdraw(award, 2)
    actor = make_commissioner(award.itt.authority)
    agree(propose_empty_place(place=award.decision.places[1], actor=actor, reason=WHY, now=clock.now()))
    conclude(award, place=1)
    by = publisher(current_app.config["SETTINGS"])
    notice = publish_of(award.itt, EventKind.CONTRACT_CONCLUDED) or place(award.itt, publisher=by, now=clock.now())
    statuses = {one["id"].removeprefix(award.itt.reference): one["status"] for one in json.loads(notice.text)["awards"]}
    assert statuses == {"-award-1-place-2": "cancelled", "-award-1": "active"}


def test_with_the_last_of_them_the_award_falls() -> None:
    """Both withdraw: the lot waits for a new award of all its places, to those who are left."""
    award = decided_award(ready_with_places())
    for number in (1, 2):
        withdraw(award, number)
    assert (award.decision.status, decision_in_force(award.itt.lots[0].id)) == (DecisionStatus.SET_ASIDE, None)
    assert list(placed(decided_award(award.itt).decision).values()) == ranking(award)[2:]


def test_nobody_withdraws_while_an_award_of_the_lot_is_proposed() -> None:
    """What is proposed was worked out with those who hold the other places."""
    award = signable()
    withdraw(award, 1)
    proposed_award(award.itt)
    with pytest.raises(Conflict, match="proposed"):
        withdraw(award, 2)


def test_the_pages_say_who_has_which_place(client: CheckedClient) -> None:
    """The award's page lists the places; the contract's page offers each that is to be signed."""
    award = signable()
    officer = make_person(Role.COMMISSIONER, authority=award.itt.authority)
    sign_in(client, officer)
    page = f"/commissioning/itts/{award.itt.reference}"
    withdrawn, other = award.decision.places
    assert len(places_to_sign(award.itt.id)) == 2
    asked = client.get(f"{page}/contract?award={other.id}").text
    assert ("place 2 of 2" in asked.lower(), withdrawn.called in asked) == (True, True)
    withdraw(award, 1)
    settle_interests(award.itt, actor_of(officer))
    shown = client.get(f"{page}/award").text
    assert "Vacant: its bidder withdrew" in shown
    assert "Propose the award" in shown
    assert "Lot 1, place 1 of 2 stays empty" in client.get(f"{page}/setting-aside").text


def test_one_place_is_no_word_of_the_method() -> None:
    """What was published before keeps its hash: a lot that goes to one says nothing of it."""
    assert "winners" not in method_for(ready_with_places(1, n_bids=1).lots[0])
