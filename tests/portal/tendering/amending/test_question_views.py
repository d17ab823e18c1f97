"""The pages of a changed question: prepared, proposed, read by everybody, confirmed by the bidder, marked."""

from __future__ import annotations

from typing import Any

import pytest

from portal.accounts.models import User
from portal.core.permissions import Role
from portal.extensions import db
from portal.tendering.models import Question
from portal.tendering.states import QuestionKind
from tests.factories.accounts import make_person
from tests.factories.bidding import close_now, complete_draft, open_itt, submitted_bid, submitter_of
from tests.filling import errors_of, fields_of, fill, press, text_of
from tests.portal.tendering.amending.test_views import NOTE, REASON, WORDS, Case

NEW = "How do you listen to young people, and what came of it?"
RULE = {"earlier_answers": "stand", "time_reason": "The limit only grows, so no answer has to be shortened."}


class PageCase(Case):
    """The same, with one question that changes."""

    def __init__(self, app: Any) -> None:
        super().__init__(app)
        self.question: Question = next(each for each in self.itt.questions if each.kind is QuestionKind.TEXT)
        self.old = self.question.prompt
        self.questions = f"{self.changes}/questions"

    def person(self, actor: Any) -> User:
        return db.session.get_one(User, actor.user_id)

    def prepare(self, **typed: str) -> Any:
        return fill(
            self.as_person(self.officer), f"{self.questions}/change/{self.question.key}", {"prompt": NEW} | typed
        )

    def publish(self) -> None:
        self.prepare()
        address = self.propose(**RULE).headers["Location"]
        fill(self.as_person(self.approver), address, {"verdict": "publish", "note": NOTE})
        db.session.refresh(self.itt)


@pytest.fixture
def case(app: Any, db_session: object) -> PageCase:
    """Ready to change."""
    return PageCase(app)


def test_a_changed_question_goes_from_one_officer_through_another_to_everybody(case: PageCase) -> None:
    """Prepared with both wordings side by side, published, it stands on the public page and in its JSON."""
    assert case.prepare().status_code == 302
    officer, visitor = case.as_person(case.officer), case.as_person(None)
    page = text_of(officer.get(case.questions))
    assert case.old in page
    assert NEW in page
    assert NEW not in visitor.get(case.public).text
    proposed = text_of(officer.get(f"{case.changes}/propose"))
    assert NEW in proposed
    case.publish()
    public = text_of(visitor.get(case.public))
    assert NEW in public
    assert "Version 2, in force" in public
    assert "stands as the answer" in public
    told = visitor.get(f"{case.public}.json").json
    [change] = told["changes"]
    assert change["questions"][0]["differences"][0] == {"field": "Question", "before": case.old, "after": NEW}
    assert [each["number"] for each in told["method_versions"]] == [2, 1]
    first = visitor.get(f"{case.public}/method/1.json").json
    assert case.old in {each["prompt"] for each in first["stated"]["questions"]}
    assert first["sha256"] == told["method_versions"][1]["sha256"]
    assert visitor.get(f"{case.public}/method/3.json").status_code == 404


def test_what_is_missing_about_answers_given_before_is_said_beside_its_box(case: PageCase) -> None:
    """Without a rule, or a word about the time, nothing is proposed and nothing typed is lost."""
    case.prepare()
    answer = case.propose()
    assert answer.status_code == 422
    assert WORDS in answer.text
    assert errors_of(answer)
    answer = case.propose(**RULE | {"time_reason": ""})
    assert "say why what is left is enough" in " ".join(errors_of(answer))
    assert REASON in answer.text


def test_a_question_as_it_stands_is_no_change(case: PageCase) -> None:
    """Said beside the question."""
    answer = case.prepare(prompt=case.old)
    assert answer.status_code == 422
    assert "Nothing of this question is different" in " ".join(errors_of(answer))


def test_a_question_is_added_taken_back_and_let_go(case: PageCase) -> None:
    """Each is prepared, and can be let go before it is proposed."""
    officer = case.as_person(case.officer)
    assert "Price schedule" not in officer.get(f"{case.questions}/add").text
    typed = {"prompt": "Who leads?", "word_limit": "80", "criterion": case.question.criterion.key}  # type: ignore[union-attr]
    assert fill(officer, f"{case.questions}/add?kind=text", typed).status_code == 302
    assert "A new question" in officer.get(case.questions).text
    assert officer.get(f"{case.questions}/change/who-leads").status_code == 200
    press(officer, case.questions, f"{case.questions}/take-back/{case.question.key}")
    assert "not asked any more" in officer.get(case.questions).text
    for key in ("who-leads", case.question.key):
        press(officer, case.questions, f"{case.questions}/leave/question/{key}")
    page = officer.get(case.questions).text
    assert "A new question" not in page
    assert "not asked any more" not in page


def test_a_bidder_reads_what_changed_and_confirms_with_one_press(case: PageCase) -> None:
    """From the banner of the bid to a receipt; then there is nothing to confirm."""
    bidder = submitter_of()
    bid = submitted_bid(case.itt, actor=bidder)
    case.publish()
    client = case.as_person(case.person(bidder))
    address = f"/provider/bids/{bid.reference}"
    page = text_of(client.get(address))
    assert "Submitted, not confirmed" in page
    confirm = text_of(client.get(f"{address}/confirm"))
    assert case.old in confirm
    assert NEW in confirm
    answer = fill(client, f"{address}/confirm", {})
    assert answer.headers["Location"].endswith(f"{bid.reference}/receipt/2")
    assert "Submitted, not confirmed" not in text_of(client.get(address))
    assert client.get(f"{address}/confirm").status_code == 302


def test_a_draft_says_beside_the_question_what_changed_since_it_was_written(case: PageCase) -> None:
    """With the old words; and a page from before the change submits nothing."""
    bidder = submitter_of()
    bid = complete_draft(case.itt, actor=bidder)
    client = case.as_person(case.person(bidder))
    address = f"/provider/bids/{bid.reference}"
    before = client.get(f"{address}/check")
    case.publish()
    page = text_of(client.get(f"{address}/answers"))
    assert "Changed since you wrote this" in page
    assert case.old in page
    refused = client.post(f"{address}/submit", data=fields_of(before, action=f"{address}/submit"))
    assert refused.status_code == 409
    assert "the questions were changed" in text_of(refused)
    assert press(client, f"{address}/check", f"{address}/submit").status_code == 302


def test_confirming_after_the_closing_time_is_refused_in_words(case: PageCase) -> None:
    """The page says that it was too late, and what becomes of the bid."""
    bidder = submitter_of()
    bid = submitted_bid(case.itt, actor=bidder)
    case.publish()
    client = case.as_person(case.person(bidder))
    address = f"/provider/bids/{bid.reference}/confirm"
    open_page = client.get(address)
    close_now(case.itt)
    late = client.post(address, data=fields_of(open_page, action=address))
    assert "Your bid was not confirmed" in text_of(late)
    assert "nothing can be confirmed any more" in text_of(client.get(address))


def test_openers_read_the_mark_of_what_was_not_confirmed(case: PageCase) -> None:
    """Beside the bid in the record of the opening."""
    submitted_bid(case.itt)
    case.publish()
    close_now(case.itt)
    open_itt(case.itt)
    opener = case.as_person(make_person(Role.OPENER, authority=case.authority))
    assert "Answered before change 1" in text_of(opener.get(f"/commissioning/itts/{case.itt.reference}/opening"))
