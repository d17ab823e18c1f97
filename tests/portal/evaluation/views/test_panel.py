"""The panel's desk over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import select

from portal.audit.queries import events_of
from portal.bidding.models import OpenedBid
from portal.core import clock
from portal.core.permissions import Role
from portal.editing.comparing import write_loaded
from portal.evaluation.models import ModeratedScore, Score
from portal.extensions import db
from tests.client import CheckedClient
from tests.factories.accounts import make_person, sign_in
from tests.factories.bidding import POLICY_TEXT
from tests.factories.evaluation import (
    AGREED_REASON,
    LOCAL,
    MEETING,
    WHY_NOT,
    YOUNG,
    declare,
    leave_waiting,
    moderating_itt,
    score_all,
    scoring_itt,
)
from tests.filling import text_of
from tests.portal.evaluation.views.posting import post

NewClient = Callable[[], CheckedClient]


def test_nothing_of_a_bid_is_seen_before_the_declaration(client: CheckedClient) -> None:
    """Every bid's page leads to the declaration until each bidder is declared for (P-01)."""
    evaluation = scoring_itt(2, declared=False)
    seat, bids = evaluation.seats[LOCAL][1], evaluation.bids()
    sign_in(client, seat.user)
    base = f"/panel/{seat.panel.id}"
    for bid in bids:
        answer = client.get(f"{base}/bids/{bid.bid_id}")
        assert (answer.status_code, answer.location) == (302, f"{base}/declare")
    page = client.get(f"{base}/declare").get_data(as_text=True)
    assert all(bid.bid.provider.name in page for bid in bids)
    half = post(client, f"{base}/declare", data={f"interest-{bids[0].bid_id}": "no"})
    assert half.status_code == 422
    assert f"Say whether you have an interest in {bids[1].bid.provider.name}." in half.get_data(as_text=True)
    done = post(client, f"{base}/declare", data={f"interest-{bid.bid_id}": "no" for bid in bids})
    assert done.location == base
    assert client.get(f"{base}/bids/{bids[0].bid_id}").status_code == 200


def test_an_interest_closes_its_bid_and_stepping_back_the_panel_at_once(client: CheckedClient) -> None:
    """The next request finds neither panel nor bid, nor a way to score or moderate (P-02)."""
    evaluation = scoring_itt(2, declared=False)
    seat, bids = evaluation.seats[LOCAL][1], evaluation.bids()
    sign_in(client, seat.user)
    base = f"/panel/{seat.panel.id}"
    data = {f"interest-{bid.bid_id}": "no" for bid in bids}
    data |= {f"interest-{bids[0].bid_id}": "yes", f"detail-{bids[0].bid_id}": "I worked there until June."}
    refused = text_of(post(client, f"{base}/declare", data=data))
    assert f"Choose what kind of link you have with {bids[0].bid.provider.name}." in refused
    assert "I worked there until June." in refused
    data[f"kind-{bids[0].bid_id}"] = "working"
    assert post(client, f"{base}/declare", data=data).location == base
    assert client.get(f"{base}/bids/{bids[0].bid_id}").status_code == 409
    assert client.get(f"{base}/bids/{bids[1].bid_id}").status_code == 200
    assert "two people of the council decide what follows" in text_of(client.get(base))
    assert post(client, f"{base}/step-back", data={"extent": "whole"}).location == "/panel/stepped-back"
    assert client.get("/panel/stepped-back").status_code == 200
    for path in ("", "/declare", f"/bids/{bids[1].bid_id}", "/submit", "/moderate"):
        assert client.get(base + path).status_code in (403, 404)
    assert post(client, f"{base}/bids/{bids[1].bid_id}", data={"score-outcomes": "1"}).status_code in (403, 404)


def test_a_panel_reads_its_own_questions_and_never_a_price_or_a_name(client: CheckedClient) -> None:
    """The page has the panel's answers only; price, bidder and other panels' answers are not in it (Y-05)."""
    evaluation = scoring_itt(1, prices=("187654",))
    seat, bid = evaluation.seats[LOCAL][1], evaluation.bids()[0]
    name = bid.bid.provider.name
    sign_in(client, seat.user)
    page = client.get(f"/panel/{seat.panel.id}/bids/{bid.bid_id}").get_data(as_text=True)
    assert "would listen first. (safeguarding)" in page
    for hidden in ("(our-voice)", "(parents-view)", "187654", "187,654", name, bid.bid.reference):
        assert hidden not in page


def test_reading_a_bid_is_recorded_although_the_page_is_only_read(client: CheckedClient) -> None:
    """Each reading leaves an entry with the version that was read (P-12)."""
    evaluation = scoring_itt(1)
    seat, bid = evaluation.seats[LOCAL][1], evaluation.bids()[0]
    sign_in(client, seat.user)
    client.get(f"/panel/{seat.panel.id}/bids/{bid.bid_id}")
    event = events_of(evaluation.itt.id)[-1]
    assert (event.kind, event.actor_id, event.object_id) == ("bid_file_viewed", seat.user.id, bid.bid_id)
    assert (event.data["what"], event.data["version"]) == ("answers", str(bid.version_id))


def test_a_file_comes_as_an_attachment_and_is_recorded(client: CheckedClient) -> None:
    """Unsealed bytes, never run by the browser; another panel's member does not find it (P-12)."""
    evaluation = scoring_itt(1)
    seat, bid = evaluation.seats[LOCAL][1], evaluation.bids()[0]
    quality = db.session.scalars(select(OpenedBid.quality)).one()
    assert quality is not None
    entry = quality["files"][0]
    sign_in(client, seat.user)
    answer = client.get(f"/panel/{seat.panel.id}/bids/{bid.bid_id}/files/{entry['id']}")
    assert answer.get_data() == POLICY_TEXT
    assert answer.headers["Content-Disposition"] == "attachment; filename=policy.txt"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    event = events_of(evaluation.itt.id)[-1]
    assert (event.data["what"], event.data["sha256"]) == ("file", entry["sha256"])
    assert "policy.txt" not in str(event.data)
    parents = evaluation.moderator("parents")
    sign_in(client, parents.user)
    path = f"/panel/{parents.panel.id}/bids/{bid.bid_id}/files/{entry['id']}"
    assert client.get(path).status_code == 404


def test_scores_are_saved_as_they_come_and_bad_ones_lose_nothing(client: CheckedClient) -> None:
    """A half-filled page is kept; a score off the scale is refused with everything still typed in."""
    evaluation = scoring_itt(1)
    seat, bid = evaluation.seats[LOCAL][1], evaluation.bids()[0]
    sign_in(client, seat.user)
    path = f"/panel/{seat.panel.id}/bids/{bid.bid_id}"
    assert post(client, path, data={"score-outcomes": "4", "reason-outcomes": "Clear aims."}).status_code == 302
    bad = post(client, path, data={"score-outcomes": "9", "reason-outcomes": "Even clearer aims."})
    assert bad.status_code == 422
    text = bad.get_data(as_text=True)
    assert "Choose a score on the published scale: 0 to 5 in steps of 1." in text
    assert "Even clearer aims." in text
    assert [(str(s.score), s.reason) for s in db.session.scalars(select(Score))] == [("4.000", "Clear aims.")]


def test_others_scores_stay_hidden_until_the_panel_moderates(client: CheckedClient) -> None:
    """While others have still to submit, neither board nor cell nor the chair's overview shows a score (P-04)."""
    evaluation = scoring_itt(1)
    chair, member = evaluation.seats[LOCAL]
    score_all(evaluation, chair)
    bid = evaluation.bids()[0]
    for seat in (chair, member):
        sign_in(client, seat.user)
        base = f"/panel/{seat.panel.id}"
        assert client.get(f"{base}/moderate").status_code == 409
        assert client.get(f"{base}/moderate/{bid.bid_id}/outcomes").status_code == 409
    assert "The answer says who does what" not in client.get(base).get_data(as_text=True)


def test_submitted_scores_cannot_be_posted_over(client: CheckedClient) -> None:
    """A stale tab and a replayed request are refused (P-05)."""
    evaluation = scoring_itt(1)
    seat = evaluation.seats[LOCAL][1]
    score_all(evaluation, seat, submit=False)
    sign_in(client, seat.user)
    base = f"/panel/{seat.panel.id}"
    assert client.get(f"{base}/submit").status_code == 200
    told = post(client, f"{base}/submit")
    assert (told.status_code, "The same reason stands in 3 places" in text_of(told)) == (422, True)
    assert post(client, f"{base}/submit", data={"same_words": "1"}).location == base
    path = f"{base}/bids/{evaluation.bids()[0].bid_id}"
    assert post(client, path, data={"score-outcomes": "0", "reason-outcomes": "x"}).status_code == 409
    assert {str(score) for score in db.session.scalars(select(Score.score))} == {"5.000"}


def test_the_chair_moderates_to_the_end(client: CheckedClient) -> None:
    """Start, agree every cell, close with the record of the meeting."""
    evaluation = scoring_itt(1)
    for seat in evaluation.scorers(LOCAL):
        score_all(evaluation, seat)
    chair, bid = evaluation.moderator(LOCAL), evaluation.bids()[0]
    sign_in(client, chair.user)
    base = f"/panel/{chair.panel.id}"
    here = {"present": [str(seat.member.id) for seat in evaluation.seats[LOCAL]]}
    assert post(client, f"{base}/start", data=here).location == f"{base}/moderate"
    places = [f"{base}/moderate/{bid.bid_id}/{key}" for key in ("safeguarding", "outcomes", "working-together")]
    for place, following in zip(places, [*places[1:], f"{base}/moderate"], strict=True):
        page = client.get(place).get_data(as_text=True)
        assert "gave 5" in page
        assert "checked" not in page
        assert post(client, place, data={"score": "4", "reason": "Too short"}).status_code == 422
        done = post(client, place, data={"score": "5", "reason": f"{AGREED_REASON} {place}", **WHY_NOT})
        assert done.location == following
    unseen = {"loaded": write_loaded({"score": "", "reason": ""})}
    stale = post(client, places[0], data={"score": "1", "reason": AGREED_REASON} | unseen)
    assert stale.status_code == 409
    assert "changed this, after you had opened the page. It is now: 5" in text_of(stale)
    today = clock.today()
    met = {"met_first-day": str(today.day), "met_first-month": str(today.month), "met_first-year": str(today.year)}
    assert post(client, f"{base}/close", data={"meeting_record": "short", **met}).status_code == 422
    assert post(client, f"{base}/close", data={"meeting_record": MEETING}).status_code == 422
    assert post(client, f"{base}/close", data={"meeting_record": MEETING, **met}).location == f"{base}/moderate"
    assert [str(score) for score in db.session.scalars(select(ModeratedScore.score))] == ["5.000"] * 3


def test_moderation_cannot_start_too_early(client: CheckedClient) -> None:
    """The page says who has still to submit."""
    evaluation = scoring_itt(1)
    chair, member = evaluation.seats[LOCAL]
    score_all(evaluation, chair)
    sign_in(client, chair.user)
    answer = post(client, f"/panel/{chair.panel.id}/start")
    assert answer.status_code == 409
    assert member.member.alias in answer.get_data(as_text=True)


def test_the_facilitator_sees_progress_and_no_score_before_the_moderation(client: CheckedClient) -> None:
    """How many answers are saved, never which; a card's code is on the page once (Y-04)."""
    evaluation = scoring_itt(1)
    facilitator, young = evaluation.moderator(YOUNG), evaluation.scorers(YOUNG)[0]
    score_all(evaluation, young, give=lambda number, key: 2, submit=False)
    sign_in(client, facilitator.user)
    base = f"/panel/{facilitator.panel.id}"
    page = client.get(f"{base}/cards").get_data(as_text=True)
    assert "2 of 2" in page
    assert "The answer says who does what" not in page
    issued = post(client, f"{base}/cards/{young.member.id}").get_data(as_text=True)
    assert young.member.alias in issued
    posted = post(client, f"{base}/bids/{evaluation.bids()[0].bid_id}", data={"score-our-voice": "5"})
    assert posted.status_code == 403


def test_strangers_find_nothing(new_client: NewClient) -> None:
    """A provider, a commissioner without a seat, another panel's chair, and nobody at all (A, Y-02)."""
    evaluation = scoring_itt(1)
    panel_id = evaluation.seats[YOUNG][0].panel.id
    paths = [f"/panel/{panel_id}{end}" for end in ("", "/cards", "/moderate", "/declare")]
    for person, statuses in (
        (make_person(Role.SUBMITTER), {403}),
        (make_person(Role.COMMISSIONER), {403}),
        (evaluation.moderator(LOCAL).user, {403, 404}),
    ):
        somebody = new_client()
        sign_in(somebody, person)
        assert {somebody.get(path).status_code for path in paths} <= statuses
    assert {new_client().get(path).status_code for path in paths} == {302}


@pytest.mark.parametrize("page", ["", "/moderate", "/cards"])
def test_pages_cost_the_same_with_one_bid_and_with_three(
    client: CheckedClient, count_statements: Callable[[], AbstractContextManager[list[str]]], page: str
) -> None:
    """The number of SQL statements does not grow with bids and members."""
    counts = []
    for bids, people in ((1, 2), (3, 4)):
        evaluation = moderating_itt(bids, young_people=people)
        facilitator = evaluation.moderator(YOUNG)
        sign_in(client, facilitator.user)
        with count_statements() as statements:
            assert client.get(f"/panel/{facilitator.panel.id}{page}").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_the_list_of_panels_names_what_is_to_do(client: CheckedClient) -> None:
    """Waiting, to declare, to score, to moderate: each with its next step."""
    evaluation = scoring_itt(1, declared=False)
    seat = evaluation.seats[LOCAL][0]
    sign_in(client, seat.user)
    assert "Declare your interests" in client.get("/panel").get_data(as_text=True)
    declare(seat)
    assert "Read and score" in client.get("/panel").get_data(as_text=True)


def test_the_desk_of_a_panel_says_what_waits_for_a_consent(client: CheckedClient) -> None:
    """For the member whose consent it is, and for the facilitator of young people; not for whoever wrote it down."""
    evaluation = moderating_itt(1)
    leave_waiting(evaluation)
    chair, member = evaluation.seats[LOCAL]
    for user, words in (
        (chair.user, "no"),
        (member.user, "1 agreed score waits for your consent."),
        (evaluation.moderator(YOUNG).user, "1 agreed score waits for the young people"),
    ):
        sign_in(client, user)
        shown = text_of(client.get("/panel"))
        assert words in shown if words != "no" else "agreed score waits" not in shown
