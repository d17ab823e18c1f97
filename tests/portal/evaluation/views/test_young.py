"""A young person's sitting over HTTP, as a phone without JavaScript sees it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from bs4 import BeautifulSoup
from flask import current_app
from sqlalchemy import func, select, update

from portal.accounts.models import KeptForm, UserSession
from portal.audit.queries import events_of
from portal.core import clock
from portal.evaluation.models import ModeratedScore
from portal.evaluation.moderation import agree_score
from portal.evaluation.panels import issue_sitting_card
from portal.evaluation.queries import scorecards_of
from portal.evaluation.sittings import sitting_of
from portal.evaluation.states import ScorecardStatus
from portal.extensions import db
from portal.tendering.interests.states import LinkKind, MitigationOutcome
from tests.client import CheckedClient
from tests.factories.accounts import sign_in
from tests.factories.bidding import published_itt
from tests.factories.evaluation import (
    REASON,
    YOUNG,
    agree_all,
    appointed,
    decide_about,
    link_of,
    moderating_itt,
    score_all,
    scoring_itt,
)
from tests.filling import errors_of, fields_of, fill, link_in, sit_down, text_of
from tests.pages import read
from tests.portal.evaluation.views.posting import post

Statements = Callable[[], AbstractContextManager[list[str]]]
NewClient = Callable[[], CheckedClient]


def words(client: CheckedClient, path: str) -> str:
    """What a page says."""
    answer = client.get(path)
    assert answer.status_code == 200
    return BeautifulSoup(answer.get_data(as_text=True), "html.parser").get_text(" ", strip=True)


def test_a_sitting_from_the_card_to_the_thank_you(client: CheckedClient) -> None:
    """Card, welcome, declaration, each question, check, finish: then the scores are locked and the sitting over."""
    evaluation = scoring_itt(2, declared=False)
    facilitator, young = evaluation.moderator(YOUNG), evaluation.scorers(YOUNG)[0]
    keys = current_app.extensions["keys"]
    _, card = issue_sitting_card(
        work=facilitator.work, member_id=young.member.id, actor=facilitator.actor, keys=keys, now=clock.now()
    )
    assert sit_down(client, card.code.lower()).location == "/panel/sitting"
    assert client.get("/panel/sitting").location == "/panel/sitting/begin?next=/panel/sitting"
    begun = fill(client, "/panel/sitting/begin?next=/panel/sitting", {"supporter": "facilitator"})
    assert begun.location == "/panel/sitting"
    assert f"Hello, {young.member.alias}!" in words(client, "/panel/sitting")
    assert evaluation.itt.easy_read in words(client, "/panel/sitting")
    assert client.get("/panel/sitting/questions/1").location == "/panel/sitting/know"
    answers = {f"interest-{bid.bid_id}": "no" for bid in evaluation.bids()}
    assert post(client, "/panel/sitting/know", data=answers).location == "/panel/sitting/questions/1"
    for number in (1, 2, 3, 4):
        assert f"Question {number} of 4" in words(client, f"/panel/sitting/questions/{number}")
        given = post(
            client, f"/panel/sitting/questions/{number}", data={"score": "4", "reason": "It sounds fun.", "go": "next"}
        )
        following = f"questions/{number + 1}" if number < 4 else "check"
        assert given.location == f"/panel/sitting/{following}"
    assert "That is all of them" in words(client, "/panel/sitting/check")
    assert post(client, "/panel/sitting/check").location == "/panel/sitting/thank-you"
    assert "What happens next" in words(client, "/panel/sitting/thank-you")
    cards = scorecards_of(young.member.id).values()
    assert {found.status for found in cards} == {ScorecardStatus.SUBMITTED}
    assert client.get("/panel/sitting").status_code == 302


def test_what_is_read_is_theirs_alone(client: CheckedClient) -> None:
    """No price, no bidder's name, no other panel's answer, no file's name, no other person's score (Y-05)."""
    evaluation = scoring_itt(1, prices=("187654",))
    young, other = evaluation.scorers(YOUNG)
    score_all(evaluation, other, submit=False)
    sign_in(client, young.user)
    page = words(client, "/panel/sitting/questions/1") + words(client, "/panel/sitting/check")
    assert "would listen first. (our-voice)" in page
    bid = evaluation.bids()[0].bid
    hidden = ("187654", "187,654", bid.provider.name, bid.reference, "(safeguarding)", "policy.txt")
    assert [text for text in (*hidden, "who does what", other.member.alias) if text in page] == []
    event = events_of(evaluation.itt.id)[-1]
    assert (event.kind, event.data["criteria"]) == ("bid_file_viewed", ["our-voice"])


def test_going_on_needs_a_face_and_a_word_going_back_does_not(client: CheckedClient) -> None:
    """The message stands beside what is missing and nothing typed is lost; back and later save what there is."""
    evaluation = scoring_itt(1)
    young = evaluation.scorers(YOUNG)[0]
    sign_in(client, young.user)
    path = "/panel/sitting/questions/2"
    for data, message in (
        ({"go": "next", "reason": "I like it."}, "Pick the face that fits best."),
        ({"go": "next", "score": "4"}, "Tell us why. A few words are enough."),
        ({"go": "back", "reason": "I like it."}, "Pick a face as well"),
        ({"go": "next", "score": "4.5", "reason": "I like it."}, "Choose a score on the published scale"),
    ):
        refused = post(client, path, data=data)
        assert refused.status_code == 422
        text = refused.get_data(as_text=True)
        assert message in text
        assert data.get("reason", "") in text
    assert post(client, path, data={"go": "back", "score": "4"}).location == "/panel/sitting/questions/1"
    assert post(client, path, data={"go": "later"}).location == "/panel/sitting/check"
    assert "Say why" in words(client, "/panel/sitting/check")


def test_a_second_sitting_goes_on_where_the_first_one_stopped(client: CheckedClient) -> None:
    """The order stays the same, and the welcome leads to the first question without an answer."""
    evaluation = scoring_itt(2)
    young = evaluation.scorers(YOUNG)[0]
    before = [screen.bid_id for screen in sitting_of(young.work, young.member).screens]
    sign_in(client, young.user)
    for number in (1, 2):
        post(client, f"/panel/sitting/questions/{number}", data={"score": "3", "reason": "OK", "go": "next"})
    post(client, "/sign-out")
    sign_in(client, young.user)
    page = client.get("/panel/sitting").get_data(as_text=True)
    assert "You have done 2 of 4." in page
    assert 'href="/panel/sitting/questions/3"' in page
    assert [screen.bid_id for screen in sitting_of(young.work, young.member).screens] == before


def test_a_sitting_that_is_over_loses_no_word(client: CheckedClient) -> None:
    """The card page says so in their words, never the adults' sign-in; card and PIN bring the words back, not sent."""
    evaluation = scoring_itt(1)
    facilitator, young = evaluation.moderator(YOUNG), evaluation.scorers(YOUNG)[0]
    sign_in(client, young.user)
    path = "/panel/sitting/questions/2"
    held = fields_of(client.get(path)) | {"score": "4", "reason": "It sounds like fun to me.", "go": "next"}
    db.session.execute(update(UserSession).values(expires_at=clock.now()))
    assert client.get("/panel/sitting").location == "/sitting?next=/panel/sitting"
    assert "Your time here was over." in words(client, "/sitting?next=/panel/sitting")
    page = client.post(path, data=held)
    assert page.status_code == 401
    text = text_of(page)
    assert text.count("Your time here was over.") == text.count("Your words are safe for one hour.") == 1
    assert "e-mail" not in text
    keys = current_app.extensions["keys"]
    _, card = issue_sitting_card(
        work=facilitator.work, member_id=young.member.id, actor=facilitator.actor, keys=keys, now=clock.now()
    )
    action = f"/sitting?next={path}"
    opened = sit_down(client, card.code, action, page=page)
    assert opened.location == path
    begin = f"/panel/sitting/begin?next={path}"
    assert client.get(path).location == begin
    assert fill(client, begin, {"supporter": "teacher"}).location == path
    offered = client.get(path)
    assert "It sounds like fun to me." in text_of(offered)
    assert "Nobody has seen it." in text_of(offered)
    action = f"{path}?about={sitting_of(young.work, young.member).screen(2).about}"
    again = client.post(path, data=fields_of(offered, action=action) | {"form_use": "1"})
    sent = client.post(path, data=fields_of(again) | {"go": "next"})
    assert sent.location == "/panel/sitting/check"
    assert [score.reason for score in scorecards_of(young.member.id).popitem()[1].scores] == [held["reason"]]
    assert db.session.scalar(select(func.count(KeptForm.id))) == 0


def test_knowing_one_of_them_leaves_it_out_kindly_until_it_is_decided(client: CheckedClient) -> None:
    """A yes needs a few words; they are thanked, do the others, and finish once it is decided."""
    evaluation = scoring_itt(2, declared=False)
    young, (bid, other) = evaluation.scorers(YOUNG)[0], evaluation.bids()
    sign_in(client, young.user)
    yes = {f"interest-{bid.bid_id}": "family", f"interest-{other.bid_id}": "no"}
    refused = post(client, "/panel/sitting/know", data=yes)
    assert refused.status_code == 422
    assert "Tell us in a few words how you know them." in refused.get_data(as_text=True)
    old = post(client, "/panel/sitting/know", data=yes | {f"interest-{bid.bid_id}": "yes"})
    assert "Choose one answer for this one." in old.get_data(as_text=True)
    done = post(client, "/panel/sitting/know", data=yes | {"detail": "My brother goes there."})
    assert done.location == "/panel/sitting/link"
    assert link_of(young, bid).kind is LinkKind.FAMILY
    assert "You can do the others now." in words(client, "/panel/sitting/link")
    assert "/panel/sitting/help" in client.get("/panel/sitting/link").get_data(as_text=True)
    total = len(sitting_of(young.work, young.member).screens)
    for number in range(1, total + 1):
        post(client, f"/panel/sitting/questions/{number}", data={"score": "3", "reason": "They listen."})
    assert client.get("/panel/sitting/check").location == "/panel/sitting/link"
    assert "There is nothing more to do today." in words(client, "/panel/sitting/link")
    decide_about(evaluation, young, bid, MitigationOutcome.NOTHING)
    assert client.get("/panel/sitting/link").location == "/panel/sitting"
    assert "These still need you" in words(client, "/panel/sitting/check")


def test_the_sitting_is_open_only_while_the_panel_scores(client: CheckedClient) -> None:
    """Before the opening there is a kind page, during moderation what the group agreed, and no question (Y-05)."""
    early = appointed(published_itt()).scorers(YOUNG)[0]
    sign_in(client, early.user)
    assert "You are a bit early" in words(client, "/panel/sitting")
    assert client.get("/panel/sitting/questions/1").location == "/panel/sitting"
    late = moderating_itt(1).scorers(YOUNG)[0]
    sign_in(client, late.user)
    assert client.get("/panel/sitting").location == "/panel/sitting/agreed"
    assert "Nothing is agreed yet" in words(client, "/panel/sitting/agreed")
    answer = {"score": "1", "reason": "x", "go": "next"}
    assert post(client, "/panel/sitting/questions/1", data=answer).location == "/panel/sitting"


def test_young_people_confirm_what_their_group_agreed(client: CheckedClient) -> None:
    """Yes makes it theirs; no takes words, and says so beside the box; a score that was changed is shown again."""
    evaluation = moderating_itt(1, young_people=2)
    first, second = evaluation.scorers(YOUNG)
    facilitator = evaluation.moderator(YOUNG)
    given = {
        "work": facilitator.work,
        "bid_id": evaluation.bids()[0].bid_id,
        "criterion": "our-voice",
        "reason": "They really listen, and they wrote back.",
        "actor": facilitator.actor,
        "now": clock.now(),
    }
    agreed = agree_score(**given, score="5")  # type: ignore[arg-type]
    sign_in(client, first.user)
    address = f"/panel/sitting/agreed/{agreed.id}"
    assert "They really listen" in words(client, "/panel/sitting/agreed")
    refused = post(client, address, data={"verdict": "dissent"})
    assert (refused.status_code, "Say in your own words why you do not agree." in text_of(refused)) == (422, True)
    assert post(client, address, data={"verdict": "dissent", "words": "Not quite."}).location == "/panel/sitting/agreed"
    assert "You would change it: “Not quite.”" in words(client, "/panel/sitting/agreed")
    post(client, address, data={"verdict": "consent"})
    sign_in(client, second.user)
    post(client, address, data={"verdict": "consent"})
    assert db.session.get_one(ModeratedScore, agreed.id).stands_at is not None
    agree_score(**given, score="4", outside_reason="We all thought again about it.")  # type: ignore[arg-type]
    assert post(client, address, data={"verdict": "consent"}).status_code == 409
    assert "Nobody in your group gave this score" in words(client, "/panel/sitting/agreed")


def test_young_people_and_adults_have_doors_of_their_own(new_client: NewClient) -> None:
    """A young person reaches no adult page and no other procurement; an adult reaches no sitting (Y-05)."""
    evaluation = scoring_itt(1)
    young, chair = evaluation.scorers(YOUNG)[0], evaluation.moderator(YOUNG)
    child, adult = new_client(), new_client()
    sign_in(child, young.user)
    sign_in(adult, chair.user)
    base = f"/panel/{young.panel.id}"
    paths = ("/panel", base, f"{base}/moderate", f"{base}/bids/{evaluation.bids()[0].bid_id}", "/commissioning")
    assert {child.get(path).status_code for path in paths} == {403}
    assert adult.get("/panel/sitting").status_code == 403
    assert child.get("/panel/sitting/questions/99").status_code == 404


def test_a_question_costs_the_same_however_many_there_are(client: CheckedClient, count_statements: Statements) -> None:
    """The number of SQL statements of question and check does not grow with the bids."""
    for path in ("/panel/sitting/questions/1", "/panel/sitting/check"):
        counts = []
        for bids in (1, 3):
            young = scoring_itt(bids).scorers(YOUNG)[0]
            sign_in(client, young.user)
            with count_statements() as statements:
                assert client.get(path).status_code == 200
            counts.append(len(statements))
        assert counts[0] == counts[1]


def test_each_agreed_score_is_theirs_to_confirm(client: CheckedClient) -> None:
    """One a screen, with what each of them gave and why, and what the organisation said; a no needs words."""
    evaluation = moderating_itt(1)
    agree_all(evaluation, YOUNG, consenting=False)
    young, other = evaluation.scorers(YOUNG)
    sign_in(client, young.user)
    first = client.get("/panel/sitting/agreed")
    assert "Score 1 of 2" in first.text
    assert all(words in text_of(first) for words in (f"{other.member.alias} gave 5.", REASON))
    assert "would listen first." in text_of(first)
    action = next(form["action"] for form in read(first.text).select("main form"))
    refused = client.post(action, data=fields_of(first) | {"verdict": "dissent"})
    assert errors_of(refused) == ["Say in your own words why you do not agree."]
    assert client.post(action, data=fields_of(first) | {"verdict": "consent"}).location == "/panel/sitting/agreed"
    second = client.get("/panel/sitting/agreed")
    action = next(form["action"] for form in read(second.text).select("main form"))
    no = {"verdict": "dissent", "words": "They did not ask us."}
    assert client.post(action, data=fields_of(second) | no).location == "/panel/sitting/agreed"
    done = text_of(client.get("/panel/sitting/agreed"))
    assert "You said it is right." in done
    assert "You would change it: “They did not ask us.”" in done


def test_making_it_easier_loses_nothing_and_leads_back(client: CheckedClient) -> None:
    """What is in the question is saved on the way, and letters stay bigger until the sitting is over."""
    young = scoring_itt(1).scorers(YOUNG)[0]
    sign_in(client, young.user)
    path = "/panel/sitting/questions/1"
    answer = {"score": "4", "reason": "It sounds fun.", "go": "easier"}
    address = "/panel/sitting/easier?next=/panel/sitting/questions/1"
    assert post(client, path, data=answer).location == address
    assert [score.reason for score in scorecards_of(young.member.id).popitem()[1].scores] == ["It sounds fun."]
    page = client.get(address)
    assert link_in(page, "Go back to where you were") == path
    assert "fl-body--bigger" not in page.text
    assert fill(client, address).location == address
    assert "fl-body--bigger" in client.get(path).text
    half = post(client, "/panel/sitting/questions/2", data={"reason": "It sounds fun.", "go": "easier"})
    assert half.status_code == 422
    assert "It sounds fun." in half.text


def test_the_start_says_which_service_and_where(client: CheckedClient) -> None:
    """In the words of the invitation."""
    young = scoring_itt(1).scorers(YOUNG)[0]
    sign_in(client, young.user)
    itt = young.work.itt
    page = text_of(client.get("/panel/sitting"))
    assert f"The service: {itt.title} Where: {itt.authority.name}" in page
