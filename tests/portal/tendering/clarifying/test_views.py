"""The pages of questions and answers: a bidder's, an officer's, everybody's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal.accounts.models import User
from portal.core import clock
from portal.core.permissions import Role
from portal.extensions import db
from portal.organisations.models import ContractingAuthority, Provider
from portal.tendering.clarifying.asking import ask_question
from portal.tendering.clarifying.models import Follower
from portal.tendering.models import InvitationToTender
from tests.client import CheckedClient
from tests.factories.accounts import actor_of, make_person, sign_in
from tests.factories.bidding import close_now
from tests.factories.ending import cancelled
from tests.factories.organisations import make_authority, make_provider
from tests.factories.tendering import make_commissioner, published_itt
from tests.filling import fields_of, fill, press, text_of

WORDS = "May two charities bid together?"
ANSWER = "Yes, and each of them signs."


class Case:
    """An open invitation, a provider that asks, and an officer who answers."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.authority: ContractingAuthority = make_authority()
        self.provider: Provider = make_provider(name="Acorn Demo Charity")
        self.itt: InvitationToTender = published_itt(actor=make_commissioner(self.authority))
        self.asker: User = make_person(Role.CONTRIBUTOR, provider=self.provider)
        self.officer: User = make_person(Role.COMMISSIONER, authority=self.authority)
        self.public = f"/opportunities/{self.itt.reference}/answers"
        self.asking = f"/provider/questions/{self.itt.reference}/ask"
        self.desk = f"/commissioning/itts/{self.itt.reference}/questions"

    def as_person(self, person: User | None) -> CheckedClient:
        client: CheckedClient = self.app.test_client()
        if person is not None:
            sign_in(client, person)
        return client

    def ask(self, words: str = WORDS) -> str:
        asked = ask_question(itt=self.itt, words=words, is_named=False, actor=actor_of(self.asker))
        return asked.reference


@pytest.fixture
def case(app: Any, db_session: object) -> Case:
    """Ready to ask."""
    return Case(app)


def test_a_question_goes_from_the_bidder_to_everybody_without_its_asker(case: Case) -> None:
    """Asked by one, answered by another, read by a visitor; only the asker's colleagues see whose it was."""
    sent = fill(case.as_person(case.asker), case.asking, {"words": WORDS})
    reference = sent.headers["Location"].rpartition("#")[2]
    officer = case.as_person(case.officer)
    assert WORDS in text_of(officer.get(case.desk))
    answering = text_of(officer.get(f"{case.desk}/{reference}"))
    assert "You are not told who asks." in answering
    assert "Whoever answers bidders influences a procurement" in answering
    fill(officer, f"{case.desk}/{reference}", {"answer": ANSWER})
    visitor = case.as_person(None)
    assert ANSWER not in visitor.get(case.public).text
    desk = text_of(officer.get(case.desk))
    assert "Not published yet: 1 answer" in desk
    press(officer, case.desk, f"{case.desk}/publish")
    shown = text_of(visitor.get(case.public))
    assert WORDS in shown
    assert ANSWER in shown
    assert "What your organisation asked" in text_of(case.as_person(case.asker).get(case.public))
    for reader in (officer, visitor):
        for address in (case.public, case.desk):
            assert case.provider.name not in reader.get(address).text
    assert visitor.get(f"{case.public}.json").json["answers"][0]["answer"] == ANSWER


def test_what_was_typed_comes_back_with_the_reason_when_it_is_too_late(case: Case) -> None:
    """The form says when the time ended, beside the box, and keeps the words."""
    browser = case.as_person(case.asker)
    page = browser.get(case.asking)
    close_now(case.itt)
    answer = browser.post(case.asking, data=fields_of(page) | {"words": WORDS})
    assert answer.status_code == 409
    assert "The time for questions ended" in text_of(answer)
    assert WORDS in answer.text


def test_a_provider_follows_and_stops_and_officers_see_nothing_of_it(case: Case) -> None:
    """One press each way; the desk is the same before and after."""
    officer, provider = case.as_person(case.officer), case.as_person(case.asker)
    before = text_of(officer.get(case.desk))
    press(provider, case.public, f"/opportunities/{case.itt.reference}/follow")
    assert db.session.get(Follower, (case.itt.id, case.asker.id)) is not None
    assert text_of(officer.get(case.desk)) == before
    press(provider, case.public, f"/opportunities/{case.itt.reference}/unfollow")
    assert db.session.get(Follower, (case.itt.id, case.asker.id)) is None


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.OPENER])
def test_other_officers_read_and_do_not_answer(case: Case, role: Role) -> None:
    """They see the questions, and no way to answer."""
    reference = case.ask()
    reader = case.as_person(make_person(role, authority=case.authority))
    assert WORDS in text_of(reader.get(case.desk))
    assert reader.get(f"{case.desk}/{reference}").status_code == 403


def test_what_has_ended_takes_no_answer_and_says_why(case: Case) -> None:
    """The desk offers no way to write one, and the page of the question and its activity refuse it alike."""
    reference = case.ask()
    officer = case.as_person(case.officer)
    page = officer.get(f"{case.desk}/{reference}")
    cancelled(case.itt)
    why = "This procurement has ended: its questions are not answered any more."
    shown = text_of(officer.get(case.desk))
    assert why in shown
    assert f"Answer {reference}" not in shown
    assert officer.get(f"{case.desk}/{reference}").status_code == 409
    refused = officer.post(f"{case.desk}/{reference}", data=fields_of(page) | {"answer": ANSWER})
    assert refused.status_code == 409
    assert why in text_of(refused)


def test_the_desk_and_another_s_question_are_not_there_for_strangers(case: Case) -> None:
    """404 for another authority's officer, and for another provider that would take it back."""
    reference = case.ask()
    stranger = case.as_person(make_person(Role.COMMISSIONER, authority=make_authority()))
    assert stranger.get(case.desk).status_code == 404
    assert stranger.get(f"{case.desk}/{reference}").status_code == 404
    rival = case.as_person(make_person(Role.SUBMITTER, provider=make_provider()))
    back = f"/provider/questions/{case.itt.reference}/{reference}/take-back"
    token = fields_of(rival.get(case.asking))["csrf_token"]
    assert rival.post(back, data={"csrf_token": token}).status_code == 404
    assert press(case.as_person(case.asker), case.public, back).status_code == 302


def test_the_hub_says_that_questions_wait(case: Case) -> None:
    """How many, never whose."""
    case.ask()
    hub = text_of(case.as_person(case.officer).get(f"/commissioning/itts/{case.itt.reference}"))
    assert "1 question without a published answer." in hub
    assert case.provider.name not in hub


def test_the_time_for_questions_is_part_of_the_timetable(case: Case) -> None:
    """It is shown to everybody beside the closing time."""
    case.itt.questions_until = clock.now().replace(year=clock.now().year + 1)
    case.itt.closes_at = case.itt.questions_until.replace(year=clock.now().year + 2)
    page = text_of(case.as_person(None).get(f"/opportunities/{case.itt.reference}"))
    assert "Questions until" in page


def test_two_officers_who_answer_one_question_lose_no_word(case: Case) -> None:
    """The second is shown both answers and chooses; pressing again without choosing overwrites nothing."""
    reference = case.ask()
    page = f"{case.desk}/{reference}"
    first, second = (case.as_person(make_person(Role.COMMISSIONER, authority=case.authority)) for _ in range(2))
    opened = fields_of(second.get(page))
    assert fill(first, page, {"answer": ANSWER}).status_code == 302
    refused = second.post(page, data=opened | {"answer": "No, one alone."})
    again = second.post(page, data=fields_of(refused))
    for shown in (refused, again):
        assert (shown.status_code, ANSWER in shown.text, "No, one alone." in shown.text) == (409, True, True)
    assert ANSWER in text_of(first.get(case.desk))
    assert second.post(page, data=fields_of(again) | {"keep-answer": "mine"}).status_code == 302
    assert "No, one alone." in text_of(first.get(case.desk))


def test_answers_after_their_day_reach_everybody_and_officers_are_told_to_give_more_time(case: Case) -> None:
    """On the day itself nothing is said; the day after it is, beside what waits, and the answer is published."""
    reference = case.ask()
    officer = case.as_person(case.officer)
    fill(officer, f"{case.desk}/{reference}", {"answer": ANSWER})
    case.itt.answers_by_date = clock.today()
    assert "that day is over" not in text_of(officer.get(case.desk))
    case.itt.answers_by_date -= timedelta(days=1)
    late = text_of(officer.get(case.desk))
    assert "that day is over. Answers still reach everybody." in late
    assert "Propose more time" in late
    press(officer, case.desk, f"{case.desk}/publish")
    assert ANSWER in text_of(case.as_person(None).get(case.public))
    assert "that day is over" not in text_of(officer.get(case.desk))
