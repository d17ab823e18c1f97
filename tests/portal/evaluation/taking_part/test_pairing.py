"""Young people who score together: one scorecard that counts once, everybody there, and each alone later."""

from __future__ import annotations

import pytest
from flask import current_app

from portal.accounts.cards import use_card
from portal.accounts.throttling import Origin
from portal.audit.queries import events_of
from portal.core import clock
from portal.core.errors import InvalidInput, NotAllowed, WrongState
from portal.evaluation.consenting import asked_for
from portal.evaluation.declaring import Interest, declare_interest
from portal.evaluation.moderation import waiting_for
from portal.evaluation.panels import issue_sitting_card
from portal.evaluation.queries import agreed_scores, opinions_of, scorecards_of, spreads_of
from portal.evaluation.removing import decide_panel_removal, propose_panel_removal
from portal.evaluation.scoring import save_score
from portal.evaluation.scoring_input import case_for
from portal.evaluation.taking_part.pairing import mates_of, pair_up
from tests.client import CheckedClient
from tests.factories.accounts import sign_in
from tests.factories.evaluation import (
    LOCAL,
    PARENTS,
    YOUNG,
    Evaluation,
    Seat,
    agree_all,
    score_all,
    scoring_itt,
    start,
)
from tests.factories.tendering import make_commissioner
from tests.filling import errors_of, fill, text_of

pytestmark = pytest.mark.usefixtures("db_session")
PIN = "4719"


@pytest.fixture
def evaluation() -> Evaluation:
    """One bid; three young people, the first two of whom score together."""
    made = scoring_itt(1, young_people=3)
    first, second, _ = made.scorers(YOUNG)
    pair(made, first, second)
    return made


def pair(evaluation: Evaluation, *seats: Seat, by: Seat | None = None) -> None:
    """Write down that these, and nobody else, score together."""
    by = by or evaluation.moderator(YOUNG)
    groups = {seat.member.id: "Group 1" for seat in seats}
    pair_up(work=by.work, groups=groups, actor=by.actor, now=clock.now())


def save(evaluation: Evaluation, seat: Seat) -> None:
    """Save one score."""
    save_score(
        work=seat.work,
        bid_id=evaluation.bids()[0].bid_id,
        criterion="our-voice",
        score="4",
        reason="They ask us.",
        actor=seat.actor,
        now=clock.now(),
    )


def test_a_pair_has_one_scorecard_that_counts_once(evaluation: Evaluation) -> None:
    """The other one cannot give marks of their own; the panel waits for two units, and the record names both (Y-10)."""
    first, second, third = evaluation.scorers(YOUNG)
    with pytest.raises(NotAllowed, match=f"together with {first.member.alias}"):
        save(evaluation, second)
    for seat in (first, third):
        score_all(evaluation, seat)
    assert waiting_for(first.work) == []
    bid = evaluation.bids()[0].bid_id
    assert {spread.count for spread in spreads_of(first.panel.id).values()} == {2}
    named = {opinion.alias for opinions in opinions_of(first.panel.id, bid).values() for opinion in opinions}
    assert named == {f"{first.member.alias} and {second.member.alias}", third.member.alias}
    given = [one for one in case_for(evaluation.itt, evaluation.itt.lots[0])["scores"] if one["panel"] == YOUNG]
    assert {one["member"] for one in given} == {str(first.member.id), str(third.member.id)}


def test_they_moderate_each_for_themselves(evaluation: Evaluation) -> None:
    """Three heads are asked for consent where two scorecards were submitted (Y-10)."""
    first, second, third = evaluation.scorers(YOUNG)
    for key in (LOCAL, YOUNG, PARENTS):
        for seat in evaluation.scorers(key):
            if seat is not second:
                score_all(evaluation, seat)
    start(evaluation, YOUNG)
    agree_all(evaluation, YOUNG, consenting=False)
    asked = asked_for(first.work, *agreed_scores(first.panel.id).values())[0]
    assert {member.id for member in asked.needed.of} == {seat.member.id for seat in (first, second, third)}
    with pytest.raises(WrongState):
        pair(evaluation, second, third)


def test_pairs_are_made_before_anybody_scores(evaluation: Evaluation) -> None:
    """A group of one is none, and whoever has saved a score stays as they are; before that they can part."""
    first, second, third = evaluation.scorers(YOUNG)
    with pytest.raises(InvalidInput) as refused:
        pair(evaluation, first)
    assert refused.value.field == f"group-{first.member.id}"
    pair(evaluation)
    assert list(mates_of(first.member)) == []
    pair(evaluation, first, second, third)
    assert len(mates_of(first.member)) == 2
    save(evaluation, first)
    with pytest.raises(InvalidInput, match="saved a score already"):
        pair(evaluation, first, second)
    with pytest.raises(NotAllowed):
        pair(evaluation, first, by=first)


def test_nothing_is_scored_before_everybody_of_the_pair_is_ready() -> None:
    """Each takes part and declares with their own card first."""
    evaluation = scoring_itt(1, declared=False)
    first, second = evaluation.scorers(YOUNG)
    pair(evaluation, first, second)
    none = {bid.bid_id: Interest(has_interest=False) for bid in evaluation.bids()}
    declare_interest(work=first.work, answers=none, actor=first.actor, now=clock.now())
    with pytest.raises(NotAllowed, match=f"First {second.member.alias}"):
        save(evaluation, first)
    declare_interest(work=second.work, answers=none, actor=second.actor, now=clock.now())
    save(evaluation, first)


def test_whoever_stays_keeps_what_both_gave(evaluation: Evaluation) -> None:
    """The one with the scorecards is taken off: the other has the same marks, submitted, and counts once as before."""
    first, second, third = evaluation.scorers(YOUNG)
    for seat in (first, third):
        score_all(evaluation, seat)
    before = {spread.count for spread in spreads_of(first.panel.id).values()}
    propose_panel_removal(
        itt=evaluation.itt,
        member=first.member,
        reason="They have moved away, and will not come back.",
        actor=evaluation.commissioner,
        now=clock.now(),
    )
    decide_panel_removal(
        itt=evaluation.itt,
        member=first.member,
        agreed=True,
        actor=make_commissioner(evaluation.itt.authority),
        now=clock.now(),
    )
    assert {spread.count for spread in spreads_of(first.panel.id).values()} == before == {2}
    (card,) = scorecards_of(second.member.id).values()
    assert (card.status.value, waiting_for(second.work)) == ("submitted", [])
    assert "pair_parted" in {event.kind for event in events_of(evaluation.itt.id)}


def test_a_pair_over_http(client: CheckedClient) -> None:
    """Written down by the facilitator; one opens the questions once the other has typed their own PIN there."""
    evaluation = scoring_itt(1)
    first, second = evaluation.scorers(YOUNG)
    keys = current_app.extensions["keys"]
    facilitator = evaluation.moderator(YOUNG)
    _, card = issue_sitting_card(
        work=second.work, member_id=second.member.id, actor=facilitator.actor, keys=keys, now=clock.now()
    )
    use_card(code=card.code, pin=PIN, again=PIN, origin=Origin("192.0.2.1"), keys=keys, now=clock.now())
    sign_in(client, facilitator.user)
    cards = f"/panel/{first.panel.id}/cards"
    assert f"{cards}/pairs" in client.get(cards).text
    chosen = {f"group-{seat.member.id}": "Group 1" for seat in (first, second)}
    assert fill(client, f"{cards}/pairs", chosen).location == cards
    assert f"With {first.member.alias}" in text_of(client.get(cards))
    sign_in(client, second.user)
    assert client.get("/panel/sitting").location == "/panel/sitting/together"
    assert f"Go to {first.member.alias}" in text_of(client.get("/panel/sitting/together"))
    sign_in(client, first.user)
    assert client.get("/panel/sitting/questions/1").location == "/panel/sitting/together"
    assert client.get("/panel/sitting/check").location == "/panel/sitting/together"
    box = f"pin-{second.member.id}"
    assert errors_of(fill(client, "/panel/sitting/together", {box: "1234"}))[0].startswith("That is not your PIN.")
    assert fill(client, "/panel/sitting/together", {box: PIN}).location == "/panel/sitting"
    assert f"{first.member.alias} and {second.member.alias}" in text_of(client.get("/panel/sitting"))
    assert client.get("/panel/sitting/questions/1").status_code == 200
    sign_in(client, first.user)
    assert client.get("/panel/sitting/questions/1").location == "/panel/sitting/together"
