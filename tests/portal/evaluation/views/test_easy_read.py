"""A summary in easy words is read by young people before anything else of a bid."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup
from flask import current_app

from portal.accounts.models import User
from portal.bidding.drafting import save_answers
from portal.core.permissions import Actor
from portal.extensions import db
from portal.tendering.asking import add_question
from portal.tendering.models import InvitationToTender
from portal.tendering.states import QuestionKind
from tests.client import CheckedClient
from tests.factories.accounts import sign_in
from tests.factories.bidding import close_now, draft_bid, fill_draft, open_itt, submit, submitter_of
from tests.factories.evaluation import LOCAL, YOUNG, appointed, declare
from tests.factories.tendering import make_commissioner, publish, ready_itt
from tests.filling import link_in
from tests.portal.evaluation.views.posting import post

EASY = "We run a club. You can come and cook."
HARD = "Multidisciplinary safeguarding arrangements necessitate comprehensive organisational accountability. " * 2


def published(commissioner: Actor) -> InvitationToTender:
    """An invitation that asks for a summary which no panel scores."""
    itt = ready_itt(actor=commissioner)
    described: dict[str, Any] = {"guidance": "", "kind": QuestionKind.EASY_READ, "settings": {"word_limit": "40"}}
    add_question(
        itt=itt, prompt="Your plan in easy words", **described, criterion=None, required=True, actor=commissioner
    )
    publish(itt, commissioner)
    return itt


def test_young_people_read_the_summary_first(client: CheckedClient, db_session: Any) -> None:
    """It has a page before their first question about a bid and can be opened above each; other panels get none.

    While it is written, what an eleven-year-old finds hard to read is remarked on.
    """
    submitter = submitter_of()
    itt = published(make_commissioner())
    bid = draft_bid(itt, actor=submitter)
    fill_draft(bid, submitter)
    keys, key = current_app.extensions["keys"], "your-plan-in-easy-words"
    sign_in(client, db.session.get_one(User, submitter.user_id))
    for text, remarked in ((HARD, True), (EASY, False)):
        save_answers(bid=bid, actor=submitter, keys=keys, answers={key: text})
        check = client.get(f"/provider/bids/{bid.reference}/check").text
        assert ("and 11 is the aim" in check) == remarked
    db.session.refresh(bid)
    submit(bid, submitter)
    close_now(itt)
    open_itt(itt)
    evaluation = appointed(itt)
    for seat in evaluation.everybody():
        declare(seat)
    sign_in(client, evaluation.scorers(YOUNG)[0].user)
    first = client.get("/panel/sitting/questions/1")
    assert (EASY in first.text, 'name="score"' in first.text) == (True, False)
    onwards = link_in(first, "Go to the question")
    assert onwards is not None
    for path in (onwards, "/panel/sitting/questions/2"):
        page = BeautifulSoup(client.get(path).text, "html.parser")
        summary = page.select("details")[0]
        assert (EASY in summary.get_text(), summary.has_attr("open")) == (True, False)
        assert page.get_text().index(EASY) < page.get_text().index("was asked")
    given = {"score": "4", "reason": "I would go.", "go": "next"}
    assert post(client, "/panel/sitting/questions/1", data=given).location == "/panel/sitting/questions/2"
    # Once it is answered, going back goes to the question.
    assert 'name="score"' in client.get("/panel/sitting/questions/1").text
    seat = evaluation.seats[LOCAL][1]
    sign_in(client, seat.user)
    assert EASY not in client.get(f"/panel/{seat.panel.id}/bids/{bid.id}").text
