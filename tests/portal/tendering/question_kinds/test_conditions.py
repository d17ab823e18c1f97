"""A condition of participation from its draft to its judgement: stated by itself, shown, passed or failed."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from portal.accounts.models import User
from portal.core import clock
from portal.core.errors import InvalidInput
from portal.core.permissions import Actor
from portal.extensions import db
from portal.judging.queries import standings_of, waiting_of
from portal.judging.states import Verdict
from portal.tendering.asking import add_question
from portal.tendering.models import InvitationToTender, Question
from portal.tendering.question_kinds.registry import KINDS
from portal.tendering.states import QuestionKind
from portal.tendering.warnings import warnings_of
from tests.client import CheckedClient
from tests.factories.accounts import sign_in
from tests.factories.bidding import close_now, open_itt, submitted_bid
from tests.factories.judging import decide, judge
from tests.factories.tendering import make_commissioner, publish, ready_itt
from tests.filling import errors_of, fill, text_of

pytestmark = pytest.mark.usefixtures("db_session")
TITLE = "Work with children"
SETTINGS = {
    "about": "financial",
    "meets": "You have worked with children for two years.",
    "evidence": "Two examples of such work, or the like.",
    "needed": "Your staff are alone with children.",
    "word_limit": "100",
}


def asked(itt: InvitationToTender, officer: Actor, **settings: str) -> Question:
    """Add a condition to a draft; nobody says that it must be answered."""
    said: Mapping[str, str] = SETTINGS | settings
    kind = QuestionKind.CONDITION
    return add_question(
        itt=itt, prompt=TITLE, guidance="", kind=kind, settings=said, criterion=None, required=False, actor=officer
    )


@pytest.mark.parametrize("name", ["about", "meets", "evidence", "needed"])
def test_a_condition_says_what_what_shows_it_and_why(name: str) -> None:
    """A condition that is no proportionate means is none (PA2023 s.22), so why it is needed is part of it."""
    with pytest.raises(InvalidInput) as refused:
        KINDS[QuestionKind.CONDITION].read_settings(SETTINGS | {name: "  "})
    assert refused.value.field == name


def test_it_is_stated_by_itself_before_anybody_signs_in(client: CheckedClient) -> None:
    """With what shows it, and that anything alike is taken; among the questions it does not stand again."""
    officer = make_commissioner()
    itt = ready_itt(actor=officer)
    asked(itt, officer)
    publish(itt, officer)
    shown = text_of(client.get(f"/opportunities/{itt.reference}"))
    stated = {**SETTINGS, "about": "About Financial capacity: what a bidder earns and can bear", "word_limit": ""}
    for said in ("Who can take part", *stated.values()):
        assert said in shown
    assert "Anything else that shows the same is taken, too." in shown
    assert shown.count(SETTINGS["meets"]) == 1


def test_it_is_drafted_on_its_page_and_nobody_is_asked_who_judges_it(client: CheckedClient) -> None:
    """Officers do, and no bid can leave it out."""
    officer = make_commissioner()
    itt = ready_itt(actor=officer)
    sign_in(client, db.session.get_one(User, officer.user_id))
    page = f"/commissioning/itts/{itt.reference}/draft/questions/add?kind=condition"
    assert "Who judges the answer?" not in client.get(page).text
    refused = fill(client, page, {"prompt": TITLE, **SETTINGS, "needed": ""})
    assert errors_of(refused) == ["Say why this contract needs it."]
    assert fill(client, page, {"prompt": TITLE, **SETTINGS}).status_code == 302
    [made] = [question for question in itt.questions if question.kind.is_condition]
    assert (made.required, made.envelope.value, made.criterion_id) == (True, "compliance", None)


def test_a_bid_confirms_it_and_officers_judge_it() -> None:
    """A file alone does not say that it is met; a failure of it takes the bid out as every failure does."""
    officer = make_commissioner()
    itt = ready_itt(actor=officer)
    question = asked(itt, officer)
    given = question.asked
    assert list(given.gaps({}, [{"id": "1"}])) == [f"Say how you meet the condition “{TITLE}”."]
    assert list(given.gaps({question.key: "We have, in two clubs."}, [])) == []
    publish(itt, officer)
    bid = submitted_bid(itt)
    close_now(itt)
    open_itt(itt)
    assert waiting_of([itt.id])[itt.id].to_judge == 1
    decide(judge(bid, question.key, Verdict.FAILS))
    assert [one.opened.stands for one in standings_of(itt)] == [False]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"evidence": "Audited accounts of the last two years."}, "Audited accounts cannot be asked"),
        ({"meets": "You hold public liability insurance of £5 million."}, "Insurance cannot be asked for"),
        ({"meets": "You had an earlier contract with this council."}, "earlier contracts with a particular authority"),
        ({"meets": "You will have public liability insurance by the start."}, ""),
        ({}, ""),
    ],
)
def test_what_no_condition_may_ask_is_warned_of(settings: Mapping[str, str], said: str) -> None:
    """By its words, with the section; a promise to be insured is none of it."""
    officer = make_commissioner()
    itt = ready_itt(actor=officer)
    asked(itt, officer, **settings)
    found = [warning for warning in warnings_of(itt, clock.now()) if TITLE in warning]
    assert [(said in warning, "section 22" in warning) for warning in found] == ([(True, True)] if said else [])
