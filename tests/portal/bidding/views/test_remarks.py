"""What a bidder should know is said while it writes, when it checks, and before anything is sealed."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import current_app

from portal.accounts.models import User
from portal.bidding.models import Bid
from portal.bidding.remarks import Unsaid
from portal.bidding.sealing import submit_bid
from portal.core.permissions import Actor
from portal.extensions import db
from portal.tendering.asking import add_question
from portal.tendering.states import QuestionKind
from tests.client import CheckedClient
from tests.factories.accounts import sign_in
from tests.factories.bidding import EDITION, complete_draft, submitter_of
from tests.factories.tendering import criterion_named, make_commissioner, publish, ready_itt
from tests.portal.tendering.views.browsing import filled, post

ABOVE = "£300,000 is above the ceiling of £240,000. A bid above it is ruled out."
OUT = "This would rule your bid out. "
BELOW = "£14,300 is below the floor of £180,000."


@pytest.fixture
def submitter(db_session: object) -> Actor:
    return submitter_of()


@pytest.fixture
def bid(submitter: Actor) -> Bid:
    """A complete draft; one question asks for a yes."""
    commissioner = make_commissioner()
    itt = ready_itt(actor=commissioner)
    add_question(
        itt=itt,
        prompt="Are you insured?",
        guidance="",
        kind=QuestionKind.YES_NO,
        settings={"passes": "yes"},
        criterion=criterion_named(itt, "outcomes"),
        required=False,
        actor=commissioner,
    )
    publish(itt, commissioner)
    return complete_draft(itt, actor=submitter, price="200000")


def notes_of(page: Any) -> list[str]:
    found = BeautifulSoup(page.text, "html.parser").select(".fl-note--danger, .fl-note--warning")
    return [" ".join(note.get_text(" ").split()) for note in found]


@pytest.mark.parametrize(("price", "said"), [("300,000", ABOVE), ("14,300", BELOW), ("180,000", ""), ("240,000", "")])
def test_a_price_outside_of_what_is_published_is_remarked_on(
    client: CheckedClient, bid: Bid, submitter: Actor, price: str, said: str
) -> None:
    """Saving comes back to the page that says so; the check says it, too. At the floor and the ceiling nothing is."""
    sign_in(client, db.session.get_one(User, submitter.user_id))
    base = f"/provider/bids/{bid.reference}"
    saved = post(client, f"{base}/price", price=price)
    assert saved.location == (f"{base}/price" if said else base)
    page = client.get(f"{base}/price")
    assert "the ceiling is £240,000" in " ".join(page.text.split())
    for shown in (page, client.get(f"{base}/check")):
        about_price = [note for note in notes_of(shown) if "£" in note]
        assert [said in note for note in about_price] == [True] * len(about_price)
        assert bool(about_price) == bool(said)


def test_an_answer_that_fails_is_remarked_on(client: CheckedClient, bid: Bid, submitter: Actor) -> None:
    """Beside its question and on the check."""
    sign_in(client, db.session.get_one(User, submitter.user_id))
    base = f"/provider/bids/{bid.reference}"
    back = post(client, f"{base}/answers", **{"answers-are-you-insured": "no"})
    assert back.location == f"{base}/answers"
    for page in (client.get(back.location), client.get(f"{base}/check")):
        assert any("“Are you insured?”: a bid passes with “Yes”." in note for note in notes_of(page))


@pytest.mark.parametrize(
    ("page", "box", "typed", "said"),
    [
        ("price", "price", "300,000", [f"{OUT}{ABOVE}"]),
        ("price", "price", "200,000", []),
        (
            "answers",
            "answers-are-you-insured",
            "no",
            [f"{OUT}“Are you insured?”: a bid passes"],
        ),
        ("answers", "answers-are-you-insured", "yes", []),
        ("answers", "answers-welcome", "word " * 2_000, ["Shorten your answer to"]),
    ],
)
def test_what_the_page_saves_by_itself_is_remarked_on_at_once(
    client: CheckedClient, bid: Bid, submitter: Actor, page: str, box: str, typed: str, said: list[str]
) -> None:
    """In the answer, beside the box, in the words of the page; where nothing is to be said any more, nothing."""
    sign_in(client, db.session.get_one(User, submitter.user_id))
    action, form = filled(client, f"/provider/bids/{bid.reference}/{page}")
    headers = {"Fairlot-Autosave": "1", "Accept": "application/json"}
    beside = client.post(action, data={**form, box: typed}, headers=headers).get_json()["beside"]
    assert [words.startswith(start) for words, start in zip(beside[box], said, strict=True)] == [True] * len(said)
    place = BeautifulSoup(client.get(action).text, "html.parser").select_one(f'[data-fl-beside="{box}"]')
    assert place is not None
    if said and page == "price":
        assert said[0].removeprefix(OUT) in " ".join(place.get_text(" ").split())


def test_nothing_that_would_be_ruled_out_is_sealed_unsaid(client: CheckedClient, bid: Bid, submitter: Actor) -> None:
    """A page that did not say so cannot submit; the check says so, and the bidder can submit all the same."""
    sign_in(client, db.session.get_one(User, submitter.user_id))
    base = f"/provider/bids/{bid.reference}"
    _, sent = filled(client, f"{base}/check")
    assert sent["told"] == ""
    post(client, f"{base}/price", price="300,000")
    db.session.refresh(bid)
    with pytest.raises(Unsaid, match="ruled out"):
        submit_bid(
            bid=bid,
            actor=submitter,
            keys=current_app.extensions["keys"],
            idempotency_key=uuid.uuid4(),
            expected_revision=bid.draft_revision,
            declared=EDITION,
        )
    unsaid = client.post(f"{base}/submit", data={**sent, "revision": str(bid.draft_revision)})
    assert unsaid.status_code == 409
    assert ABOVE in unsaid.text
    action, told = filled(client, f"{base}/check")
    assert client.post(action, data=told).location == f"{base}/receipt/1"


def test_each_question_says_what_it_is_worth_and_to_whom(client: CheckedClient, bid: Bid, submitter: Actor) -> None:
    """Marks, panels, what the scores mean, and the score below which a bid is ruled out stand beside the box."""
    sign_in(client, db.session.get_one(User, submitter.user_id))
    page = " ".join(client.get(f"/provider/bids/{bid.reference}/answers").text.split())
    assert "is worth up to 20 marks" in page
    assert "Young people’s panel (20 marks)" in page
    assert "A bid is ruled out by a score below 3 from Local panel." in page
    assert "What the scores mean, 0 to 5" in page
